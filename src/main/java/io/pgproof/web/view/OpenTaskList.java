package io.pgproof.web.view;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.ReviewHistory;
import io.pgproof.evidence.ReviewHistory.Review;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.decide.DecisionTask;
import io.pgproof.workflow.decide.DecisionTasks;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Lists the open tasks with the verdict, or the review, that each of them is about. */
public final class OpenTaskList {
  private final DecisionTasks decisionTasks;
  private final EvidenceLog evidenceLog;

  OpenTaskList(DecisionTasks decisionTasks, EvidenceLog evidenceLog) {
    this.decisionTasks = decisionTasks;
    this.evidenceLog = evidenceLog;
  }

  /** Returns all open tasks about a backup, the one that waits longest first. */
  public List<OpenTask> all() {
    List<DecisionTask> tasks =
        decisionTasks.open().stream().filter(task -> task.run().isPresent()).toList();
    List<RunId> runs = tasks.stream().map(OpenTaskList::run).toList();
    Map<RunId, EvidenceEntry> asked = last(runs, Evidence.Asked.class);
    Map<RunId, EvidenceEntry> reached = last(runs, Evidence.VerdictReached.class);
    evidenceLog.awaitDurable();
    return tasks.stream()
        .filter(task -> asked.containsKey(run(task)) && reached.containsKey(run(task)))
        .map(
            task ->
                new OpenTask(
                    task,
                    read(asked, task, Evidence.Asked.class).request(),
                    read(reached, task, Evidence.VerdictReached.class).report()))
        .toList();
  }

  /** Returns all open reviews, the one that waits longest first. */
  public List<OpenReview> reviews() {
    List<DecisionTask> tasks =
        decisionTasks.open().stream().filter(task -> task.period().isPresent()).toList();
    if (tasks.isEmpty()) {
      return List.of();
    }
    Map<DayPeriod, Review> reviews =
        new ReviewHistory(evidenceLog)
            .all().stream().collect(Collectors.toMap(Review::period, Function.identity()));
    evidenceLog.awaitDurable();
    return tasks.stream()
        .filter(task -> reviews.containsKey(task.period().orElseThrow()))
        .map(
            task ->
                new OpenReview(
                    task, Objects.requireNonNull(reviews.get(task.period().orElseThrow()))))
        .toList();
  }

  private static RunId run(DecisionTask task) {
    return task.run().orElseThrow();
  }

  private Map<RunId, EvidenceEntry> last(List<RunId> runs, Class<? extends Evidence> kind) {
    return evidenceLog.last(runs, Evidence.kind(kind));
  }

  private static <T> T read(Map<RunId, EvidenceEntry> entries, DecisionTask task, Class<T> kind) {
    return kind.cast(Evidence.read(Objects.requireNonNull(entries.get(run(task)))));
  }
}
