package io.pgproof.monitoring;

import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.LastControls;
import io.pgproof.evidence.anchor.AnchorState;
import io.pgproof.evidence.runs.RunCount;
import io.pgproof.evidence.runs.RunSummary;
import io.pgproof.evidence.runs.TargetOverview;
import io.pgproof.evidence.runs.TargetOverview.Measured;
import io.pgproof.proof.Verdict;
import io.pgproof.target.Setting;
import io.pgproof.target.Target;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.decide.DecisionTask;
import io.pgproof.workflow.engine.OpenIncidents.Standstill;
import io.pgproof.workflow.engine.OwnDefinitions;
import io.pgproof.workflow.model.Groups;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What is known of all targets at one moment.
 *
 * @param targets those of the configuration; others have no metrics
 * @param overviews by the name of the target
 * @param due when targets are due next, by their names
 * @param controlDue when negative controls of targets are due next, by their names
 * @param missed how often due times were missed, by the name of the target
 * @param controls the last negative control of each target, by its name
 * @param anchors the configured ways to anchor the evidence log
 */
record Figures(
    List<Target> targets,
    Map<String, TargetOverview> overviews,
    Map<String, Instant> due,
    Map<String, Instant> controlDue,
    List<RunCount> runs,
    Map<String, Long> missed,
    Map<String, LastControls.Last> controls,
    List<DecisionTask> tasks,
    List<Standstill> incidents,
    int leftovers,
    long logSize,
    Optional<Instant> lastLoss,
    Optional<Instant> lastExport,
    List<AnchorState> anchors) {
  private static final List<String> GROUPS =
      List.of(Groups.OPERATORS, Groups.APPROVERS, Groups.AUDITORS);

  void addTo(Samples samples, ProofDeadlines deadlines) {
    targets.forEach(target -> addTarget(samples, target, deadlines));
    Set<String> names = targets.stream().map(Target::name).collect(Collectors.toSet());
    runs.stream()
        .filter(count -> names.contains(count.target()))
        .forEach(
            count ->
                samples.addCount(
                    Metric.RUNS,
                    count.runs(),
                    count.target(),
                    count.verdict().word(),
                    count.reason().code()));
    for (String group : GROUPS) {
      List<DecisionTask> open = tasks.stream().filter(task -> task.group().equals(group)).toList();
      samples.addCount(Metric.OPEN_TASKS, open.size(), group);
      samples.add(
          Metric.OPEN_TASK_OLDEST,
          open.stream().map(DecisionTask::openedAt).min(Comparator.naturalOrder()),
          group);
    }
    for (String process : OwnDefinitions.PROCESSES) {
      samples.addCount(
          Metric.INCIDENTS,
          incidents.stream().filter(incident -> incident.process().equals(process)).count(),
          process);
    }
    samples.addCount(Metric.LEFTOVERS, leftovers);
    samples.addCount(Metric.LOG_SIZE, logSize);
    samples.add(Metric.LOG_ENTRIES_LOST, lastLoss);
    samples.add(Metric.LOG_EXPORT, lastExport);
    for (AnchorState anchor : anchors) {
      samples.add(Metric.ANCHOR, anchor.anchoredAt(), anchor.way());
      samples.add(Metric.ANCHOR_LATE, anchor.late() ? 1 : 0, anchor.way());
    }
  }

  private void addTarget(Samples samples, Target target, ProofDeadlines deadlines) {
    String name = target.name();
    Optional<TargetOverview> overview = Optional.ofNullable(overviews.get(name));
    Optional<RunSummary.Outcome> last = overview.flatMap(known -> known.last().outcome());
    Optional<Instant> proven = overview.flatMap(TargetOverview::provenAt);
    samples.add(Metric.TARGET_LAST_PROVEN, proven, name);
    samples.add(Metric.TARGET_PROVE_BY, proven.map(at -> deadlines.after(target, at)), name);
    samples.add(Metric.TARGET_LAST_VERDICT, last.map(RunSummary.Outcome::at), name);
    for (Verdict verdict : Verdict.values()) {
      boolean reached = last.filter(outcome -> outcome.verdict() == verdict).isPresent();
      samples.add(Metric.TARGET_VERDICT, reached ? 1 : 0, name, verdict.word());
    }
    newest(overview, Measured::age)
        .ifPresent(age -> samples.add(Metric.TARGET_DATA_AGE, age, name));
    samples.add(
        Metric.TARGET_MAX_AGE,
        target.settings().get(Setting.MAX_AGE).orElse(VerificationRequest.DEFAULT_MAX_AGE),
        name);
    newest(overview, Measured::restoreTime)
        .ifPresent(time -> samples.add(Metric.TARGET_RESTORE_TIME, time, name));
    overview
        .flatMap(known -> known.last().request().restoreObjective())
        .ifPresent(objective -> samples.add(Metric.TARGET_RTO_OBJECTIVE, objective, name));
    last.stream()
        .flatMap(outcome -> outcome.phases().stream())
        .forEach(
            phase ->
                samples.add(
                    Metric.TARGET_PHASE, Duration.ofMillis(phase.millis()), name, phase.name()));
    Optional<LastControls.Last> control = Optional.ofNullable(controls.get(name));
    samples.add(Metric.TARGET_CONTROL, control.map(LastControls.Last::at), name);
    samples.addCount(
        Metric.TARGET_CONTROL_MISSED,
        control.map(known -> known.count(ControlResult.Outcome.MISSED)).orElse(0L),
        name);
    control.stream()
        .flatMap(known -> known.results().stream())
        .forEach(origin -> addOutcome(samples, name, origin.result()));
    if (target.plan().controlSchedule().isPresent()) {
      samples.add(
          Metric.TARGET_CONTROL_BY,
          control
              .flatMap(LastControls.Last::testedAll)
              .map(tested -> deadlines.afterControl(target, tested)),
          name);
      samples.add(Metric.TARGET_NEXT_CONTROL, Optional.ofNullable(controlDue.get(name)), name);
    }
    if (target.plan().schedule().isPresent()) {
      samples.add(Metric.TARGET_NEXT_DUE, Optional.ofNullable(due.get(name)), name);
      samples.addCount(Metric.SCHEDULE_MISSED, missed.getOrDefault(name, 0L), name);
    }
  }

  private static void addOutcome(Samples samples, String target, ControlResult result) {
    if (result.outcome() == ControlResult.Outcome.NOT_APPLICABLE) {
      return;
    }
    for (ControlResult.Outcome outcome : ControlResult.Outcome.values()) {
      if (outcome != ControlResult.Outcome.NOT_APPLICABLE) {
        samples.add(
            Metric.TARGET_CONTROL_OUTCOME,
            result.outcome() == outcome ? 1 : 0,
            target,
            result.check(),
            outcome.code());
      }
    }
  }

  /** Returns what the newest run that measured it measured. */
  private static Optional<Duration> newest(
      Optional<TargetOverview> overview, Function<Measured, Optional<Duration>> measure) {
    return overview.stream()
        .flatMap(known -> known.series().stream())
        .sorted(Comparator.comparing(Measured::at).reversed())
        .flatMap(run -> measure.apply(run).stream())
        .findFirst();
  }
}
