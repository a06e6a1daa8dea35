package io.pgproof.workflow.control;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.backup.damage.Layer;
import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.ControlResult.Outcome;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.Check;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.model.NegativeControl;
import io.pgproof.workflow.model.VerifyBackup;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.jspecify.annotations.Nullable;

/** Judge verification: whether the check of the layer failed, from the evidence of the run. */
final class JudgeCopy extends ControlStep {
  private final ControlCopies copies;

  JudgeCopy(EvidenceLog evidenceLog, ControlCopies copies) {
    super(evidenceLog);
    this.copies = copies;
  }

  @Override
  void perform(RunId control, DelegateExecution execution) throws IOException {
    Layer layer =
        Layer.of((String) execution.getVariable(NegativeControl.Variable.LAYER)).orElseThrow();
    if (execution.getVariable(NegativeControl.Variable.COPY).equals(NegativeControl.Copy.MADE)) {
      RunId run = new RunId((String) execution.getVariable(VerifyBackup.Variable.RUN));
      String damage =
          last(run, Evidence.Asked.class)
              .map(Evidence.Asked::control)
              .map(Evidence.ControlRun::damage)
              .orElse(null);
      Optional<Report> report =
          last(run, Evidence.VerdictReached.class).map(Evidence.VerdictReached::report);
      new Evidence.ControlJudged(judge(layer, run, damage, report)).record(evidenceLog, control);
    }
    copies.remove(control);
    int next = Layer.all().indexOf(layer) + 1;
    boolean left = next < Layer.all().size();
    if (left) {
      execution.setVariable(NegativeControl.Variable.LAYER, Layer.all().get(next).word());
    }
    execution.setVariable(NegativeControl.Variable.LEFT, left);
  }

  /**
   * Judges a run. A check that passed missed its damage, whatever else the run found; a check that
   * was not made says nothing.
   */
  static ControlResult judge(
      Layer layer, RunId run, @Nullable String damage, Optional<Report> report) {
    List<Check> checks = report.map(known -> known.coverage().checks()).orElse(List.of());
    Optional<Check.Outcome> made =
        checks.stream()
            .filter(check -> check.name().equals(layer.check()))
            .map(Check::outcome)
            .findFirst();
    Outcome outcome =
        made.filter(check -> check == Check.Outcome.FAILED).isPresent()
            ? Outcome.CAUGHT
            : made.filter(check -> check == Check.Outcome.PASSED).isPresent()
                ? Outcome.MISSED
                : Outcome.COULD_NOT_TELL;
    return new ControlResult(
        layer.word(),
        layer.check(),
        outcome,
        checks.stream()
            .filter(check -> check.outcome() == Check.Outcome.FAILED)
            .map(Check::name)
            .toList(),
        run.value(),
        damage,
        outcome == Outcome.COULD_NOT_TELL
            ? report
                .map(known -> "the run is " + word(known) + ": " + known.conclusion().message())
                .orElse("the run reached no verdict")
            : null);
  }

  private static String word(Report report) {
    return report.verdict() == null ? "without a verdict" : report.verdict().word();
  }
}
