package io.pgproof.daemon;

import io.pgproof.TestEnvironment;
import io.pgproof.demo.OrderWriter;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.demo.SourceOptions;
import io.pgproof.proof.Report;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Verifies untouched backups of every version in every format, taken while orders came in, again
 * and again, and says how often each was proven and how long that took; {@code
 * src/test/bench/untouched} calls it.
 */
final class Untouched {
  private static final int OLDEST = 10;
  private static final int NEWEST = 18;

  private static final Map<String, List<String>> FORMATS = new LinkedHashMap<>();

  static {
    FORMATS.put("gzip", List.of("--format=tar", "--wal-method=stream", "--gzip"));
    FORMATS.put("lz4", List.of("--format=tar", "--wal-method=stream", "--compress=client-lz4"));
    FORMATS.put("zstd", List.of("--format=tar", "--wal-method=stream", "--compress=client-zstd"));
    FORMATS.put("none", List.of("--format=tar", "--wal-method=fetch"));
    FORMATS.put("plain", List.of("--format=plain", "--wal-method=stream"));
  }

  private static final String INCREMENTAL = "incremental";

  /** One backup, and what came of verifying it. */
  private record Cell(int major, String format, Path backup, List<Report> reports) {
    long proven() {
      return reports.stream().filter(report -> report.verdict().word().equals("proven")).count();
    }

    String tell() {
      return String.format(
          Locale.ROOT,
          "%d/%d, %.1f s (%.1f)",
          proven(),
          reports.size(),
          median(reports.stream().mapToLong(report -> report.totalMillis()).toArray()) / 1000.0,
          median(reports.stream().mapToLong(Untouched::restoreMillis).toArray()) / 1000.0);
    }
  }

  private Untouched() {}

  /**
   * @param arguments how often each is verified, then the versions; all without any
   */
  public static void main(String[] arguments) {
    int runs = arguments.length == 0 ? 100 : Integer.parseInt(arguments[0]);
    List<Integer> majors =
        arguments.length < 2
            ? IntStream.rangeClosed(OLDEST, NEWEST).boxed().toList()
            : Arrays.stream(arguments).skip(1).map(Integer::valueOf).toList();
    List<Cell> cells = new ArrayList<>();
    try {
      for (int major : majors) {
        cells.addAll(take(major));
        System.out.println("backups of PostgreSQL " + major + " taken");
      }
      for (int run = 1; run <= runs; run++) {
        for (Cell cell : cells) {
          Report report = TestEnvironment.verify(TestEnvironment.request(cell.backup()));
          cell.reports().add(report);
          if (!report.verdict().word().equals("proven")) {
            System.out.println(
                "PostgreSQL "
                    + cell.major()
                    + ", "
                    + cell.format()
                    + ", run "
                    + run
                    + ": "
                    + report);
          }
        }
        System.out.println(
            "run "
                + run
                + " of "
                + runs
                + " made, "
                + cells.stream().mapToLong(Cell::proven).sum()
                + " of "
                + cells.stream().mapToLong(cell -> cell.reports().size()).sum()
                + " proven");
      }
      print(majors, cells);
    } finally {
      new TestEnvironment().launcherSessionClosed(null);
    }
    System.exit(cells.stream().allMatch(cell -> cell.proven() == cell.reports().size()) ? 0 : 1);
  }

  private static List<Cell> take(int major) {
    List<Cell> cells = new ArrayList<>();
    Path place = TestEnvironment.state().path().resolve("untouched").resolve(String.valueOf(major));
    SourceOptions options = SourceOptions.standard().withBackupDirectory(place);
    try (SourceDatabase source =
        TestEnvironment.source(
            major,
            "untouched-" + major,
            major < 17 ? options : options.with("summarize_wal", "on"))) {
      source.fill(5_000);
      try (OrderWriter writer = source.startWriter()) {
        for (Map.Entry<String, List<String>> format : FORMATS.entrySet()) {
          // The client programs of version 13 know gzip alone.
          if (major != 13 || !List.of("lz4", "zstd").contains(format.getKey())) {
            cells.add(taken(source, major, format.getKey(), format.getValue()));
          }
        }
        if (major >= 17) {
          cells.add(
              taken(
                  source,
                  major,
                  INCREMENTAL,
                  List.of(
                      "--format=tar",
                      "--wal-method=stream",
                      "--gzip",
                      "--incremental=" + source.inside("plain") + "/backup_manifest")));
        }
        if (writer.writtenRows() == 0) {
          throw new IllegalStateException("no order came in while the backups were taken");
        }
      }
    }
    return cells;
  }

  private static Cell taken(
      SourceDatabase source, int major, String format, List<String> arguments) {
    return new Cell(
        major,
        format,
        source.baseBackup(format, arguments.toArray(String[]::new)),
        new ArrayList<>());
  }

  private static void print(List<Integer> majors, List<Cell> cells) {
    List<String> formats = new ArrayList<>(FORMATS.keySet());
    formats.add(INCREMENTAL);
    System.out.println("proven of verified, median of the whole time (of the restore)");
    System.out.println("| PostgreSQL | " + String.join(" | ", formats) + " |");
    System.out.println("|---".repeat(formats.size() + 1) + "|");
    for (int major : majors) {
      StringBuilder line = new StringBuilder("| " + major + " |");
      for (String format : formats) {
        line.append(' ')
            .append(
                cells.stream()
                    .filter(cell -> cell.major() == major && cell.format().equals(format))
                    .findFirst()
                    .map(Cell::tell)
                    .orElse("-"))
            .append(" |");
      }
      System.out.println(line);
    }
  }

  private static long restoreMillis(Report report) {
    return report.phases().stream()
        .filter(phase -> phase.name().equals("restore"))
        .mapToLong(Report.PhaseFacts::millis)
        .sum();
  }

  private static long median(long[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
