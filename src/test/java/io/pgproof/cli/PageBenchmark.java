package io.pgproof.cli;

import io.pgproof.EngineDatabase;
import io.pgproof.command.Trees;
import io.pgproof.evidence.runs.ManyRuns;
import io.pgproof.state.StateDirectory;
import io.pgproof.web.Browser;
import io.pgproof.workflow.model.Groups;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Started by {@code src/test/bench/pages}. */
final class PageBenchmark {
  private static final int WARM_UP = 200;
  private static final int MEASURED = 300;
  private static final String PASSWORD = "Restore-2-prove";
  private static final Pattern LINK_TO_RUN = Pattern.compile("\"/runs/([0-9a-z-]+)\"");

  private final int targets;
  private final int runs;
  private final Random random = new Random(1);

  private PageBenchmark(int targets, int runs) {
    this.targets = targets;
    this.runs = runs;
  }

  /**
   * Serves the pages from H2 and from PostgreSQL, and prints how long each page takes.
   *
   * @param arguments number of targets and number of runs
   */
  public static void main(String[] arguments) throws Exception {
    // The first start derives the rows of all runs from their evidence.
    Awaitility.setDefaultTimeout(Duration.ofMinutes(10));
    PageBenchmark benchmark =
        new PageBenchmark(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
    benchmark.measureEmbedded();
    benchmark.measurePostgres();
  }

  private void measureEmbedded() throws Exception {
    StateDirectory state = state();
    try {
      Files.createDirectories(state.engineDatabase().getParent());
      JdbcConnectionPool database =
          JdbcConnectionPool.create(
              "jdbc:h2:" + state.engineDatabase() + ";WRITE_DELAY=0", "pgproof", "");
      record(database, "h2");
      database.dispose();
      measure("H2", state, Map.of());
    } finally {
      Trees.remove(state.path());
    }
  }

  private void measurePostgres() throws Exception {
    StateDirectory state = state();
    try (EngineDatabase server = EngineDatabase.start()) {
      SingleConnectionDataSource connection =
          new SingleConnectionDataSource(server.url(), server.user(), server.password(), true);
      record(connection, "postgresql");
      new JdbcTemplate(connection).execute("vacuum analyze");
      connection.destroy();
      measure(
          "PostgreSQL",
          state,
          Map.of(
              "SPRING_DATASOURCE_URL", server.url(),
              "SPRING_DATASOURCE_USERNAME", server.user(),
              "SPRING_DATASOURCE_PASSWORD", server.password()));
    } finally {
      Trees.remove(state.path());
    }
  }

  private StateDirectory state() throws IOException {
    Path directory =
        Files.createTempDirectory(
            Path.of("/var/tmp"),
            "pgproof-pages",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    StringBuilder configuration = new StringBuilder("targets:\n");
    for (int target = 0; target < targets; target++) {
      Path backups = Files.createDirectories(directory.resolve("backups/" + target));
      configuration.append(
          "  - {name: %s, path: %s, schedule: \"30 3 1 1 *\", rto-objective: 10m}%n"
              .formatted(ManyRuns.target(target), backups));
    }
    Files.writeString(directory.resolve("pgproof.yaml"), configuration);
    return new StateDirectory(directory);
  }

  private void record(DataSource database, String vendor) {
    Flyway.configure()
        .dataSource(database)
        .locations("classpath:db/migration/" + vendor)
        .table("pgproof_schema_history")
        .load()
        .migrate();
    ManyRuns.record(database, targets, runs, Instant.now());
  }

  private void measure(String name, StateDirectory state, Map<String, String> environment)
      throws Exception {
    Map<String, String> all = new LinkedHashMap<>(environment);
    // As operators start it.
    all.put("PGPROOF_JAVA_OPTIONS", "");
    long begin = System.nanoTime();
    try (Program server = Program.serve(state.path(), all)) {
      System.out.printf(
          Locale.ROOT,
          "%s: %d runs of %d targets; served after %.1f s%n",
          name,
          runs,
          targets,
          (System.nanoTime() - begin) / 1e9);
      Browser administrator = new Browser(server.address());
      administrator.logIn(
          "admin", Files.readString(state.path().resolve("admin-password")).strip());
      administrator.addPerson("olga", PASSWORD, Groups.OPERATORS);
      Browser olga = new Browser(server.address());
      olga.logIn("olga", PASSWORD);
      System.out.printf(
          "%-34s %8s %8s %8s %8s  milliseconds%n", "", "median", "95 %", "99 %", "most");
      for (Map.Entry<String, Supplier<String>> page : pages(olga).entrySet()) {
        measure(olga, page.getKey(), page.getValue());
      }
      server.terminate();
      server.await();
    }
  }

  private Map<String, Supplier<String>> pages(Browser browser) throws Exception {
    List<String> known = new ArrayList<>();
    Matcher found = LINK_TO_RUN.matcher(answer(browser, "/runs"));
    while (found.find()) {
      known.add(found.group(1));
    }
    Map<String, Supplier<String>> pages = new LinkedHashMap<>();
    pages.put("/", () -> "/");
    pages.put("/targets/NAME", () -> "/targets/" + anyTarget());
    pages.put("/runs", () -> "/runs");
    pages.put("/runs?target=NAME", () -> "/runs?target=" + anyTarget());
    pages.put("/runs?verdict=refuted", () -> "/runs?verdict=refuted");
    pages.put("/runs?person=olga", () -> "/runs?person=olga");
    pages.put("/runs/RUN", () -> "/runs/" + known.get(random.nextInt(known.size())));
    pages.put("/tasks", () -> "/tasks");
    pages.put("/badge/NAME.svg", () -> "/badge/" + anyTarget() + ".svg");
    return pages;
  }

  private String anyTarget() {
    return ManyRuns.target(random.nextInt(targets));
  }

  private static String answer(Browser browser, String path) throws Exception {
    HttpResponse<String> answer = browser.page(path);
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(path + " answered " + answer.statusCode());
    }
    return answer.body();
  }

  private static void measure(Browser browser, String name, Supplier<String> path)
      throws Exception {
    for (int i = 0; i < WARM_UP; i++) {
      answer(browser, path.get());
    }
    long[] took = new long[MEASURED];
    for (int i = 0; i < MEASURED; i++) {
      String asked = path.get();
      long begin = System.nanoTime();
      answer(browser, asked);
      took[i] = System.nanoTime() - begin;
    }
    Arrays.sort(took);
    System.out.printf(
        Locale.ROOT,
        "%-34s %8.1f %8.1f %8.1f %8.1f%n",
        name,
        took[MEASURED / 2] / 1e6,
        took[MEASURED * 95 / 100] / 1e6,
        took[MEASURED * 99 / 100] / 1e6,
        took[MEASURED - 1] / 1e6);
  }
}
