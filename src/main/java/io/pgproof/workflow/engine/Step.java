package io.pgproof.workflow.engine;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.MachineError;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.model.VerifyBackup;
import java.util.List;
import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A step of the process on the way to the verdict.
 *
 * <p>A finding of a step becomes evidence and a BPMN error. Any other failure is a fault of the
 * environment: the engine retries the step, and the fault of the last try also becomes evidence and
 * a BPMN error. So a run always ends and never holds a container forever.
 */
public abstract class Step implements JavaDelegate {
  private static final Logger LOG = LoggerFactory.getLogger(Step.class);

  private final EvidenceLog evidenceLog;
  private final Cancellations cancellations;

  public Step(EvidenceLog evidenceLog, Cancellations cancellations) {
    this.evidenceLog = evidenceLog;
    this.cancellations = cancellations;
  }

  /**
   * Does the step. Must be safe to repeat, because its transaction may be rolled back at its very
   * end.
   */
  protected abstract void perform(RunId run, DelegateExecution execution) throws Exception;

  /**
   * Called when the step ends in an error: undoes what the step began, because a step that did not
   * complete is not compensated.
   */
  protected void compensate(RunId run) throws Exception {}

  @Override
  public final void execute(DelegateExecution execution) throws Exception {
    RunId run = new RunId(execution.getProcessBusinessKey());
    try {
      cancellations.check(run);
      if (Boolean.TRUE.equals(execution.getVariable(VerifyBackup.Variable.CONTROL))) {
        cancellations.checkControl(run);
      }
      perform(run, execution);
    } catch (FindingException e) {
      throw found(run, e.finding(), VerifyBackup.ErrorCode.FINDING, e);
    } catch (Exception | Error e) {
      boolean last =
          e instanceof BackgroundWork.Fault fault ? fault.last() : RetryCycle.isLastTry();
      LOG.error(
          "{} of run {} failed {}",
          execution.getCurrentActivityName(),
          run,
          last ? "for the last time" : "and is retried",
          e);
      if (!last) {
        throw e;
      }
      String step =
          "the step '" + execution.getCurrentActivityName() + "' failed in all its attempts: ";
      Reason otherwise = isDefect(e) ? Reason.INTERNAL : Reason.ENVIRONMENT;
      Reason reason =
          MachineError.of(e).map(error -> error.reason(Reason.ENVIRONMENT)).orElse(otherwise);
      Finding finding =
          Finding.of(
              reason, e instanceof BackgroundWork.Fault ? shortMessage(e) : step + shortMessage(e));
      throw found(run, finding, VerifyBackup.ErrorCode.ENVIRONMENT, e);
    }
  }

  /**
   * Returns whether the failure is in the JVM itself, which no fault of the machine or the backup
   * can excuse.
   */
  private static boolean isDefect(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof Error) {
        return true;
      }
    }
    return false;
  }

  private BpmnError found(RunId run, Finding finding, String code, Throwable cause)
      throws Exception {
    compensate(run);
    record(run, new Evidence.Found(finding));
    return new BpmnError(code, finding.message(), cause);
  }

  /** Adds evidence in the step's own transaction. */
  protected final void record(RunId run, Evidence evidence) {
    evidence.record(evidenceLog, run);
  }

  /** Adds notes, if there are any. */
  protected final void recordNotes(RunId run, List<String> notes) {
    if (!notes.isEmpty()) {
      record(run, new Evidence.Noted(notes));
    }
  }

  private static String shortMessage(Throwable e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
