package io.pgproof.workflow.control;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** What the steps of a control share: they decide from its evidence, not from variables. */
abstract class ControlStep implements JavaDelegate {
  protected final EvidenceLog evidenceLog;

  ControlStep(EvidenceLog evidenceLog) {
    this.evidenceLog = evidenceLog;
  }

  @Override
  public final void execute(DelegateExecution execution) throws Exception {
    perform(new RunId(execution.getProcessBusinessKey()), execution);
  }

  /** Does the step. Must be safe to repeat. */
  abstract void perform(RunId control, DelegateExecution execution) throws Exception;

  final Evidence.ControlAsked asked(RunId control) {
    return last(control, Evidence.ControlAsked.class)
        .orElseThrow(() -> new IllegalStateException("control " + control + " has no request"));
  }

  final VerificationRequest request(RunId control) {
    return asked(control).request();
  }

  final <T extends Evidence> Optional<T> last(RunId run, Class<T> kind) {
    return evidenceLog.last(run, Evidence.kind(kind)).map(entry -> kind.cast(Evidence.read(entry)));
  }
}
