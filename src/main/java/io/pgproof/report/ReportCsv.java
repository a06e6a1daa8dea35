package io.pgproof.report;

import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.report.ComplianceReport;
import io.pgproof.evidence.report.ComplianceReport.AnchorFigures;
import io.pgproof.evidence.report.ComplianceReport.Failure;
import io.pgproof.evidence.report.ComplianceReport.Gap;
import io.pgproof.evidence.report.ComplianceReport.Measured;
import io.pgproof.evidence.report.ComplianceReport.NegativeControl;
import io.pgproof.evidence.report.ComplianceReport.ObjectiveFigures;
import io.pgproof.evidence.report.ComplianceReport.Outage;
import io.pgproof.evidence.report.ComplianceReport.Proof;
import io.pgproof.evidence.report.ComplianceReport.ResultFigures;
import io.pgproof.evidence.report.ComplianceReport.RunFacts;
import io.pgproof.evidence.report.ComplianceReport.Sample;
import io.pgproof.evidence.report.ComplianceReport.ServerFigures;
import io.pgproof.evidence.report.ComplianceReport.TargetFigures;
import io.pgproof.evidence.report.ComplianceReport.Unproven;
import io.pgproof.proof.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A report as one table (RFC 4180). The first column says what a row is about, so that a reader can
 * filter by it: {@code about}, {@code outage}, {@code figure}, {@code run}, {@code missed}, {@code
 * failure}, {@code decision}, {@code waiver}, {@code negative-control}, {@code review}, {@code
 * anchor}, {@code control} or {@code does-not-show}.
 */
final class ReportCsv {
  /** A spreadsheet would compute a text that begins like this. */
  private static final Pattern FORMULA = Pattern.compile("^[=+\\-@\\t\\r]");

  private static final Pattern PLAIN = Pattern.compile("[^\",\r\n]*");

  private enum Column {
    ROW,
    TARGET,
    RUN,
    ASKED_AT,
    AT,
    UNTIL,
    BY,
    VERDICT,
    REASON,
    DEPTH,
    AGE_SECONDS,
    MAX_AGE_SECONDS,
    AGE_MET,
    RESTORE_SECONDS,
    RESTORE_OBJECTIVE_SECONDS,
    RESTORE_MET,
    ITEM,
    VALUE,
    UNIT,
    TEXT;

    String title() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Writer out;

  private ReportCsv(Writer out) {
    this.out = out;
  }

