package io.pgproof.workflow;

import java.io.IOException;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Tell recipient: once a try; a refusal, or the last try's failure, is recorded and thrown. */
final class TellRecipient implements JavaDelegate {
  private final Sending sending;

  TellRecipient(Sending sending) {
    this.sending = sending;
  }

  @Override
  public void execute(DelegateExecution execution) throws Exception {
    try {
      sending.send(execution);
    } catch (Sending.NotDelivered e) {
      throw sending.givenUp(execution, e);
    } catch (IOException e) {
      if (RetryCycle.isLastTry()) {
        throw sending.givenUp(execution, e);
      }
      throw e;
    }
  }
}
