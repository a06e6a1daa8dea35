package io.pgproof.proof;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a run concluded about a backup, and why.
 *
 * @param verdict {@code null} if nothing was concluded: the request was refused, or the run is
 *     under way
 * @param reason {@link Reason#FRESH} if and only if the backup is proven
 * @param message one sentence for a person, without a full stop
 * @param hint remedy; {@code null} if none is needed
 */
public record Conclusion(
    @Nullable Verdict verdict, Reason reason, String message, @Nullable String hint) {

  public Conclusion {
    if ((verdict == Verdict.PROVEN) != (reason == Reason.FRESH)) {
      throw new IllegalArgumentException(reason.code() + " is not a reason for " + verdict);
    }
  }

  /** Creates the conclusion that follows from a finding. */
  static Conclusion of(Finding finding) {
    return new Conclusion(finding.verdict(), finding.reason(), finding.message(), finding.hint());
  }

  /**
   * Draws the conclusion from the facts of one run. The first finding of the gravest verdict
   * decides. If no finding refutes the backup or prevents a conclusion, the evidence must also be
   * complete.
   *
   * @param proven message for a backup that is proven
   */
  public static Conclusion reach(RunFacts facts, String proven) {
    Optional<Finding> gravest =
        facts.findings().stream()
            .reduce((one, next) -> next.verdict().isGraverThan(one.verdict()) ? next : one);
    if (gravest.isPresent() && gravest.get().verdict().isGraverThan(Verdict.STALE)) {
      return of(gravest.get());
    }
    List<String> missing = CompleteEvidence.missing(facts);
    if (!missing.isEmpty()) {
      return of(
          Finding.of(
              Reason.EVIDENCE_MISSING,
              "the run found nothing against the backup, but did not record "
                  + String.join(", ", missing)));
    }
    return gravest
        .map(Conclusion::of)
        .orElseGet(() -> new Conclusion(Verdict.PROVEN, Reason.FRESH, proven, null));
  }
}
