package io.pgproof.evidence.report;

import io.pgproof.evidence.report.ComplianceReport.DueFigures;
import io.pgproof.evidence.report.ComplianceReport.Measured;
import io.pgproof.evidence.report.ComplianceReport.ObjectiveFigures;
import io.pgproof.evidence.report.ComplianceReport.Proof;
import io.pgproof.evidence.report.ComplianceReport.ProofFigures;
import io.pgproof.evidence.report.ComplianceReport.ResultFigures;
import io.pgproof.evidence.report.ComplianceReport.RunFacts;
import io.pgproof.evidence.report.ComplianceReport.Sample;
import io.pgproof.evidence.report.ComplianceReport.Span;
import io.pgproof.evidence.report.ComplianceReport.TargetFigures;
import io.pgproof.evidence.report.ComplianceReport.Unproven;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Computes the figures of one target from its runs in the period.
 *
 * @param runs in the order in which their verdicts were recorded
 * @param provenBefore the last proof before the period
 */
record TargetTally(Span period, List<RunFacts> runs, Optional<Proof> provenBefore) {
  private static final int PERCENT = 95;

  /**
   * Returns all figures.
   *
   * @param configured whether the target is configured; {@code null} if that is not known
   */
  TargetFigures figures(
      String target,
      @Nullable Boolean configured,
      @Nullable String schedule,
      DueFigures due,
      List<String> withoutVerdict) {
    return new TargetFigures(
        target,
        configured,
        schedule,
        due,
        results(),
        withoutVerdict,
        objective(RunFacts::rpo),
        objective(RunFacts::rto),
        proofs());
  }

  private record Result(Verdict verdict, Reason reason) {}

  List<ResultFigures> results() {
    Map<Result, List<String>> results =
        new TreeMap<>(
            Comparator.comparing(Result::verdict, TargetTally::gravestFirst)
                .thenComparing(result -> result.reason().code()));
    for (RunFacts run : runs) {
      results
          .computeIfAbsent(new Result(run.verdict(), run.reason()), result -> new ArrayList<>())
          .add(run.run());
    }
    return results.entrySet().stream()
        .map(
            result ->
                new ResultFigures(
                    result.getKey().verdict(),
                    result.getKey().reason(),
                    result.getValue().size(),
                    result.getValue()))
        .toList();
  }

  private static int gravestFirst(Verdict one, Verdict other) {
    return one == other ? 0 : one.isGraverThan(other) ? -1 : 1;
  }

  ObjectiveFigures objective(Function<RunFacts, Measured> measure) {
    Long objective = null;
    int met = 0;
    List<String> missed = new ArrayList<>();
    List<Sample> samples = new ArrayList<>();
    for (RunFacts run : runs) {
      Measured measured = measure.apply(run);
      if (measured.objectiveSeconds() != null) {
        objective = measured.objectiveSeconds();
      }
      if (measured.seconds() != null) {
        samples.add(new Sample(measured.seconds(), run.run()));
      }
      if (Boolean.TRUE.equals(measured.met())) {
        met++;
      } else if (Boolean.FALSE.equals(measured.met())) {
        missed.add(run.run());
      }
    }
    samples.sort(Comparator.comparingLong(Sample::seconds).thenComparing(Sample::run));
    return new ObjectiveFigures(
        objective,
        samples.size(),
        met,
        missed,
        samples.isEmpty() ? null : samples.get(samples.size() - 1),
        samples.isEmpty() ? null : Percentile.nearestRank(samples, PERCENT));
  }

  private ProofFigures proofs() {
    List<Proof> proofs =
        runs.stream()
            .filter(run -> run.verdict() == Verdict.PROVEN)
            .map(run -> new Proof(run.run(), run.endedAt()))
            .toList();
    return new ProofFigures(
        provenBefore.orElse(null),
        proofs.isEmpty() ? null : proofs.get(proofs.size() - 1),
        longestUnproven(proofs));
  }

  /** Returns the longest part of the period between two proofs; of equal ones, the first. */
  private Unproven longestUnproven(List<Proof> proofs) {
    List<Unproven> parts = new ArrayList<>();
    Instant from = period.begin();
    String fromRun = null;
    for (Proof proof : proofs) {
      parts.add(unproven(from, proof.at(), fromRun, proof.run()));
      from = proof.at();
      fromRun = proof.run();
    }
    parts.add(unproven(from, period.end(), fromRun, null));
    Unproven longest = parts.get(0);
    for (Unproven part : parts) {
      if (part.seconds() > longest.seconds()) {
        longest = part;
      }
    }
    return longest;
  }

  private static Unproven unproven(
      Instant from, Instant until, @Nullable String fromRun, @Nullable String untilRun) {
    return new Unproven(from, until, Duration.between(from, until).toSeconds(), fromRun, untilRun);
  }
}
