package io.pgproof.workflow;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.audit.Trail;
import io.pgproof.notify.Message;
import io.pgproof.proof.RunId;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.VerificationRequest;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.ProcessInstance;

/**
 * Tells people what happened.
 *
 * <p>It starts a process for each recipient in the transaction of its caller, so they are told if and only if what the caller
 * does stands. Nothing is sent before that.
 */
public final class Tell {
  private final RuntimeService runtime;
  private final OwnDefinitions definitions;
  private final CurrentConfiguration configuration;
  private final Requests requests;
  private final Messages messages;
  private final String retryCycle;

  Tell(RuntimeService runtime, OwnDefinitions definitions, CurrentConfiguration configuration, Trail trail, Messages messages,
      String retryCycle) {
    this.runtime = runtime;
    this.definitions = definitions;
    this.configuration = configuration;
    this.requests = new Requests(trail);
    this.messages = messages;
    this.retryCycle = retryCycle;
  }

  /** Tells those whom it concerns, who may be nobody. */
  public void tell(Happening happening) {
    List<String> recipients = recipients(happening);
    if (recipients.isEmpty()) {
      return;
    }
    messages.of(happening).ifPresent(message -> recipients.forEach(recipient -> begin(message, recipient, run(happening))));
  }

  /** For the variable {@link VerifyBackup.Variable#TELL} of a run that is begun. */
  String names(VerificationRequest request) {
    List<String> names = namesOf(request.target());
    return names.isEmpty() ? null : String.join(",", names);
  }

  private List<String> recipients(Happening happening) {
    if (happening instanceof Happening.DaySummed) {
      return configuration.get().telling().dailySummary().map(io.pgproof.target.DailySummary::tell).orElse(List.of());
    } else if (happening instanceof Happening.ScheduleMissed missed) {
      return namesOf(Optional.of(missed.target()));
    }
    RunId run = ((Happening.OfRun) happening).run();
    // One that is listed no longer, or an owner without a file: told to those who were to be told when the run was begun.
    Optional<String> target = requests.of(run).target();
    return target.flatMap(configuration::target).isPresent() ? namesOf(target) : namesFromTheBeginning(run);
  }

  private List<String> namesOf(Optional<String> target) {
    return target.flatMap(configuration::target).map(known -> known.plan().tell()).orElse(List.of());
  }

  private List<String> namesFromTheBeginning(RunId run) {
    ProcessInstance instance = runtime.createProcessInstanceQuery().processDefinitionKey(VerifyBackup.PROCESS)
        .processInstanceBusinessKey(run.value()).singleResult();
    Object names = instance == null ? null : runtime.getVariable(instance.getId(), VerifyBackup.Variable.TELL);
    return names instanceof String text ? List.of(text.split(",")) : List.of();
  }

  private static Optional<RunId> run(Happening happening) {
    return happening instanceof Happening.OfRun ofRun ? Optional.of(ofRun.run()) : Optional.empty();
  }

  private void begin(Message message, String recipient, Optional<RunId> run) {
    Map<String, Object> variables = new HashMap<>();
    variables.put(TellSomebody.Variable.RETRY_CYCLE, retryCycle);
    variables.put(TellSomebody.Variable.RECIPIENT, recipient);
    // As bytes, for a text may be too long for the engine.
    variables.put(TellSomebody.Variable.MESSAGE, EvidenceJson.write(message).getBytes(StandardCharsets.UTF_8));
    variables.put(TellSomebody.Variable.EVENT, message.event());
    variables.put(TellSomebody.Variable.SUBJECT, message.subject());
    variables.put(TellSomebody.Variable.RUN, run.map(RunId::value).orElse(null));
    runtime.startProcessInstanceById(definitions.id(TellSomebody.PROCESS), message.id(), variables);
  }
}
