package io.pgproof.web.page.run;

import io.pgproof.evidence.Evidence;
import io.pgproof.proof.Check;
import io.pgproof.proof.Finding;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Report;
import io.pgproof.proof.Verdict;
import io.pgproof.web.chart.Phase;
import io.pgproof.web.chart.PhaseChart;
import io.pgproof.web.page.CamundaLink;
import io.pgproof.web.page.Fact;
import io.pgproof.web.page.Moment;
import io.pgproof.web.page.Sign;
import io.pgproof.web.page.Tile;
import io.pgproof.web.view.RunDetails;
import io.pgproof.workflow.decide.DecisionTask;
import io.pgproof.workflow.engine.RunPaths;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the page of a run shows; a member that does not apply is {@code null}.
 *
 * @param whole whether the template shows more than what changes while nothing is recorded
 * @param live where the browser asks for changes; {@code null} if nothing will change
 * @param every pause between two questions in milliseconds
 * @param said what a screen reader says when it changes
 * @param timeline markup that needs no escaping
 */
record RunView(
    RunDetails details,
    boolean whole,
    @Nullable String live,
    @Nullable Long every,
    String said,
    Sign sign,
    String message,
    @Nullable RunProgress progress,
    List<Tile> tiles,
    List<PhaseTime> phases,
    String timeline,
    List<ModelPlanes.Plane> planes) {

  private static final long EVERY_MILLIS = 1_000;
  private static final long SELDOM_MILLIS = 5_000;

  /** A phase and how long it took. */
  record PhaseTime(String name, String took) {}

  /** One check. */
  record CheckRow(String name, Sign sign, String detail, String took) {}

  /** A finding that did not decide the verdict. */
  record FindingRow(
      Sign sign, String reason, String message, @Nullable String words, @Nullable String hint) {}

  /** An entry of the evidence log. */
  record EntryRow(
      long id, Moment at, String actor, String text, String kind, int schema, String body) {}

  /** The task in which people decide. */
  record TaskLine(
      String id, String name, String group, Moment openedAt, @Nullable Moment escalatesAt) {}

  /**
   * Creates the page.
   *
   * @param draw draws the way through the process
   * @param seen the last entry that the browser has; 0 if it has none
   */
  static RunView of(
      RunDetails run, Function<RunPaths.RunPath, List<ModelPlanes.Plane>> draw, long seen) {
    long last = run.entries().get(run.entries().size() - 1).stored().id();
    boolean whole = last != seen;
    boolean changes = !run.ended() || run.path().filter(path -> !path.ended()).isPresent();
    Report report = run.report();
    Sign sign =
        run.ended() && report.verdict() != null
            ? Sign.of(report.verdict())
            : run.stopped().isPresent() ? Sign.STOPPED : Sign.UNDER_WAY;
    RunProgress progress = run.progress().map(RunProgress::of).orElse(null);
    boolean moves = !run.ended() && run.stopped().isEmpty();
    return new RunView(
        run,
        whole,
        changes ? "/runs/" + run.run() + "/live?seen=" + last : null,
        changes ? (moves ? EVERY_MILLIS : SELDOM_MILLIS) : null,
        sign.word() + (progress == null ? "" : ": " + progress.phase()),
        sign,
        run.ended()
            ? report.conclusion().message()
            : run.stopped().map(Finding::message).orElse("the run has no verdict yet"),
        progress,
        whole ? RunFacts.tiles(run) : List.of(),
        report.phases().stream()
            .map(
                phase ->
                    new PhaseTime(
                        phase.name(), HumanFormat.measured(Duration.ofMillis(phase.millis()))))
            .toList(),
        whole ? timeline(report) : "",
        whole ? run.path().map(draw).orElse(List.of()) : List.of());
  }

  private static String timeline(Report report) {
    return PhaseChart.timeline(
        "Phases",
        report.phases().stream()
            .map(phase -> new Phase(phase.name(), Duration.ofMillis(phase.millis())))
            .toList());
  }

  public String run() {
    return details.run().value();
  }

  public String subject() {
    return details.subject();
  }

  /** Describes the negative control that this run is part of; {@code null} if there is none. */
  public @Nullable String control() {
    return details.control().map(Evidence.ControlRun::describe).orElse(null);
  }

  public @Nullable String target() {
    return details.request().target().orElse(null);
  }

  public String askedBy() {
    return details.request().askedBy();
  }

  public Moment askedAt() {
    return Moment.of(details.askedAt());
  }

  public @Nullable String repeats() {
    return details.repeats().orElse(null);
  }

  public @Nullable String reason() {
    return details.ended() ? details.report().reason().code() : null;
  }

  public @Nullable String words() {
    return details.ended() ? details.words() : null;
  }

  public @Nullable String hint() {
    if (details.ended()) {
      String hint = details.report().conclusion().hint();
      return hint == null || hint.isBlank() ? null : hint;
    }
    return details.stopped().map(Finding::hint).orElse(null);
  }

  /** Returns whether there is a certificate of this run. */
  public boolean certified() {
    return details.ended()
        && details.report().verdict() != Verdict.INCONCLUSIVE
        && details.control().isEmpty();
  }

  public @Nullable TaskLine task() {
    return details.task().map(RunView::line).orElse(null);
  }

  private static TaskLine line(DecisionTask task) {
    return new TaskLine(
        task.id(),
        task.name(),
        task.group(),
        Moment.of(task.openedAt()),
        task.escalatesAt().map(Moment::of).orElse(null));
  }

  public @Nullable String cockpit() {
    return details
        .path()
        .filter(path -> !path.ended())
        .map(path -> CamundaLink.instance(path.instance()))
        .orElse(null);
  }

  public @Nullable String tasklist() {
    return details.task().map(task -> CamundaLink.task(task.id())).orElse(null);
  }

  public boolean loops() {
    return planes.stream().anyMatch(ModelPlanes.Plane::loop);
  }

  public List<CheckRow> checks() {
    return details.report().coverage().checks().stream().map(RunView::row).toList();
  }

  private static CheckRow row(Check check) {
    return new CheckRow(
        check.name(),
        Sign.of(check.outcome()),
        Optional.ofNullable(check.detail()).orElse(""),
        check.millis() == 0 ? "–" : HumanFormat.measured(Duration.ofMillis(check.millis())));
  }

  public List<FindingRow> findings() {
    return (details.ended() ? details.otherFindings() : details.findings())
        .stream().map(RunView::row).toList();
  }

  private static FindingRow row(Finding finding) {
    return new FindingRow(
        Sign.of(finding.verdict()),
        finding.reason().code(),
        finding.message(),
        finding.words(),
        finding.hint());
  }

  public List<String> notChecked() {
    return details.report().coverage().notChecked();
  }

  public List<String> notes() {
    return details.report().coverage().notes();
  }

  public List<Event> decisions() {
    return details.decisions().stream().map(Event::of).toList();
  }

  public List<Fact> backup() {
    return RunFacts.backup(details);
  }

  public List<Fact> request() {
    return RunFacts.request(details.request());
  }

  public List<EntryRow> entries() {
    return details.entries().stream()
        .map(
            entry ->
                new EntryRow(
                    entry.stored().id(),
                    Moment.of(entry.stored().at()),
                    entry.stored().actor(),
                    entry.evidence().describe(),
                    entry.stored().kind(),
                    entry.stored().schema(),
                    entry.stored().body()))
        .toList();
  }
}
