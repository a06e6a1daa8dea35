package io.pgproof.web.view;

import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.decide.DecisionTask;

/**
 * An open task with what it is about.
 *
 * @param report the verdict of the run that opened the task
 */
public record OpenTask(DecisionTask task, VerificationRequest request, Report report) {
  /** Returns the target's name, or the path if the request names no target. */
  public String subject() {
    return request.target().orElseGet(() -> request.path().toString());
  }

  /** Returns the run that opened the task. */
  public RunId run() {
    return task.run().orElseThrow();
  }
}
