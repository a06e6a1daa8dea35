package io.pgproof.web.view;

import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.evidence.runs.RunSummary;
import io.pgproof.evidence.runs.TargetOverview;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Target;
import io.pgproof.workflow.engine.OpenIncidents;
import io.pgproof.workflow.engine.OpenIncidents.Standstill;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.model.KeepSchedule;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads how the targets stand. */
public final class TargetList {
  /** The gravest verdict first, then targets that never had one; those that are proven last. */
  private static final Comparator<TargetStatus> BY_URGENCY =
      Comparator.comparing(
              (TargetStatus status) -> status.verdict().map(TargetList::urgency).orElse(3))
          .thenComparing(TargetStatus::name);

  private final CurrentConfiguration configuration;
  private final RunIndex runIndex;
  private final OpenTaskList openTaskList;
  private final OpenIncidents openIncidents;
  private final ProgressBoard progressBoard;
  private final Clock clock;

  TargetList(
      CurrentConfiguration configuration,
      RunIndex runIndex,
      OpenTaskList openTaskList,
      OpenIncidents openIncidents,
      ProgressBoard progressBoard,
      Clock clock) {
    this.configuration = configuration;
    this.runIndex = runIndex;
    this.openTaskList = openTaskList;
    this.openIncidents = openIncidents;
    this.progressBoard = progressBoard;
    this.clock = clock;
  }

  private static int urgency(Verdict verdict) {
    return switch (verdict) {
      case REFUTED -> 0;
      case INCONCLUSIVE -> 1;
      case STALE -> 2;
      case PROVEN -> 4;
    };
  }

  /**
   * What an overview shows.
   *
   * @param targets those of the configuration, the most urgent first
   * @param otherTasks tasks about backups that are no target of the configuration
   * @param otherIncidents incidents that are about no target of the configuration
   */
  public record Overview(
      List<TargetStatus> targets, List<OpenTask> otherTasks, List<Standstill> otherIncidents) {}

  /** Returns all targets of the configuration, and what needs somebody besides them. */
  public Overview overview() {
    Map<String, TargetOverview> overviews =
        runIndex.overview(today()).stream()
            .collect(Collectors.toMap(TargetOverview::target, Function.identity()));
    Work work = work();
    List<Target> targets = configuration.get().targets();
    List<TargetStatus> statuses =
        targets.stream()
            .map(
                target ->
                    work.status(
                        target.name(),
                        Optional.of(target),
                        Optional.ofNullable(overviews.get(target.name()))))
            .sorted(BY_URGENCY)
            .toList();
    targets.forEach(target -> work.forget(target.name()));
    return new Overview(statuses, work.tasksLeft(), work.incidentsLeft());
  }

  /** Returns one target; empty if it is neither configured nor was ever verified. */
  public Optional<TargetStatus> find(String name) {
    Optional<Target> target = configuration.target(name);
    Optional<TargetOverview> overview = runIndex.overview(name, today());
    return target.isEmpty() && overview.isEmpty()
        ? Optional.empty()
        : Optional.of(work().status(name, target, overview));
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  private Work work() {
    Work work = new Work();
    for (RunId run : progressBoard.runs()) {
      target(run).ifPresent(name -> add(work.underWay, name, run));
    }
    for (OpenTask task : openTaskList.all()) {
      add(work.tasks, task.request().target().orElse(Work.NO_TARGET), task);
    }
    for (Standstill incident : openIncidents.all()) {
      add(work.incidents, target(incident).orElse(Work.NO_TARGET), incident);
    }
    return work;
  }

  private Optional<String> target(RunId run) {
    return runIndex.find(run).map(RunSummary::request).flatMap(RunSummary.Request::target);
  }

  private Optional<String> target(Standstill incident) {
    if (incident.process().equals(KeepSchedule.PROCESS)) {
      return Optional.of(incident.key());
    }
    return RunId.isOne(incident.key()) ? target(new RunId(incident.key())) : Optional.empty();
  }

  private static <T> void add(Map<String, List<T>> lists, String name, T value) {
    lists.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
  }

  /** What goes on and what waits, by the name of the target. */
  private static final class Work {
    static final String NO_TARGET = "";

    final Map<String, List<RunId>> underWay = new HashMap<>();
    final Map<String, List<OpenTask>> tasks = new HashMap<>();
    final Map<String, List<Standstill>> incidents = new HashMap<>();

    TargetStatus status(String name, Optional<Target> target, Optional<TargetOverview> overview) {
      return new TargetStatus(
          name,
          target,
          overview,
          underWay.getOrDefault(name, List.of()),
          tasks.getOrDefault(name, List.of()),
          incidents.getOrDefault(name, List.of()));
    }

    void forget(String name) {
      tasks.remove(name);
      incidents.remove(name);
    }

    List<OpenTask> tasksLeft() {
      return tasks.values().stream()
          .flatMap(List::stream)
          .sorted(Comparator.comparing(task -> task.task().openedAt()))
          .toList();
    }

    List<Standstill> incidentsLeft() {
      return incidents.values().stream()
          .flatMap(List::stream)
          .sorted(Comparator.comparing(Standstill::at))
          .toList();
    }
  }
}
