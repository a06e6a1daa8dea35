package io.pgproof.workflow.control;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.OneStateDirectory;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.OwnDefinitions;
import io.pgproof.workflow.model.NegativeControl;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.verify.Started;
import io.pgproof.workflow.verify.Verifications;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.springframework.transaction.support.TransactionTemplate;

/** Begins and withdraws negative controls by calling the engine, and tells which are under way. */
public final class Controls {
  private final RuntimeService runtime;
  private final OwnDefinitions definitions;
  private final TransactionTemplate transactions;
  private final DataSource database;
  private final EvidenceLog evidenceLog;
  private final Cancellations cancellations;
  private final BackgroundWork work;
  private final Verifications verifications;
  private final Clock clock;
  private final String retryCycle;

  public Controls(
      RuntimeService runtime,
      OwnDefinitions definitions,
      TransactionTemplate transactions,
      DataSource database,
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      BackgroundWork work,
      Verifications verifications,
      Clock clock,
      String retryCycle) {
    this.runtime = runtime;
    this.definitions = definitions;
    this.transactions = transactions;
    this.database = database;
    this.evidenceLog = evidenceLog;
    this.cancellations = cancellations;
    this.work = work;
    this.verifications = verifications;
    this.clock = clock;
    this.retryCycle = retryCycle;
  }

  /**
   * Starts a negative control of a target, unless one is under way.
   *
   * @param request how the target is verified; it names the target
   * @param occasion why it is started, if nobody requested it
   */
  public Started start(VerificationRequest request, Optional<? extends Evidence> occasion) {
    String target = request.target().orElseThrow();
    return Objects.requireNonNull(
        transactions.execute(
            transaction -> {
              // People, programs and the schedule may start a control of the same target at once.
              OneStateDirectory.lock(database);
              return unfinished(target)
                  .map(other -> new Started(other, false))
                  .orElseGet(() -> new Started(begin(target, request, occasion), true));
            }));
  }

  private RunId begin(
      String target, VerificationRequest request, Optional<? extends Evidence> occasion) {
    RunId control = RunId.at(clock.instant());
    new Evidence.ControlAsked(target, request).record(evidenceLog, control, request.askedBy());
    occasion.ifPresent(evidence -> evidence.record(evidenceLog, control));
    runtime.startProcessInstanceById(
        definitions.id(NegativeControl.PROCESS),
        control.value(),
        Map.of(
            NegativeControl.Variable.TARGET, target,
            VerifyBackup.Variable.RETRY_CYCLE, retryCycle,
            VerifyBackup.Variable.PAUSE, "PT1S"));
    return control;
  }

  /** Returns the control of this target that has not ended. */
  public Optional<RunId> unfinished(String target) {
    return runtime
        .createProcessInstanceQuery()
        .processDefinitionKey(NegativeControl.PROCESS)
        .variableValueEquals(NegativeControl.Variable.TARGET, target)
        .list()
        .stream()
        .map(ProcessInstance::getBusinessKey)
        .map(RunId::new)
        .findFirst();
  }

  /**
   * Returns the control that one of a schedule waits for: the oldest that was begun before it.
   * Those that are stopped until somebody acts are passed.
   */
  Optional<RunId> before(RunId control) {
    return runtime
        .createProcessInstanceQuery()
        .processDefinitionKey(NegativeControl.PROCESS)
        .list()
        .stream()
        .map(ProcessInstance::getBusinessKey)
        .filter(other -> other.compareTo(control.value()) < 0)
        .sorted()
        .map(RunId::new)
        .filter(other -> stuck(other).isEmpty())
        .findFirst();
  }

  /** Returns whether the directory of this name belongs to a control that has not ended. */
  public boolean owns(String directory) {
    return runtime
            .createProcessInstanceQuery()
            .processDefinitionKey(NegativeControl.PROCESS)
            .processInstanceBusinessKey(directory)
            .count()
        > 0;
  }

  /** Withdraws a control: its current run is withdrawn, and the layers left are not tried. */
  public void withdraw(RunId control, String person) {
    cancellations.record(control, person);
    work.interrupt(control);
    runtime
        .createProcessInstanceQuery()
        .processDefinitionKey(NegativeControl.PROCESS)
        .processInstanceBusinessKey(control.value())
        .list()
        .stream()
        .flatMap(
            instance ->
                runtime
                    .createProcessInstanceQuery()
                    .superProcessInstanceId(instance.getId())
                    .list()
                    .stream())
        .map(called -> new RunId(called.getBusinessKey()))
        .forEach(run -> verifications.withdraw(run, person));
  }

  /**
   * Returns why a control or one of its runs is stopped until somebody acts, or was deleted, with
   * the remedy; empty otherwise.
   */
  public Optional<Finding> stuck(RunId control) {
    ProcessInstance instance =
        runtime
            .createProcessInstanceQuery()
            .processDefinitionKey(NegativeControl.PROCESS)
            .processInstanceBusinessKey(control.value())
            .singleResult();
    if (instance == null) {
      return evidenceLog.last(control, Evidence.kind(Evidence.ControlEnded.class)).isPresent()
          ? Optional.empty()
          : Optional.of(
              new Finding(
                  Reason.ENVIRONMENT,
                  "control " + control + " was deleted by hand before it ended",
                  "start the negative control again",
                  null));
    }
    // An incident of a run is one of its control, too, but only the run's names the step.
    return runtime
        .createProcessInstanceQuery()
        .superProcessInstanceId(instance.getId())
        .list()
        .stream()
        .map(called -> verifications.stuck(new RunId(called.getBusinessKey())))
        .flatMap(Optional::stream)
        .findFirst()
        .or(() -> verifications.stopped("control " + control, instance));
  }
}
