package io.pgproof.workflow.control;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.backup.damage.Layer;
import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.ControlResult.Outcome;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.Check;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.Report.Coverage;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.model.NegativeControl;
import io.pgproof.workflow.model.VerifyBackup;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.jspecify.annotations.Nullable;

/** Judge verification: whether the check of the layer failed, from the evidence of the run. */
final class JudgeCopy extends ControlStep {
  private static final Coverage NOTHING = new Coverage(List.of(), List.of(), List.of());

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
      new Evidence.ControlJudged(judge(layer, run, request(control))).record(evidenceLog, control);
    }
    copies.remove(control);
    int next = Layer.all().indexOf(layer) + 1;
    boolean left = next < Layer.all().size();
    if (left) {
      execution.setVariable(NegativeControl.Variable.LAYER, Layer.all().get(next).word());
    }
    execution.setVariable(NegativeControl.Variable.LEFT, left);
  }

  private ControlResult judge(Layer layer, RunId run, VerificationRequest target) {
    Optional<Evidence.ControlRun> damaged =
        last(run, Evidence.Asked.class).map(Evidence.Asked::control);
    Optional<Report> report =
        last(run, Evidence.VerdictReached.class).map(Evidence.VerdictReached::report);
    Set<Reason> found =
        evidenceLog.of(run, Evidence.kind(Evidence.Found.class)).stream()
            .map(entry -> ((Evidence.Found) Evidence.read(entry)).finding().reason())
            .collect(Collectors.toSet());
    Coverage coverage = report.map(Report::coverage).orElse(NOTHING);
    List<Check> checks = coverage.checks();
    Optional<String> why =
        couldNotTell(
            layer,
            damaged.map(Evidence.ControlRun::files).orElse(0),
            report,
            coverage,
            found,
            target);
    return new ControlResult(
        layer.word(),
        layer.check(),
        why.isPresent()
            ? Outcome.COULD_NOT_TELL
            : made(checks, layer.check(), Check.Outcome.FAILED) ? Outcome.CAUGHT : Outcome.MISSED,
        checks.stream()
            .filter(check -> check.outcome() == Check.Outcome.FAILED)
            .map(Check::name)
            .toList(),
        run.value(),
        damaged.map(Evidence.ControlRun::damage).orElse(null),
        why.orElse(null));
  }

  /**
   * Returns why the run says nothing about the check of the layer; empty if the check caught its
   * damage or missed it. A check that passed missed its damage, whatever else the run found.
   *
   * @param files how many files were damaged, each in another database
   * @param found reasons of what the run found
   */
  static Optional<String> couldNotTell(
      Layer layer,
      int files,
      Optional<Report> report,
      Coverage coverage,
      Set<Reason> found,
      VerificationRequest target) {
    List<Check> checks = coverage.checks();
    boolean passed = made(checks, layer.check(), Check.Outcome.PASSED);
    if (!passed && !made(checks, layer.check(), Check.Outcome.FAILED)) {
      return Optional.of(
          report
              .map(known -> "the run is " + word(known) + ": " + known.conclusion().message())
              .orElse("the run reached no verdict"));
    }
    return Optional.ofNullable(
        switch (layer) {
          case ARCHIVE, MANIFEST, WAL -> null;
          case PAGE, INDEX, ROW -> passed ? whyUnseen(layer, files, coverage, target) : null;
          case FRESHNESS ->
              report.map(Report::freshness).filter(JudgeCopy::isTooOld).isPresent()
                  ? null
                  : "the data were as new as the verification, or their age was not measured";
          case ASSERTION -> {
            if (!passed) {
              yield found.contains(Reason.ASSERTION_FAILED)
                  ? null
                  : "the assertion could not be asked";
            }
            String sound = "assertion:" + (target.queries().assertions().size() + 1);
            yield made(checks, sound, Check.Outcome.PASSED)
                ? null
                : "the assertion has become false since the backup was proven";
          }
        });
  }

  /** Returns why the check may rightly not have seen the damage; {@code null} if it must have. */
  private static @Nullable String whyUnseen(
      Layer layer, int files, Coverage coverage, VerificationRequest target) {
    if (target.replay().walArchive().isPresent()) {
      return "the WAL archive may have written the damaged part anew";
    }
    List<String> leftOut =
        coverage.notChecked().stream()
            .filter(what -> what.startsWith(layer.check() + ": the database "))
            .toList();
    return leftOut.isEmpty() || leftOut.size() < files
        ? null
        : "the databases with the damage may be those that the check left out: "
            + leftOut.get(0)
            + (leftOut.size() == 1 ? "" : ", and " + (leftOut.size() - 1) + " more");
  }

  private static boolean isTooOld(Report.FreshnessFacts freshness) {
    Long age = freshness.ageSeconds();
    return age != null && age > freshness.maxAgeSeconds();
  }

  private static boolean made(List<Check> checks, String name, Check.Outcome outcome) {
    return checks.stream()
        .anyMatch(check -> check.name().equals(name) && check.outcome() == outcome);
  }

  private static String word(Report report) {
    return report.verdict() == null ? "without a verdict" : report.verdict().word();
  }
}
