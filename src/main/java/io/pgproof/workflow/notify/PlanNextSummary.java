package io.pgproof.workflow.notify;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Plan next summary: begins the instance of the next day. */
final class PlanNextSummary implements JavaDelegate {
  private final SummaryPlanner summaryPlanner;

  PlanNextSummary(SummaryPlanner summaryPlanner) {
    this.summaryPlanner = summaryPlanner;
  }

  @Override
  public void execute(DelegateExecution execution) {
    summaryPlanner.plan();
  }
}
