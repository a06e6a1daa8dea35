package io.pgproof.workflow;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Plan next summary: begins the instance of the next day. */
final class PlanNextSummary implements JavaDelegate {
  private final Summaries summaries;

  PlanNextSummary(Summaries summaries) {
    this.summaries = summaries;
  }

  @Override
  public void execute(DelegateExecution execution) {
    summaries.plan();
  }
}
