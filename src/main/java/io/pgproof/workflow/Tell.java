package io.pgproof.workflow;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.audit.Trail;
import io.pgproof.notify.Message;
import io.pgproof.proof.RunId;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Target;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.camunda.bpm.engine.RuntimeService;

/**
 * Tells people what happened.
 *
 * <p>It starts a process for each recipient in the transaction of its caller, so they are told if and only if what the caller does
 * stands. Nothing is sent before that.
 */
public final class Tell {
  private final RuntimeService runtime;
  private final CurrentConfiguration configuration;
  private final Requests requests;
  private final Messages messages;
  private final String retryCycle;

  Tell(RuntimeService runtime, CurrentConfiguration configuration, Trail trail, Messages messages, String retryCycle) {
    this.runtime = runtime;
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

  private List<String> recipients(Happening happening) {
    if (happening instanceof Happening.DaySummed) {
      return configuration.get().telling().dailySummary().map(io.pgproof.target.DailySummary::tell).orElse(List.of());
    }
    Optional<String> target = happening instanceof Happening.ScheduleMissed missed
        ? Optional.of(missed.target())
        : requests.of(((Happening.OfRun) happening).run()).target();
    return target.flatMap(configuration::target).map(Target::plan).map(plan -> plan.tell()).orElse(List.of());
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
    runtime.startProcessInstanceByKey(TellSomebody.PROCESS, message.id(), variables);
  }
}
