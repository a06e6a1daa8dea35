package io.pgproof.workflow.notify;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.notify.Delivery;
import io.pgproof.notify.Message;
import io.pgproof.notify.Messenger;
import io.pgproof.proof.RunId;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Notifications;
import io.pgproof.target.Recipient;
import io.pgproof.workflow.model.TellSomebody;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/**
 * Sends the message of an instance to its recipient, and records the outcome if the message is
 * about a run, and that the recipient got a checkpoint of the evidence log.
 */
final class NotificationSender {
  private final Messenger messenger;
  private final CurrentConfiguration configuration;
  private final EvidenceLog evidenceLog;

  NotificationSender(
      Messenger messenger, CurrentConfiguration configuration, EvidenceLog evidenceLog) {
    this.messenger = messenger;
    this.configuration = configuration;
    this.evidenceLog = evidenceLog;
  }

  /**
   * Sends the message once; returns when it was accepted.
   *
   * @throws BpmnError {@code nobody} when the recipient is no longer configured
   * @throws IOException when the next try may succeed
   * @throws NotDelivered when it was refused permanently
   */
  void send(DelegateExecution execution) throws IOException, InterruptedException {
    Message message = message(execution);
    String name = recipient(execution);
    Notifications notifications = configuration.get().telling();
    Optional<Recipient> recipient = notifications.recipient(name);
    if (recipient.isEmpty()) {
      record(
          execution,
          new Evidence.NotTold(
              name,
              message.event(),
              message.id(),
              "the configuration no longer names this recipient"));
      throw new BpmnError(
          TellSomebody.ErrorCode.NOBODY, "the configuration no longer names " + name);
    }
    // What the message reports is committed, but need not be on the disk yet.
    evidenceLog.awaitDurable();
    Delivery delivery = messenger.send(message, recipient.get(), notifications);
    if (delivery instanceof Delivery.Refused refused) {
      throw new NotDelivered(refused.channel() + " was refused: " + refused.why());
    }
    record(execution, new Evidence.Told(name, delivery.channel(), message.event(), message.id()));
    recordAnchor(message, recipient.get());
  }

  /** Records that the recipient got a checkpoint, which programs get with every message. */
  private void recordAnchor(Message message, Recipient recipient) {
    boolean program = recipient.webHook().isPresent();
    message
        .fact(NotificationComposer.CHECKPOINT)
        .filter(fact -> program || fact.isForPeople())
        .map(fact -> (String) fact.value())
        .ifPresent(
            signed ->
                new ServerEvent.LogAnchored(
                        program ? ServerEvent.LogAnchored.WEB_HOOK : ServerEvent.LogAnchored.MAIL,
                        recipient.name(),
                        signed)
                    .record(evidenceLog, EvidenceLog.PGPROOF));
  }

  /** Records that the recipient was not notified and why, and returns the error for the process. */
  BpmnError deliveryFailed(DelegateExecution execution, Exception failure) {
    Message message = message(execution);
    String why = Objects.requireNonNullElse(failure.getMessage(), failure.toString());
    record(
        execution, new Evidence.NotTold(recipient(execution), message.event(), message.id(), why));
    execution.setVariable(TellSomebody.Variable.WHY, why);
    return new BpmnError(TellSomebody.ErrorCode.UNDELIVERED, why);
  }

  private void record(DelegateExecution execution, Evidence evidence) {
    String run = (String) execution.getVariable(TellSomebody.Variable.RUN);
    if (run != null) {
      evidence.record(evidenceLog, new RunId(run));
    }
  }

  private static Message message(DelegateExecution execution) {
    byte[] json = (byte[]) execution.getVariable(TellSomebody.Variable.MESSAGE);
    return EvidenceJson.read(new String(json, StandardCharsets.UTF_8), Message.class);
  }

  static String recipient(DelegateExecution execution) {
    return (String) execution.getVariable(TellSomebody.Variable.RECIPIENT);
  }

  /**
   * The recipient refused the message. Unchecked, because the engine hides the message of a checked
   * exception in an incident.
   */
  static final class NotDelivered extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotDelivered(String message) {
      super(message);
    }
  }
}
