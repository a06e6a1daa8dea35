package io.pgproof.evidence.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.pgproof.EngineDatabase;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.command.Trees;
import io.pgproof.proof.RunId;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Started by {@code src/test/bench/log}. */
public final class LogBenchmark {
  private static final int WARM_UP = 400;
  private static final int MEASURED = 600;

  /** As many as a run of half a minute causes, if nothing else is recorded. */
  private static final int PASSES = 2;

  private static final Duration EVERY = Duration.ofSeconds(15);
  private static final int ENTRIES_OF_A_PASS = 12;
  private static final int BATCH = 5_000;
  private static final String BODY = "x".repeat(280);

  private final DataSource database;
  private final JdbcTemplate jdbc;
  private final EvidenceLog evidence;
  private final Path directory;
  private final EvidenceSequencer sequencer;
  private final RunningClock clock = new RunningClock();

  /** Is turned on as far as the time between two passes, which nobody waits for. */
  private static final class RunningClock extends Clock {
    private Duration ahead = Duration.ZERO;

    void turn(Duration by) {
      ahead = ahead.plus(by);
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(ahead);
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

  private LogBenchmark(DataSource database, Path directory) {
    this.database = database;
    this.jdbc = new JdbcTemplate(database);
    this.evidence = new EvidenceLog(database, clock);
    this.directory = directory;
    this.sequencer = new EvidenceSequencer(database, evidence, directory, "benchmark", clock);
  }

  /**
   * Records evidence and prints how long it takes to take it into the log and to verify the log.
   *
   * @param arguments {@code h2} or {@code postgresql}, and the number of entries
   */
  public static void main(String[] arguments) throws Exception {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    Path place = Files.createTempDirectory(Path.of("/var/tmp"), "pgproof-log");
    try {
      if (arguments[0].equals("h2")) {
        // As the program opens it, see application.yaml.
        JdbcConnectionPool embedded =
            JdbcConnectionPool.create(
                "jdbc:h2:async:"
                    + place.resolve("pgproof")
                    + ";WRITE_DELAY=0;OPTIMIZE_REUSE_RESULTS=0;DB_CLOSE_ON_EXIT=FALSE",
                "pgproof",
                "");
        new LogBenchmark(embedded, place.resolve("log")).measure(arguments);
        embedded.dispose();
      } else {
        try (EngineDatabase server = EngineDatabase.start()) {
          SingleConnectionDataSource connection =
              new SingleConnectionDataSource(server.url(), server.user(), server.password(), true);
          new LogBenchmark(connection, place.resolve("log")).measure(arguments);
          connection.destroy();
        }
      }
    } finally {
      Trees.remove(place);
    }
  }

  private void measure(String[] arguments) throws Exception {
    Flyway.configure()
        .dataSource(database)
        .locations("classpath:db/migration/" + arguments[0])
        .load()
        .migrate();
    int entries = Integer.parseInt(arguments[1]);
    record(entries);
    long begin = System.nanoTime();
    sequencer.take(true);
    print("%s: %d entries taken into the log in %.1f s", arguments[0], entries, since(begin));
    measureRuns();
    begin = System.nanoTime();
    LogAudit audit =
        new LogAuditor(
                database, evidence, directory, directory.resolveSibling("anchors"), sequencer)
            .verify(null, positions -> {});
    print(
        "%s: %d positions and %d checkpoints verified in %.1f s, %s; most heap of this process %d MiB",
        arguments[0],
        audit.positions(),
        audit.checkpoints(),
        since(begin),
        audit.isSound() ? "sound" : "BROKEN " + audit.problems(),
        mostHeap() >> 20);
  }

  /** Records and takes entries as a server does during runs of half a minute. */
  private void measureRuns() {
    RunId run = new RunId("20261201-030000-aaaa");
    long[] recording = new long[MEASURED];
    long[] taking = new long[MEASURED];
    long processor = 0;
    for (int i = -WARM_UP; i < MEASURED; i++) {
      long recorded = 0;
      long taken = 0;
      for (int pass = 0; pass < PASSES; pass++) {
        long begin = System.nanoTime();
        for (int entry = 0; entry < ENTRIES_OF_A_PASS; entry++) {
          evidence.record(run, "Noted", 1, EvidenceLog.PGPROOF, Map.of("text", BODY));
        }
        long between = System.nanoTime();
        long used = processorTime();
        clock.turn(EVERY);
        sequencer.takeNew();
        // Once a minute of the clock.
        if (pass == 0 && i % 2 == 0) {
          sequencer.take(false);
        }
        recorded += between - begin;
        taken += System.nanoTime() - between;
        processor += i >= 0 ? processorTime() - used : 0;
      }
      if (i >= 0) {
        recording[i] = recorded;
        taking[i] = taken;
      }
    }
    print(
        "%d runs of %d entries in %d passes, ms: to record them %s; to take them into the log %s; processor time of the latter: %.1f on average",
        MEASURED,
        PASSES * ENTRIES_OF_A_PASS,
        PASSES,
        spread(recording),
        spread(taking),
        processor / 1e6 / MEASURED);
  }

  private static String spread(long[] nanos) {
    Arrays.sort(nanos);
    return String.format(
        Locale.ROOT,
        "median %.1f, 95%% %.1f, most %.1f",
        nanos[nanos.length / 2] / 1e6,
        nanos[nanos.length * 95 / 100] / 1e6,
        nanos[nanos.length - 1] / 1e6);
  }

  private void record(int entries) {
    TransactionTemplate transactions =
        new TransactionTemplate(new JdbcTransactionManager(database));
    Instant first = Instant.now().minus(Duration.ofDays(365));
    for (int from = 0; from < entries; from += BATCH) {
      List<Object[]> rows = new ArrayList<>();
      for (int i = from; i < Math.min(entries, from + BATCH); i++) {
        rows.add(
            new Object[] {
              "20260101-030000-" + Integer.toString(1_000_000 + i / 24, 36).substring(0, 4),
              first.plusMillis(3_000L * i).atOffset(ZoneOffset.UTC),
              "{\"n\":" + i + ",\"text\":\"" + BODY + "\"}"
            });
      }
      transactions.executeWithoutResult(
          transaction ->
              jdbc.batchUpdate(
                  "insert into pgproof_evidence (run, at, kind, schema_version, actor, body) values (?, ?, 'Noted', 1, 'pgproof', ?)",
                  rows));
    }
  }

  private static double since(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }

  /** Of all threads of this process. */
  private static long processorTime() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
        .getProcessCpuTime();
  }

  private static long mostHeap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .map(MemoryPoolMXBean::getPeakUsage)
        .mapToLong(usage -> usage.getUsed())
        .sum();
  }

  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
