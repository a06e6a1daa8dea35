package io.pgproof.workflow.notify;

import io.pgproof.workflow.engine.RetryCycle;
import java.io.IOException;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/**
 * Tell recipient: sends the message once for each try; a refusal, or the failure of the last try,
 * is recorded and thrown.
 */
final class TellRecipient implements JavaDelegate {
  private final NotificationSender notificationSender;

  TellRecipient(NotificationSender notificationSender) {
    this.notificationSender = notificationSender;
  }

  @Override
  public void execute(DelegateExecution execution) throws Exception {
    try {
      notificationSender.send(execution);
    } catch (NotificationSender.NotDelivered e) {
      throw notificationSender.deliveryFailed(execution, e);
    } catch (IOException e) {
      if (RetryCycle.isLastTry()) {
        throw notificationSender.deliveryFailed(execution, e);
      }
      throw e;
    }
  }
}
