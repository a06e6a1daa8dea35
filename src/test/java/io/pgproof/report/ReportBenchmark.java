package io.pgproof.report;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.pgproof.EngineDatabase;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.report.ComplianceReports;
import io.pgproof.evidence.report.ConfiguredTargets;
import io.pgproof.evidence.runs.ManyRuns;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.evidence.runs.RunTableFill;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Started by {@code src/test/bench/report}. */
public final class ReportBenchmark {
  private static final DayPeriod YEAR =
      new DayPeriod(LocalDate.parse("2026-01-01"), LocalDate.parse("2026-12-31"));

  private final String vendor;
  private final Path directory;
  private final int targets;
  private final int runs;
  private final int rounds;

  private ReportBenchmark(String[] arguments) {
    this.vendor = arguments[0];
    this.directory = Path.of(arguments[1]);
    this.targets = Integer.parseInt(arguments[2]);
    this.runs = Integer.parseInt(arguments[3]);
    this.rounds = Integer.parseInt(arguments[4]);
  }

  /**
   * Makes the report about a year in each form, and prints how long it takes.
   *
   * @param arguments {@code h2} or {@code postgresql}, a directory, the number of targets, of runs
   *     and of rounds; an H2 that lies in the directory is used again
   */
  public static void main(String[] arguments) throws Exception {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    ReportBenchmark benchmark = new ReportBenchmark(arguments);
    if (benchmark.vendor.equals("h2")) {
      benchmark.measureEmbedded();
    } else {
      try (EngineDatabase server = EngineDatabase.start()) {
        SingleConnectionDataSource connection =
            new SingleConnectionDataSource(server.url(), server.user(), server.password(), true);
        benchmark.fill(connection, false);
        benchmark.measure(report -> report.with(connection));
        connection.destroy();
      }
    }
  }

  /** Opens the database for each report anew, as a command does. */
  private void measureEmbedded() throws Exception {
    Path file = directory.resolve("engine/pgproof");
    boolean recorded = Files.exists(file.resolveSibling("pgproof.mv.db"));
    Files.createDirectories(file.getParent());
    Databases databases =
        user -> {
          // As the program opens it, see application.yaml.
          JdbcConnectionPool embedded =
              JdbcConnectionPool.create(
                  "jdbc:h2:async:"
                      + file
                      + ";WRITE_DELAY=0;OPTIMIZE_REUSE_RESULTS=0;DB_CLOSE_ON_EXIT=FALSE",
                  "pgproof",
                  "");
          user.with(embedded);
          embedded.dispose();
        };
    databases.open(database -> fill(database, recorded));
    measure(databases);
  }

  private interface DatabaseUser {
    void with(DataSource database) throws Exception;
  }

  private interface Databases {
    void open(DatabaseUser user) throws Exception;
  }

  private void fill(DataSource database, boolean recorded) {
    Flyway.configure()
        .dataSource(database)
        .locations("classpath:db/migration/" + vendor)
        .table("pgproof_schema_history")
        .load()
        .migrate();
    if (!recorded) {
      long begin = System.nanoTime();
      ManyRuns.recordForReports(database, targets, runs, YEAR.end());
      print("%s: %d runs of %d targets recorded in %.1f s", vendor, runs, targets, since(begin));
    }
    long begin = System.nanoTime();
    if (new RunTableFill(database).fill() > 0) {
      print("%s: rows of runs derived in %.1f s", vendor, since(begin));
      new JdbcTemplate(database).execute(vendor.equals("h2") ? "analyze" : "vacuum analyze");
    }
  }

  private void measure(Databases databases) throws Exception {
    if (rounds == 0) {
      return;
    }
    for (ReportFormat format : ReportFormat.values()) {
      double[] took = new double[rounds];
      double processor = 0;
      for (int round = 0; round < rounds; round++) {
        dropCaches();
        long begin = System.nanoTime();
        long used = processorTime();
        databases.open(database -> write(format, database));
        took[round] = since(begin);
        processor += (processorTime() - used) / 1e9;
      }
      print("  %s: %s", format, digest(format));
      Arrays.sort(took);
      print(
          "%s %s: %d rounds, s: median %.1f, least %.1f, most %.1f; processor time: %.1f on"
              + " average; most memory so far %s",
          vendor,
          format,
          rounds,
          took[rounds / 2],
          took[0],
          took[rounds - 1],
          processor / rounds,
          residentMemory());
    }
  }

  /** The next report reads the database's files from the disk. */
  private static void dropCaches() throws Exception {
    new ProcessBuilder("sync").inheritIO().start().waitFor();
    Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "3");
  }

  private void write(ReportFormat format, DataSource database) throws Exception {
    try (OutputStream out = Files.newOutputStream(file(format))) {
      Clock clock = Clock.fixed(Instant.parse("2027-02-01T00:00:00Z"), ZoneOffset.UTC);
      new ComplianceReports(
              new EvidenceLog(database, clock), new RunIndex(database), clock, Optional::empty)
          .make(
              YEAR,
              List.of(),
              Optional.of(
                  new ConfiguredTargets(
                      "/etc/pgproof/pgproof.yaml",
                      IntStream.range(0, targets)
                          .mapToObj(
                              number ->
                                  new ConfiguredTargets.Named(
                                      ManyRuns.target(number), "0 3 * * * UTC"))
                          .toList())),
              report -> {
                try {
                  format.write(report, out);
                  return report;
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  private Path file(ReportFormat format) {
    return directory.resolve("report." + format.word());
  }

  /** Returns the size of the report and its digest. */
  private String digest(ReportFormat format) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    long size =
        Files.copy(file(format), new DigestOutputStream(OutputStream.nullOutputStream(), digest));
    return size + " bytes, SHA-256 " + HexFormat.of().formatHex(digest.digest());
  }

  /** The peak of this process. */
  private static String residentMemory() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM"))
        .map(line -> line.replaceAll("\\D+", ""))
        .map(kib -> Long.parseLong(kib) / 1024 + " MiB")
        .findFirst()
        .orElse("unknown");
  }

  /** Of all threads of this process. */
  private static long processorTime() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
        .getProcessCpuTime();
  }

  private static double since(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }

  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
