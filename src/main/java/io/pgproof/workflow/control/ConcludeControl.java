package io.pgproof.workflow.control;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.ControlHistory;
import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.ControlResult.Outcome;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.notify.NotificationEvent;
import io.pgproof.workflow.notify.Notifier;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Conclude control: records the table of all layers, and raises the alarm if one was missed. */
final class ConcludeControl extends ControlStep {
  private static final Logger LOG = LoggerFactory.getLogger(ConcludeControl.class);

  private final ControlCopies copies;
  private final Notifier notifier;

  ConcludeControl(EvidenceLog evidenceLog, ControlCopies copies, Notifier notifier) {
    super(evidenceLog);
    this.copies = copies;
    this.notifier = notifier;
  }

  @Override
  void perform(RunId control, DelegateExecution execution) throws IOException {
    copies.remove(control);
    String target = asked(control).target();
    Optional<Evidence.ControlChosen> backup = last(control, Evidence.ControlChosen.class);
    List<ControlResult> results = new ControlHistory(evidenceLog).results(control);
    Evidence.ControlEnded ended =
        new Evidence.ControlEnded(
            target,
            backup.map(Evidence.ControlChosen::path).orElse(null),
            results,
            backup.isPresent()
                ? null
                : "no backup of the target that was proven last is there; verify the target first");
    ended.record(evidenceLog, control);
    List<ControlResult> missed = ended.with(Outcome.MISSED);
    missed.forEach(
        result ->
            LOG.error("negative control {} of target {}: {}", control, target, result.describe()));
    if (!missed.isEmpty()) {
      notifier.notify(new NotificationEvent.ControlMissed(target, control.value(), missed));
    }
  }
}
