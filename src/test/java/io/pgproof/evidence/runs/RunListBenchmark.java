package io.pgproof.evidence.runs;

import io.pgproof.EngineDatabase;
import io.pgproof.command.Trees;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Started by {@code src/test/bench/run-lists}. */
public final class RunListBenchmark {
  private static final int WARM_UP = 100;
  private static final int MEASURED = 300;
  private static final int PAGE = 50;

  private final int targets;
  private final int runs;
  private final Instant now = Instant.parse("2026-12-01T12:00:00Z");
  private final LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
  private final Random random = new Random(1);

  private RunListBenchmark(int targets, int runs) {
    this.targets = targets;
    this.runs = runs;
  }

  /**
   * Fills H2 and PostgreSQL and prints how long the queries take.
   *
   * @param arguments number of targets and number of runs
   */
  public static void main(String[] arguments) throws Exception {
    RunListBenchmark benchmark =
        new RunListBenchmark(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
    Path directory = Files.createTempDirectory("pgproof-run-lists");
    // As the program opens it, see application.yaml.
    JdbcConnectionPool embedded =
        JdbcConnectionPool.create(
            "jdbc:h2:async:"
                + directory.resolve("pgproof")
                + ";WRITE_DELAY=0;OPTIMIZE_REUSE_RESULTS=0;DB_CLOSE_ON_EXIT=FALSE",
            "pgproof",
            "");
    try {
      benchmark.measure("H2", embedded, "h2");
    } finally {
      embedded.dispose();
      Trees.remove(directory);
    }
    try (EngineDatabase server = EngineDatabase.start()) {
      SingleConnectionDataSource connection =
          new SingleConnectionDataSource(server.url(), server.user(), server.password(), true);
      benchmark.measure("PostgreSQL", connection, "postgresql");
      connection.destroy();
    }
  }

  private void measure(String name, DataSource database, String vendor) {
    Flyway.configure()
        .dataSource(database)
        .locations("classpath:db/migration/" + vendor)
        .load()
        .migrate();
    ManyRuns.record(database, targets, runs, now);
    long begin = System.nanoTime();
    new RunTableFill(database).fill();
    System.out.printf(
        Locale.ROOT,
        "%s: %d runs of %d targets; filled in %.1f s%n",
        name,
        runs,
        targets,
        (System.nanoTime() - begin) / 1e9);
    if (vendor.equals("postgresql")) {
      new JdbcTemplate(database).execute("vacuum analyze");
    }
    System.out.printf(
        "%-46s %8s %8s %8s %8s  milliseconds%n", "", "median", "95 %", "99 %", "most");
    queries(new RunIndex(database)).forEach(RunListBenchmark::measure);
  }

  private Map<String, Runnable> queries(RunIndex index) {
    List<RunId> some =
        index.list(RunFilter.ALL, Optional.empty(), RunIndex.MOST).runs().stream()
            .map(RunSummary::run)
            .toList();
    Instant old = now.minus(Duration.ofDays(80));
    Map<String, Runnable> queries = new LinkedHashMap<>();
    queries.put("overview of all targets", () -> index.overview(today));
    queries.put("overview of one target", () -> index.overview(anyTarget(), today));
    queries.put("list, newest", () -> list(index, RunFilter.ALL));
    queries.put(
        "list, next page",
        () -> index.list(RunFilter.ALL, Optional.of(some.get(random.nextInt(some.size()))), PAGE));
    queries.put("list, of a target", () -> list(index, RunFilter.ALL.withTarget(anyTarget())));
    queries.put("list, refuted", () -> list(index, RunFilter.ALL.withVerdict(Verdict.REFUTED)));
    queries.put("list, by reason", () -> list(index, RunFilter.ALL.withReason(Reason.TOO_OLD)));
    queries.put("list, by person", () -> list(index, RunFilter.ALL.withPerson("olga")));
    queries.put("list, 80 days ago", () -> list(index, RunFilter.ALL.until(old)));
    queries.put(
        "list, refuted, of a target, by person, 80 days ago",
        () ->
            list(
                index,
                RunFilter.ALL
                    .withTarget(anyTarget())
                    .withVerdict(Verdict.REFUTED)
                    .withPerson("olga")
                    .until(old)));
    queries.put(
        "list, refuted, by the schedule",
        () -> list(index, RunFilter.ALL.withVerdict(Verdict.REFUTED).withPerson("schedule")));
    queries.put(
        "90 days of a target",
        () -> index.ended(anyTarget(), now.minus(Duration.ofDays(90)), now, RunIndex.MOST));
    queries.put(
        "waivers of a target",
        () -> index.waivers(anyTarget(), now.minus(Duration.ofDays(90)), now));
    queries.put("backups of a target", () -> index.lastOfEachBackup(anyTarget()));
    queries.put("one run", () -> index.find(some.get(random.nextInt(some.size()))));
    return queries;
  }

  private String anyTarget() {
    return ManyRuns.target(random.nextInt(targets));
  }

  private static void list(RunIndex index, RunFilter filter) {
    index.list(filter, Optional.empty(), PAGE);
  }

  private static void measure(String name, Runnable query) {
    for (int i = 0; i < WARM_UP; i++) {
      query.run();
    }
    long[] took = new long[MEASURED];
    for (int i = 0; i < MEASURED; i++) {
      long begin = System.nanoTime();
      query.run();
      took[i] = System.nanoTime() - begin;
    }
    Arrays.sort(took);
    System.out.printf(
        Locale.ROOT,
        "%-46s %8.1f %8.1f %8.1f %8.1f%n",
        name,
        took[MEASURED / 2] / 1e6,
        took[MEASURED * 95 / 100] / 1e6,
        took[MEASURED * 99 / 100] / 1e6,
        took[MEASURED - 1] / 1e6);
  }
}
