package io.pgproof.monitoring;

import io.pgproof.evidence.anchor.AnchorState;
import io.pgproof.evidence.runs.RecordedRuns;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.proof.RunId;
import io.pgproof.target.Target;
import io.pgproof.workflow.decide.DecisionTask;
import io.pgproof.workflow.engine.OpenIncidents;
import io.pgproof.workflow.schedule.DueTimes;
import io.pgproof.workflow.schedule.NightOnEngine;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;

/** The metrics as a server has them, of runs that a test records. */
final class ScrapedServer implements AutoCloseable {
  final NightOnEngine night = new NightOnEngine();
  final JdbcConnectionPool database =
      JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "", "");
  final CountedQueries counted = new CountedQueries(database);
  final RecordedRuns runs;
  List<DecisionTask> tasks = List.of();
  int leftovers;
  List<AnchorState> anchors = List.of();
  long nanos;

  private final MonitoringThreads threads = new MonitoringThreads();

  ScrapedServer() {
    Flyway.configure().dataSource(database).locations("classpath:db/migration/h2").load().migrate();
    runs = RecordedRuns.withRows(counted);
    runs.at(RecordedRuns.MARCH);
  }

  void configure(Target... targets) {
    night.configure(2, targets);
  }

  PgproofCollector collector() {
    FiguresReader reader =
        new FiguresReader(
            night.configuration,
            runs.log(),
            new RunIndex(counted),
            new DueTimes(night.engine.getRuntimeService()),
            () -> tasks,
            new OpenIncidents(night.engine.getRuntimeService()),
            () -> leftovers,
            () -> anchors,
            runs.clock(),
            () -> nanos);
    return new PgproofCollector(
        new LimitedCall<>(
            reader::read,
            threads::execute,
            Duration.ofMinutes(5),
            Duration.ofSeconds(3),
            () -> nanos),
        Map.of("database", health(Status.UP), "jobs", health(Status.UNKNOWN)),
        "1.2.3");
  }

  private LimitedHealth health(Status status) {
    return new LimitedHealth(Status.DOWN, threads::execute, () -> Health.status(status).build());
  }

  /** A task that is open. */
  static DecisionTask task(String id, String group, Instant openedAt) {
    return new DecisionTask(
        id,
        "Approve escalation",
        Optional.of(RunId.at(RecordedRuns.MARCH)),
        Optional.empty(),
        "instance-" + id,
        group,
        openedAt,
        Optional.empty(),
        Optional.empty());
  }

  /** Returns what Prometheus would read. */
  static String text(MetricSnapshots snapshots) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(text, snapshots);
    return text.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    threads.close();
    database.dispose();
    night.close();
  }
}
