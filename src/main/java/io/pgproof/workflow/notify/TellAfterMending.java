package io.pgproof.workflow.notify;

import io.pgproof.workflow.model.TellSomebody;
import java.io.IOException;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.jspecify.annotations.Nullable;

/**
 * Tell after mending: fails at first, so that a person sees why, and sends the message at each
 * retry that the person starts.
 */
final class TellAfterMending implements JavaDelegate {
  private final NotificationSender notificationSender;
  private final ManagementService management;

  TellAfterMending(NotificationSender notificationSender, ManagementService management) {
    this.notificationSender = notificationSender;
    this.management = management;
  }

  @Override
  public void execute(DelegateExecution execution) throws InterruptedException {
    if (management
            .createJobQuery()
            .processInstanceId(execution.getProcessInstanceId())
            .withException()
            .count()
        == 0) {
      throw notTold(execution, (String) execution.getVariable(TellSomebody.Variable.WHY));
    }
    try {
      notificationSender.send(execution);
    } catch (NotificationSender.NotDelivered | IOException e) {
      throw notTold(execution, e.getMessage());
    }
  }

  private static NotificationSender.NotDelivered notTold(
      DelegateExecution execution, @Nullable String why) {
    return new NotificationSender.NotDelivered(
        NotificationSender.recipient(execution) + " was not notified: " + why);
  }
}
