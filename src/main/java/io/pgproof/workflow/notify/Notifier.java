package io.pgproof.workflow.notify;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.RunRequests;
import io.pgproof.notify.Message;
import io.pgproof.proof.RunId;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Recipient;
import io.pgproof.target.SummarySettings;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.engine.OwnDefinitions;
import io.pgproof.workflow.model.TellSomebody;
import io.pgproof.workflow.model.VerifyBackup;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.jspecify.annotations.Nullable;

/**
 * Notifies people of events.
 *
 * <p>It starts a process for each recipient in the transaction of its caller, so people are
 * notified if and only if the caller commits. Nothing is sent before that.
 */
public final class Notifier {
  private final RuntimeService runtime;
  private final OwnDefinitions definitions;
  private final CurrentConfiguration configuration;
  private final RunRequests runRequests;
  private final NotificationComposer notificationComposer;
  private final String retryCycle;

  public Notifier(
      RuntimeService runtime,
      OwnDefinitions definitions,
      CurrentConfiguration configuration,
      EvidenceLog evidenceLog,
      NotificationComposer notificationComposer,
      String retryCycle) {
    this.runtime = runtime;
    this.definitions = definitions;
    this.configuration = configuration;
    this.runRequests = new RunRequests(evidenceLog);
    this.notificationComposer = notificationComposer;
    this.retryCycle = retryCycle;
  }

  /** Notifies the recipients that the event concerns; there may be none. */
  public void notify(NotificationEvent notificationEvent) {
    List<String> recipients = recipients(notificationEvent);
    if (recipients.isEmpty()) {
      return;
    }
    notificationComposer
        .of(notificationEvent)
        .ifPresent(
            message ->
                recipients.forEach(
                    recipient -> startSending(message, recipient, run(notificationEvent))));
  }

  /**
   * Returns the value of the variable {@link VerifyBackup.Variable#TELL} of a run that is being
   * begun.
   */
  public @Nullable String names(VerificationRequest request) {
    List<String> names = namesOf(request.target());
    return names.isEmpty() ? null : String.join(",", names);
  }

  private List<String> recipients(NotificationEvent notificationEvent) {
    if (notificationEvent instanceof NotificationEvent.DaySummed) {
      return configuration
          .get()
          .telling()
          .dailySummary()
          .map(SummarySettings::tell)
          .orElse(List.of());
    } else if (notificationEvent instanceof NotificationEvent.ScheduleMissed missed) {
      return namesOf(Optional.of(missed.target()));
    } else if (notificationEvent instanceof NotificationEvent.ControlMissed missed) {
      return namesOf(Optional.of(missed.target()));
    } else if (notificationEvent instanceof NotificationEvent.OfReview
        || notificationEvent instanceof NotificationEvent.OfAnchor) {
      return configuration.get().telling().recipients().stream().map(Recipient::name).toList();
    }
    RunId run = ((NotificationEvent.OfRun) notificationEvent).run();
    // The target is no longer listed, or the daemon has no configuration file: notify the
    // recipients that were set when the run was begun.
    Optional<String> target = runRequests.of(run).target();
    return target.flatMap(configuration::target).isPresent()
        ? namesOf(target)
        : namesFromTheBeginning(run);
  }

  private List<String> namesOf(Optional<String> target) {
    return target
        .flatMap(configuration::target)
        .map(known -> known.plan().tell())
        .orElse(List.of());
  }

  private List<String> namesFromTheBeginning(RunId run) {
    ProcessInstance instance =
        runtime
            .createProcessInstanceQuery()
            .processDefinitionKey(VerifyBackup.PROCESS)
            .processInstanceBusinessKey(run.value())
            .singleResult();
    Object names =
        instance == null ? null : runtime.getVariable(instance.getId(), VerifyBackup.Variable.TELL);
    return names instanceof String text ? List.of(text.split(",")) : List.of();
  }

  private static Optional<RunId> run(NotificationEvent notificationEvent) {
    return notificationEvent instanceof NotificationEvent.OfRun ofRun
        ? Optional.of(ofRun.run())
        : Optional.empty();
  }

  private void startSending(Message message, String recipient, Optional<RunId> run) {
    Map<String, Object> variables = new HashMap<>();
    variables.put(TellSomebody.Variable.RETRY_CYCLE, retryCycle);
    variables.put(TellSomebody.Variable.RECIPIENT, recipient);
    // As bytes, because a text may be too long for the engine.
    variables.put(
        TellSomebody.Variable.MESSAGE,
        EvidenceJson.write(message).getBytes(StandardCharsets.UTF_8));
    variables.put(TellSomebody.Variable.EVENT, message.event());
    variables.put(TellSomebody.Variable.SUBJECT, message.subject());
    variables.put(TellSomebody.Variable.RUN, run.map(RunId::value).orElse(null));
    runtime.startProcessInstanceById(definitions.id(TellSomebody.PROCESS), message.id(), variables);
  }
}
