package io.pgproof.workflow.attempt;

import io.pgproof.proof.RunId;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.turn.ContainerSlots;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.ProcessInstanceQuery;

/**
 * Tells which runs still exist; a run that was deleted by hand may have an attempt that is not
 * cleaned up yet.
 */
public final class ActiveRuns implements ContainerSlots.Presence {
  private final RuntimeService runtime;
  private final RestoreAttempts restoreAttempts;

  public ActiveRuns(RuntimeService runtime, RestoreAttempts restoreAttempts) {
    this.runtime = runtime;
    this.restoreAttempts = restoreAttempts;
  }

  @Override
  public boolean holds(RunId run) {
    return restoreAttempts.find(run).isPresent() || of(run).count() > 0;
  }

  @Override
  public boolean waits(RunId run) {
    return of(run).active().count() > 0;
  }

  private ProcessInstanceQuery of(RunId run) {
    return runtime
        .createProcessInstanceQuery()
        .processDefinitionKey(VerifyBackup.PROCESS)
        .processInstanceBusinessKey(run.value());
  }
}
