package io.pgproof.workflow;

import io.pgproof.proof.RunId;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.ProcessInstanceQuery;

/** Which runs there still are: what was deleted by hand may have a stay that is not tidied up yet. */
final class RunsOnEngine implements Turns.Presence {
  private final RuntimeService runtime;
  private final Stays stays;

  RunsOnEngine(RuntimeService runtime, Stays stays) {
    this.runtime = runtime;
    this.stays = stays;
  }

  @Override
  public boolean holds(RunId run) {
    return stays.find(run).isPresent() || of(run).count() > 0;
  }

  @Override
  public boolean waits(RunId run) {
    return of(run).active().count() > 0;
  }

  private ProcessInstanceQuery of(RunId run) {
    return runtime.createProcessInstanceQuery().processDefinitionKey(VerifyBackup.PROCESS)
        .processInstanceBusinessKey(run.value());
  }
}
