package io.pgproof.cli;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.runs.RunTableFollower;
import io.pgproof.proof.Check;
import io.pgproof.proof.Conclusion;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.VerificationRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcDataSource;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Records runs of earlier days in a state directory on which no server has started yet. */
final class PastRuns {
  private final JdbcTemplate jdbc;
  private final EvidenceLog evidenceLog;
  private Instant now = Instant.EPOCH;

  PastRuns(StateDirectory state) throws IOException {
    Files.createDirectories(state.engineDatabase().getParent());
    JdbcDataSource database = new JdbcDataSource();
    database.setURL(addressOf(state));
    database.setUser("pgproof");
    database.setPassword("");
    Flyway.configure()
        .dataSource(database)
        .locations("classpath:db/migration/h2")
        .table("pgproof_schema_history")
        .load()
        .migrate();
    jdbc = new JdbcTemplate(database);
    evidenceLog = new EvidenceLog(database, new SetClock(), new RunTableFollower(database));
  }

  /**
   * The address that the program uses. With H2's own defaults, committed entries were lost when the
   * database was closed and opened for each of them.
   */
  private static String addressOf(StateDirectory state) {
    YamlPropertiesFactoryBean settings = new YamlPropertiesFactoryBean();
    settings.setResources(new ClassPathResource("application.yaml"));
    return Objects.requireNonNull(settings.getObject())
        .getProperty("spring.datasource.url")
        .replace("${pgproof.state}", state.path().toString());
  }

  /** What a night was like. */
  record Night(Instant at, Verdict verdict, Duration age, Duration restore) {}

  /** Records a run that the schedule asked for and that reached its verdict. */
  RunId record(VerificationRequest request, Night night) {
    now = night.at();
    RunId run = RunId.at(now);
    new Evidence.Asked(request, null).record(evidenceLog, run, request.askedBy());
    now = now.plus(night.restore()).plusSeconds(100);
    new Evidence.VerdictReached(report(run, request, night)).record(evidenceLog, run);
    return run;
  }

  /** Records what happened to the server, now. */
  void recordServer(ServerEvent event) {
    now = Instant.now();
    event.record(evidenceLog, EvidenceLog.PGPROOF);
  }

  /** Notes that the evidence of a run was removed, as a removal does. */
  void removed(RunId run, String exportSha256) {
    jdbc.update(
        "insert into pgproof_removal (entry, at, export_sha256)"
            + " select max(id), current_timestamp, ? from pgproof_evidence",
        exportSha256);
    jdbc.update(
        "insert into pgproof_removed_run (run, entry, missed) select ?, entry, 0 from pgproof_removal",
        run.value());
  }

  /** Records what happened to a run at that time. */
  void add(RunId run, Instant at, String actor, Evidence evidence) {
    now = at;
    evidence.record(evidenceLog, run, actor);
  }

  private Report report(RunId run, VerificationRequest request, Night night) {
    boolean recovered = night.verdict() != Verdict.REFUTED;
    long restore = night.restore().toMillis();
    return new Report(
        Report.SCHEMA,
        run.value(),
        request.target().orElseThrow(),
        conclusion(night.verdict()),
        new Report.Period(night.at(), now),
        new Report.BackupFacts(
            request.path().toString(),
            "tar",
            "15",
            "7714060456605226458",
            night.at().minus(night.age()),
            "5C/%X000028".formatted(night.at().getEpochSecond() / 3600 % 4096),
            26_742_000_000L,
            List.of(),
            null),
        new Report.ImageFacts("15-bookworm", "15.20", night.at()),
        new Report.RecoveryFacts(1, recovered, "5C/B0000000", null, List.of(1)),
        recovered
            ? new Report.FreshnessFacts(
                night.at().minus(night.age()),
                night.age().toSeconds(),
                request.maxAge().toSeconds(),
                "query")
            : null,
        new Report.Objectives(
            new Report.Objective(
                request.maxAge().toSeconds(),
                recovered ? night.age().toSeconds() : null,
                recovered ? night.age().compareTo(request.maxAge()) <= 0 : null),
            null),
        new Report.Coverage(
            List.of(
                recovered
                    ? Check.passed("recovery", "consistent", Duration.ZERO)
                    : Check.failed("recovery", "a segment is missing", Duration.ZERO)),
            List.of(),
            List.of()),
        new Report.Times(
            List.of(
                new Report.PhaseFacts("inspect", 2_000),
                new Report.PhaseFacts("image", 300),
                new Report.PhaseFacts("restore", restore * 6 / 10),
                new Report.PhaseFacts("start", restore / 10),
                new Report.PhaseFacts("recover", restore * 3 / 10),
                new Report.PhaseFacts("check", 90_000),
                new Report.PhaseFacts("teardown", 4_000)),
            recovered ? restore : null,
            restore + 96_300));
  }

  private static Conclusion conclusion(Verdict verdict) {
    return switch (verdict) {
      case PROVEN ->
          new Conclusion(verdict, Reason.FRESH, "the backup restores, recovers and answers", null);
      case STALE -> new Conclusion(verdict, Reason.TOO_OLD, "the newest data are too old", null);
      case INCONCLUSIVE ->
          new Conclusion(verdict, Reason.DISK_FULL, "the restore needs more space", null);
      case REFUTED ->
          new Conclusion(
              verdict, Reason.WAL_MISSING, "segment 000000010000005C000000B0 is missing", null);
    };
  }

  private final class SetClock extends Clock {
    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }
}
