package io.pgproof.workflow.engine;

import org.camunda.bpm.engine.ManagementService;

/** Processes whose jobs only a server executes. */
public final class ServerOnlyJobs {
  private ServerOnlyJobs() {}

  /**
   * Lets the jobs of a process run, or wait for the next server.
   *
   * <p>The jobs are suspended and not the process: of a suspended process no instance can be
   * started, and what there is to tell must not be lost.
   */
  public static void let(ManagementService management, String process, boolean run) {
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
