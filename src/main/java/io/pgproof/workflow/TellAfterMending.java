package io.pgproof.workflow;

import java.io.IOException;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Tell after mending: fails at first, so that a person sees why, and sends at each retry that the person asks for. */
final class TellAfterMending implements JavaDelegate {
  private final Sending sending;
  private final ManagementService management;

  TellAfterMending(Sending sending, ManagementService management) {
    this.sending = sending;
    this.management = management;
  }

  @Override
  public void execute(DelegateExecution execution) throws InterruptedException {
    if (management.createJobQuery().processInstanceId(execution.getProcessInstanceId()).withException().count() == 0) {
      throw notTold(execution, (String) execution.getVariable(TellSomebody.Variable.WHY));
    }
    try {
      sending.send(execution);
    } catch (Sending.NotDelivered | IOException e) {
      throw notTold(execution, e.getMessage());
    }
  }

  private static Sending.NotDelivered notTold(DelegateExecution execution, String why) {
    return new Sending.NotDelivered(Sending.recipient(execution) + " was not told: " + why);
  }
}
