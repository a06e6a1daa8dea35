package io.pgproof.cli.text;

import io.pgproof.evidence.Evidence;
import io.pgproof.proof.Check;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.ObjectiveText;
import io.pgproof.proof.Report;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Prints a report for a person to read. */
public final class ReportText {
  private ReportText() {}

  /**
   * Prints the report.
   *
   * @param chosen how the backup was chosen; {@code null} if the request named it
   */
  public static void print(Report report, Evidence.@Nullable Chosen chosen, PrintWriter out) {
    out.println();
    out.println(
        report.verdict()
            + "  "
            + report.conclusion().message()
            + " ("
            + report.reason().code()
            + ")");
    if (report.conclusion().hint() != null) {
      out.println("HINT: " + report.conclusion().hint());
    }
    out.println();
    rows(report, chosen).forEach(row -> out.printf("  %-12s %s%n", row.name(), row.text()));
    out.flush();
  }

  public static String time(@Nullable Instant instant) {
    return instant == null ? "unknown" : HumanFormat.time(instant);
  }

  public static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.2f s", millis / 1000.0);
  }

  private record Row(String name, String text) {}

  private static List<Row> list(String name, List<String> texts) {
    return IntStream.range(0, texts.size())
        .mapToObj(i -> new Row(i == 0 ? name : "", texts.get(i)))
        .toList();
  }

  private static String timelines(Report.RecoveryFacts recovery) {
    if (recovery.timelines().size() > 1) {
      return " along timelines "
          + recovery.timelines().stream()
              .map(Integer::toUnsignedString)
              .collect(Collectors.joining(", "));
    }
    return recovery.timeline() == null ? "" : " on timeline " + recovery.timeline();
  }

  private static List<String> objectives(Report report) {
    List<String> objectives = new ArrayList<>();
    if (report.objectives() != null) {
      objectives.add("RPO " + ObjectiveText.rpo(report.objectives().rpo()));
      if (report.objectives().rto() != null) {
        objectives.add("RTO " + ObjectiveText.rto(report.objectives().rto()));
      }
    }
    return objectives;
  }

  private static List<Row> rows(Report report, Evidence.@Nullable Chosen chosen) {
    List<Row> rows = new ArrayList<>();
    if (report.backup() != null) {
      Report.BackupFacts backup = report.backup();
      rows.add(
          new Row(
              "backup",
              backup.path() + (chosen == null ? "" : " (" + chosen.describeChoice() + ")")));
      String format = backup.format().equals("tar") ? "" : ", " + backup.format();
      rows.add(
          new Row(
              "",
              "PostgreSQL "
                  + backup.postgresVersion()
                  + format
                  + ", started "
                  + time(backup.startTime())
                  + " at "
                  + backup.startLsn()
                  + ", "
                  + HumanFormat.bytes(backup.bytes())));
      backup
          .archives()
          .forEach(
              archive -> rows.add(new Row("", archive.file() + "  sha256 " + archive.sha256())));
    }
    rows.addAll(list("skipped", chosen == null ? List.of() : chosen.firstSkipped()));
    if (report.image() != null) {
      rows.add(
          new Row(
              "image",
              report.image().key() + " with PostgreSQL " + report.image().postgresVersion()));
    }
    if (report.recovery() != null) {
      rows.add(
          new Row(
              "recovery",
              (report.recovery().consistent() ? "consistent" : "not consistent")
                  + (report.recovery().endLsn() == null
                      ? ""
                      : ", redo ended at " + report.recovery().endLsn())
                  + timelines(report.recovery())
                  + (report.recovery().lastCommit() == null
                      ? ""
                      : ", last commit " + time(report.recovery().lastCommit()))));
    }
    if (report.freshness() != null
        && report.freshness().newest() != null
        && report.freshness().ageSeconds() != null) {
      rows.add(
          new Row(
              "freshness",
              "newest data from "
                  + time(report.freshness().newest())
                  + " ("
                  + report.freshness().source()
                  + "), "
                  + HumanFormat.duration(Duration.ofSeconds(report.freshness().ageSeconds()))
                  + " old, "
                  + HumanFormat.duration(Duration.ofSeconds(report.freshness().maxAgeSeconds()))
                  + " allowed"));
    }
    rows.addAll(list("objectives", objectives(report)));
    for (int i = 0; i < report.coverage().checks().size(); i++) {
      Check check = report.coverage().checks().get(i);
      rows.add(
          new Row(
              i == 0 ? "checks" : "",
              check.name()
                  + " "
                  + check.outcome().word()
                  + (check.detail() == null ? "" : ": " + check.detail())));
    }
    rows.addAll(list("not checked", report.coverage().notChecked()));
    rows.addAll(list("notes", report.coverage().notes()));
    rows.add(
        new Row(
            "times",
            report.phases().stream()
                .map(phase -> phase.name() + " " + seconds(phase.millis()))
                .collect(Collectors.joining(", "))));
    if (report.totalMillis() != null) {
      rows.add(new Row("", "in all " + seconds(report.totalMillis())));
    }
    rows.add(new Row("run", String.valueOf(report.run())));
    return rows;
  }
}
