package io.pgproof.web.view;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.decide.DecisionTask;
import io.pgproof.workflow.decide.DecisionTasks;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Lists the open tasks with the verdict that each of them is about. */
public final class OpenTaskList {
  private final DecisionTasks decisionTasks;
  private final EvidenceLog evidenceLog;

  OpenTaskList(DecisionTasks decisionTasks, EvidenceLog evidenceLog) {
    this.decisionTasks = decisionTasks;
    this.evidenceLog = evidenceLog;
  }

  /** Returns all open tasks, the one that waits longest first. */
  public List<OpenTask> all() {
    List<DecisionTask> tasks = decisionTasks.open();
    List<RunId> runs = tasks.stream().map(DecisionTask::run).toList();
    Map<RunId, EvidenceEntry> asked = last(runs, Evidence.Asked.class);
    Map<RunId, EvidenceEntry> reached = last(runs, Evidence.VerdictReached.class);
    evidenceLog.awaitDurable();
    return tasks.stream()
        .filter(task -> asked.containsKey(task.run()) && reached.containsKey(task.run()))
        .map(
            task ->
                new OpenTask(
                    task,
                    read(asked, task, Evidence.Asked.class).request(),
                    read(reached, task, Evidence.VerdictReached.class).report()))
        .toList();
  }

  private Map<RunId, EvidenceEntry> last(List<RunId> runs, Class<? extends Evidence> kind) {
    return evidenceLog.last(runs, Evidence.kind(kind));
  }

  private static <T> T read(Map<RunId, EvidenceEntry> entries, DecisionTask task, Class<T> kind) {
    return kind.cast(Evidence.read(Objects.requireNonNull(entries.get(task.run()))));
  }
}
