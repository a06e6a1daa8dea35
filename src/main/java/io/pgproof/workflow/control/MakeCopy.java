package io.pgproof.workflow.control;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.backup.damage.DamagedCopy;
import io.pgproof.backup.damage.Layer;
import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.ControlResult.Outcome;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.engine.PollBackoff;
import io.pgproof.workflow.model.KeepSchedule;
import io.pgproof.workflow.model.NegativeControl;
import io.pgproof.workflow.model.NegativeControl.Copy;
import io.pgproof.workflow.verify.Verifications;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Make damaged copy: begins to make it or looks whether it is made, and then requests its
 * verification; or records why the layer has no copy.
 */
final class MakeCopy extends ControlStep {
  private final ControlCopies copies;
  private final ObjectProvider<Controls> controls;
  private final ObjectProvider<Verifications> verifications;

  /**
   * @param controls resolved late, as is {@code verifications}, because both are made of the engine
   *     that this delegate belongs to
   */
  MakeCopy(
      EvidenceLog evidenceLog,
      ControlCopies copies,
      ObjectProvider<Controls> controls,
      ObjectProvider<Verifications> verifications) {
    super(evidenceLog);
    this.copies = copies;
    this.controls = controls;
    this.verifications = verifications;
  }

  @Override
  void perform(RunId control, DelegateExecution execution) {
    Layer layer =
        Layer.of((String) execution.getVariable(NegativeControl.Variable.LAYER)).orElseThrow();
    execution.setVariable(NegativeControl.Variable.COPY, copy(control, layer, execution));
  }

  private String copy(RunId control, Layer layer, DelegateExecution execution) {
    VerificationRequest request = request(control);
    Evidence.ControlChosen backup =
        last(control, Evidence.ControlChosen.class)
            .orElseThrow(() -> new IllegalStateException("control " + control + " has no backup"));
    Optional<EvidenceEntry> cancelled =
        evidenceLog.last(control, Evidence.kind(Evidence.Withdrawn.class));
    if (cancelled.isPresent()) {
      return none(
          control,
          layer,
          Outcome.COULD_NOT_TELL,
          "the control was interrupted by " + cancelled.get().actor());
    }
    Optional<String> beyond = layer.beyond(request.depth());
    if (beyond.isPresent()) {
      return none(control, layer, Outcome.NOT_APPLICABLE, beyond.get());
    }
    if (layer == Layer.ASSERTION && request.queries().assertions().isEmpty()) {
      return none(control, layer, Outcome.NOT_APPLICABLE, "the target has no assertions");
    }
    if (!copies.isBegun(control) && waits(control, request)) {
      PollBackoff.increase(execution);
      return Copy.PENDING;
    }
    if (!layer.isCopied()) {
      String damage =
          layer == Layer.FRESHNESS
              ? "data must be younger than 0 s"
              : "the first assertion turned round";
      return made(control, layer, request, Path.of(backup.path()), damage, 0, 0, execution);
    }
    if (!copies.isBegun(control)) {
      copies.start(control, layer, request, backup);
      PollBackoff.first(execution);
      return Copy.PENDING;
    }
    try {
      Optional<DamagedCopy> copy = copies.poll(control);
      if (copy.isEmpty()) {
        PollBackoff.increase(execution);
        return Copy.PENDING;
      }
      if (copy.get() instanceof DamagedCopy.Made made) {
        return made(
            control,
            layer,
            request,
            made.directory(),
            made.damage(),
            made.files(),
            made.bytes(),
            execution);
      }
      return none(
          control, layer, Outcome.NOT_APPLICABLE, ((DamagedCopy.NotApplicable) copy.get()).why());
    } catch (FindingException e) {
      return none(control, layer, Outcome.COULD_NOT_TELL, e.finding().message());
    } catch (BackgroundWork.Fault fault) {
      if (!fault.last()) {
        throw fault;
      }
      return none(control, layer, Outcome.COULD_NOT_TELL, String.valueOf(fault.getMessage()));
    }
  }

  /**
   * Returns whether others come first. Many targets may be due at once, but not all of their
   * backups fit on the disk once more.
   */
  private boolean waits(RunId control, VerificationRequest request) {
    return request.askedBy().equals(KeepSchedule.ASKED_BY)
        && controls.getObject().before(control).isPresent();
  }

  private String made(
      RunId control,
      Layer layer,
      VerificationRequest request,
      Path backup,
      String damage,
      int files,
      long bytes,
      DelegateExecution execution) {
    String target = asked(control).target();
    verifications
        .getObject()
        .prepareControl(
            ControlRequests.of(request, layer, backup, bytes),
            new Evidence.ControlRun(control.value(), target, layer.word(), damage, files))
        .forEach(execution::setVariable);
    return Copy.MADE;
  }

  private String none(RunId control, Layer layer, Outcome outcome, String why) {
    new Evidence.ControlJudged(
            new ControlResult(layer.word(), layer.check(), outcome, List.of(), null, null, why))
        .record(evidenceLog, control);
    return Copy.NONE;
  }
}
