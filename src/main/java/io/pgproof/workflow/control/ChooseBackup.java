package io.pgproof.workflow.control;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.backup.damage.Layer;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.evidence.runs.RunSummary;
import io.pgproof.evidence.runs.RunSummary.KnownBackup;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.workflow.model.NegativeControl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Choose backup: the newest one of the target whose last verdict is proven and that is there. */
final class ChooseBackup extends ControlStep {
  private final RunIndex runs;

  ChooseBackup(EvidenceLog evidenceLog, RunIndex runs) {
    super(evidenceLog);
    this.runs = runs;
  }

  @Override
  void perform(RunId control, DelegateExecution execution) {
    Optional<RunSummary> proven =
        runs.lastOfEachBackup(asked(control).target()).stream()
            .filter(
                run -> run.outcome().filter(ended -> ended.verdict() == Verdict.PROVEN).isPresent())
            .filter(run -> Files.isDirectory(Path.of(backup(run).path())))
            .findFirst();
    proven.ifPresent(
        run ->
            new Evidence.ControlChosen(
                    run.run().value(), backup(run).path(), backup(run).startLsn())
                .record(evidenceLog, control));
    execution.setVariable(NegativeControl.Variable.CHOSEN, proven.isPresent());
    execution.setVariable(NegativeControl.Variable.LAYER, Layer.all().get(0).word());
  }

  private static KnownBackup backup(RunSummary run) {
    return run.outcome().orElseThrow().backup().orElseThrow();
  }
}
