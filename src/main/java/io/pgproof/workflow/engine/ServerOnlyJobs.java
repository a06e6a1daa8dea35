package io.pgproof.workflow.engine;

import org.camunda.bpm.engine.ManagementService;

/** Controls processes whose jobs only a server executes. */
public final class ServerOnlyJobs {
  private ServerOnlyJobs() {}

  /**
   * Lets the jobs of a process run, or wait for the next server.
   *
   * <p>It suspends the jobs and not the process: no instance of a suspended process can be started,
   * and notifications must not be lost.
   */
  public static void setActive(ManagementService management, String process, boolean run) {
    var jobs =
        management
            .updateJobDefinitionSuspensionState()
            .byProcessDefinitionKey(process)
            .includeJobs(true);
    if (run) {
      jobs.activate();
    } else {
      jobs.suspend();
    }
  }
}