  static void write(ComplianceReport report, Writer out) throws IOException {
    ReportCsv csv = new ReportCsv(out);
    try {
      csv.write(report);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void write(ComplianceReport report) {
    header();
    about(report);
    server(report.server());
    report.targets().forEach(this::figures);
    report.runs().forEach(this::run);
    report.targets().forEach(this::missed);
    report.failures().forEach(this::failure);
    report
        .waivers()
        .forEach(
            waiver ->
                row("waiver")
                    .with(Column.TARGET, waiver.target())
                    .with(Column.RUN, waiver.run())
                    .with(Column.AT, waiver.grantedAt())
                    .with(Column.UNTIL, waiver.until())
                    .with(Column.BY, waiver.by())
                    .with(Column.TEXT, waiver.reason())
                    .end());
    report.negativeControls().forEach(this::negativeControl);
    report
        .reviews()
        .forEach(
            review ->
                row("review")
                    .with(Column.ITEM, review.from() + "/" + review.to())
                    .with(Column.AT, review.openedAt())
                    .with(Column.UNTIL, review.decidedAt())
                    .with(Column.BY, review.by())
                    .with(Column.VALUE, review.decision())
                    .with(Column.REASON, review.escalated() ? "escalated" : null)
                    .with(Column.TEXT, review.remark())
                    .end());
    report
        .anchors()
        .forEach(
            anchor -> {
              anchor(anchor, "count")
                  .with(Column.AT, anchor.firstAt())
                  .with(Column.UNTIL, anchor.lastAt())
                  .with(Column.VALUE, anchor.count())
                  .with(Column.UNIT, "checkpoints")
                  .end();
              anchor(anchor, "longest-gap")
                  .with(Column.VALUE, anchor.longestGapSeconds())
                  .with(Column.UNIT, "seconds")
                  .end();
              anchor(anchor, "last")
                  .with(Column.VALUE, anchor.positions())
                  .with(Column.UNIT, "positions")
                  .end();
            });
    report
        .controls()
        .forEach(
            control ->
                row("control")
                    .with(Column.ITEM, control.standard() + ", " + control.clause())
                    .with(Column.VALUE, control.asks())
                    .with(Column.TEXT, control.support())
                    .end());
    report
        .doesNotShow()
        .forEach(sentence -> row("does-not-show").with(Column.TEXT, sentence).end());
  }

  private Row anchor(AnchorFigures anchor, String item) {
    return row("anchor")
        .with(Column.ITEM, item)
        .with(Column.REASON, anchor.way())
        .with(Column.TEXT, anchor.where());
  }

  private void append(String text) {
    try {
      out.write(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void header() {
    String comma = "";
    for (Column column : Column.values()) {
      append(comma + column.title());
      comma = ",";
    }
    append("\r\n");
  }

  private void about(ComplianceReport report) {
    row("about")
        .with(Column.ITEM, "period")
        .with(Column.AT, report.period().begin())
        .with(Column.UNTIL, report.period().end())
        .end();
    row("about").with(Column.ITEM, "made").with(Column.AT, report.madeAt()).end();
    row("about")
        .with(Column.ITEM, "configuration")
        .with(Column.TEXT, report.scope().configuration())
        .end();
    ComplianceReport.Coverage coverage = report.coverage();
    about("targets", coverage.targets());
    about("configured", coverage.configured());
    about("verified", coverage.verified());
    about("proven", coverage.proven());
  }

  private void about(String item, @Nullable Integer targets) {
    row("about")
        .with(Column.ITEM, item)
        .with(Column.VALUE, targets)
        .with(Column.UNIT, "targets")
        .end();
  }

  private void figures(TargetFigures target) {
    figure(target, "configured").with(Column.VALUE, target.configured()).end();
    figure(target, "schedule").with(Column.TEXT, target.schedule()).end();
    figure(target, "due").with(Column.VALUE, target.due().all()).with(Column.UNIT, "times").end();
    figure(target, "on-time")
        .with(Column.VALUE, target.due().onTime())
        .with(Column.UNIT, "times")
        .end();
    figure(target, "missed")
        .with(Column.VALUE, target.due().missed())
        .with(Column.UNIT, "times")
        .end();
    for (Verdict verdict : Verdict.values()) {
      figure(target, "runs")
          .with(Column.VERDICT, verdict.word())
          .with(Column.VALUE, target.count(verdict))
          .with(Column.UNIT, "runs")
          .end();
    }
    for (ResultFigures result : target.results()) {
      figure(target, "runs")
          .with(Column.VERDICT, result.verdict().word())
          .with(Column.REASON, result.reason().code())
          .with(Column.VALUE, result.count())
          .with(Column.UNIT, "runs")
          .end();
    }
    target
        .withoutVerdict()
        .forEach(run -> figure(target, "without-verdict").with(Column.RUN, run).end());
    objective(target, "age", target.rpo());
    objective(target, "restore-time", target.rto());
    Unproven unproven = target.proofs().longestUnproven();
    figure(target, "longest-unproven")
        .with(Column.RUN, unproven.untilRun())
        .with(Column.AT, unproven.from())
        .with(Column.UNTIL, unproven.until())
        .with(Column.VALUE, unproven.seconds())
        .with(Column.UNIT, "seconds")
        .end();
    proof(target, "last-proof", target.proofs().last());
    proof(target, "last-proof-before", target.proofs().before());
  }

  private Row figure(TargetFigures target, String item) {
    return row("figure").with(Column.TARGET, target.target()).with(Column.ITEM, item);
  }

  private void objective(TargetFigures target, String item, ObjectiveFigures figures) {
    seconds(target, item + "-objective", figures.objectiveSeconds(), null);
    sample(target, item + "-worst", figures.worst());
    sample(target, item + "-percentile-95", figures.percentile95());
    figure(target, item + "-measured")
        .with(Column.VALUE, figures.measured())
        .with(Column.UNIT, "runs")
        .end();
    figure(target, item + "-met").with(Column.VALUE, figures.met()).with(Column.UNIT, "runs").end();
    figure(target, item + "-not-met")
        .with(Column.VALUE, figures.missed().size())
        .with(Column.UNIT, "runs")
        .end();
  }

  private void sample(TargetFigures target, String item, @Nullable Sample sample) {
    seconds(
        target,
        item,
        sample == null ? null : sample.seconds(),
        sample == null ? null : sample.run());
  }

  private void seconds(
      TargetFigures target, String item, @Nullable Long seconds, @Nullable String run) {
    figure(target, item)
        .with(Column.RUN, run)
        .with(Column.VALUE, seconds)
        .with(Column.UNIT, "seconds")
        .end();
  }

  private void proof(TargetFigures target, String item, @Nullable Proof proof) {
    figure(target, item)
        .with(Column.RUN, proof == null ? null : proof.run())
        .with(Column.AT, proof == null ? null : proof.at())
        .end();
  }

  private void run(RunFacts run) {
    Measured age = run.rpo();
    Measured restore = run.rto();
    row("run")
        .with(Column.TARGET, run.target())
        .with(Column.RUN, run.run())
        .with(Column.ASKED_AT, run.askedAt())
        .with(Column.AT, run.endedAt())
        .with(Column.BY, run.askedBy())
        .with(Column.VERDICT, run.verdict().word())
        .with(Column.REASON, run.reason().code())
        .with(Column.DEPTH, run.depth())
        .with(Column.AGE_SECONDS, age.seconds())
        .with(Column.MAX_AGE_SECONDS, age.objectiveSeconds())
        .with(Column.AGE_MET, age.met())
        .with(Column.RESTORE_SECONDS, restore.seconds())
        .with(Column.RESTORE_OBJECTIVE_SECONDS, restore.objectiveSeconds())
        .with(Column.RESTORE_MET, restore.met())
        .end();
  }

  private void missed(TargetFigures target) {
    for (Gap gap : target.due().gaps()) {
      row("missed")
          .with(Column.TARGET, target.target())
          .with(Column.RUN, gap.run())
          .with(Column.AT, gap.since())
          .with(Column.VALUE, gap.times())
          .with(Column.UNIT, "times")
          .with(
              Column.REASON,
              gap.serverDown() == null ? null : gap.serverDown() ? "down" : "running")
          .with(
              Column.TEXT,
              gap.lateSeconds() == null
                  ? "skipped, because the run had no verdict yet"
                  : "the run began " + gap.lateSeconds() + " s late")
          .end();
    }
  }

  private void server(ServerFigures server) {
    row("about").with(Column.ITEM, "server-known-since").with(Column.AT, server.knownSince()).end();
    for (Outage outage : server.outages()) {
      row("outage")
          .with(Column.AT, outage.from())
          .with(Column.UNTIL, outage.until())
          .with(Column.ITEM, outage.planned() ? "planned" : "not-planned")
          .with(Column.VALUE, outage.seconds())
          .with(Column.UNIT, "seconds")
          .with(Column.TEXT, outage.dueTimesMissed() + " due times missed")
          .end();
    }
  }

  private void failure(Failure failure) {
    row("failure")
        .with(Column.TARGET, failure.target())
        .with(Column.RUN, failure.run())
        .with(Column.AT, failure.at())
        .with(Column.VERDICT, failure.verdict().word())
        .with(Column.REASON, failure.reason().code())
        .with(Column.ITEM, failure.state().word())
        .with(Column.VALUE, failure.secondsToDecision())
        .with(Column.UNIT, failure.secondsToDecision() == null ? null : "seconds")
        .with(Column.TEXT, failure.message())
        .end();
    failure
        .steps()
        .forEach(
            step ->
                row("decision")
                    .with(Column.TARGET, failure.target())
                    .with(Column.RUN, failure.run())
                    .with(Column.AT, step.at())
                    .with(Column.BY, step.by())
                    .with(Column.ITEM, step.decision())
                    .with(Column.VALUE, step.run())
                    .with(Column.TEXT, step.reason())
                    .end());
  }

  private void negativeControl(NegativeControl control) {
    if (control.results().isEmpty()) {
      row("negative-control")
          .with(Column.TARGET, control.target())
          .with(Column.AT, control.at())
          .with(Column.TEXT, control.control() + ", no proven backup to damage")
          .end();
    }
    for (ControlResult result : control.results()) {
      row("negative-control")
          .with(Column.TARGET, control.target())
          .with(Column.RUN, result.run())
          .with(Column.AT, control.at())
          .with(Column.ITEM, result.layer())
          .with(Column.VALUE, result.outcome().words())
          .with(Column.TEXT, control.control() + ", check " + result.check())
          .end();
    }
  }

  private Row row(String about) {
    return new Row().with(Column.ROW, about);
  }

  private final class Row {
    private final Map<Column, String> fields = new EnumMap<>(Column.class);

    Row with(Column column, @Nullable Object value) {
      if (value != null) {
        fields.put(column, value instanceof Number ? value.toString() : text(value.toString()));
      }
      return this;
    }

    private static String text(String text) {
      String safe = FORMULA.matcher(text).find() ? "'" + text : text;
      return PLAIN.matcher(safe).matches() ? safe : '"' + safe.replace("\"", "\"\"") + '"';
    }

    void end() {
      String comma = "";
      for (Column column : Column.values()) {
        append(comma);
        append(fields.getOrDefault(column, ""));
        comma = ",";
      }
      append("\r\n");
    }
  }
}
