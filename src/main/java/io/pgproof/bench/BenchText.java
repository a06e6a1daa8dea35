package io.pgproof.bench;

import io.pgproof.proof.HumanFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Writes results as Markdown tables, which are read as text, too. */
public final class BenchText {
  private BenchText() {}

  /** Returns the lines about one result: machine and input, the goals, and all series. */
  public static List<String> of(BenchResult result) {
    List<String> lines = new ArrayList<>();
    BenchResult.Machine machine = result.machine();
    lines.add(
        "%s, %s: %d cores (%s), %s of memory, Linux %s, %s, load %.1f at the start"
            .formatted(
                HumanFormat.time(result.at()),
                result.program(),
                machine.cores(),
                machine.processor(),
                HumanFormat.bytes(machine.memoryBytes()),
                machine.kernel(),
                machine.fileSystem(),
                machine.load()));
    lines.add(
        "PostgreSQL %d, %s of data and %s of WAL, %s as gzip; rounds: %d; caches dropped before each figure"
            .formatted(
                result.input().major(),
                HumanFormat.bytes(result.input().dataBytes()),
                HumanFormat.bytes(result.input().walBytes()),
                HumanFormat.bytes(result.input().archiveBytes()),
                result.rounds()));
    lines.add("");
    lines.add("| figure | median | least to most | to reach | |");
    lines.add("|---|---|---|---|---|");
    for (Goal goal : Goal.ALL) {
      goal.in(result)
          .ifPresent(
              values ->
                  lines.add(
                      "| %s | %s | %s %s | %s |"
                          .formatted(
                              goal.figure(),
                              cells(values),
                              goal.rate() ? "≥" : "≤",
                              number(goal.limit()),
                              goal.isReached(values) ? "reached" : "missed")));
    }
    lines.add("");
    lines.add("| measured | median | least to most | unit |");
    lines.add("|---|---|---|---|");
    for (Series series : result.series()) {
      lines.add("| %s | %s | %s |".formatted(series.name(), cells(series), series.unit()));
    }
    return lines;
  }

  /**
   * Returns the lines that compare two results by their goals, which mostly are ratios, because the
   * results may be of different machines.
   */
  public static List<String> compare(BenchResult older, BenchResult newer) {
    List<String> lines = new ArrayList<>();
    lines.add("| figure | before | now | |");
    lines.add("|---|---|---|---|");
    for (Goal goal : Goal.ALL) {
      Optional<Series> before = goal.in(older);
      Optional<Series> now = goal.in(newer);
      if (before.isPresent() && now.isPresent()) {
        lines.add(
            "| %s | %s | %s | %s |"
                .formatted(
                    goal.figure(),
                    spread(before.get()),
                    spread(now.get()),
                    goal.isWorse(before.get(), now.get()) ? "worse" : ""));
      } else if (before.isPresent() || now.isPresent()) {
        lines.add(
            "| %s | %s | %s | not compared |"
                .formatted(
                    goal.figure(),
                    before.map(BenchText::spread).orElse("not measured"),
                    now.map(BenchText::spread).orElse("not measured")));
      }
    }
    return lines;
  }

  /** Returns the figures that are worse in the newer result by more than the spread. */
  public static List<String> worse(BenchResult older, BenchResult newer) {
    return Goal.ALL.stream()
        .filter(
            goal ->
                goal.in(older)
                    .flatMap(before -> goal.in(newer).map(now -> goal.isWorse(before, now)))
                    .orElse(false))
        .map(Goal::figure)
        .toList();
  }

  private static String spread(Series series) {
    return number(series.median()) + " (" + range(series) + ")";
  }

  private static String cells(Series series) {
    return number(series.median()) + " | " + range(series);
  }

  private static String range(Series series) {
    return number(series.least()) + " to " + number(series.most());
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
  }
}
