package io.pgproof.report;

import io.pgproof.evidence.report.ComplianceReport.Failure;
import io.pgproof.evidence.report.ComplianceReport.Step;
import io.pgproof.evidence.report.ComplianceReport.WaiverFacts;
import io.pgproof.evidence.report.FailureState;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Verdict;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The tables about runs that were not proven, and about what people decided. */
final class FailureSections {
  private static final Set<FailureState> DONE =
      EnumSet.of(FailureState.DECIDED, FailureState.WAIVED);

  private FailureSections() {}

  private record Kind(Verdict verdict, Reason reason) {
    static final Comparator<Kind> GRAVEST_FIRST =
        Comparator.comparing(Kind::verdict, Comparator.reverseOrder())
            .thenComparing(kind -> kind.reason().code());

    static Kind of(Failure failure) {
      return new Kind(failure.verdict(), failure.reason());
    }
  }

  static Section sums(List<Failure> failures) {
    Map<Kind, List<Failure>> kinds =
        failures.stream()
            .collect(
                Collectors.groupingBy(
                    Kind::of, () -> new TreeMap<>(Kind.GRAVEST_FIRST), Collectors.toList()));
    return Section.of(
        "failures-by-reason",
        "Failures by reason",
        "Runs of the period that were not proven, and how many of them a person has decided about."
            + " Accepted before: the backup is stale, and a person had accepted that in another run."
            + " The time to the decision begins with the verdict.",
        List.of(
            "Verdict",
            "Reason",
            "Runs",
            "Targets",
            "Decided",
            "Accepted before",
            "Not decided",
            "Longest time to decision"),
        kinds.entrySet().stream().map(kind -> sum(kind.getKey(), kind.getValue())).toList(),
        "Each run of the period was proven.");
  }

  private static List<Cell> sum(Kind kind, List<Failure> failures) {
    return List.of(
        Cell.verdict(kind.verdict()),
        Cell.word(kind.reason().code()),
        Cell.count(failures.size()),
        Cell.count((int) failures.stream().map(Failure::target).distinct().count()),
        Cell.count(count(failures, Set.of(FailureState.DECIDED))),
        Cell.count(count(failures, Set.of(FailureState.WAIVED))),
        Cell.count(count(failures, EnumSet.complementOf(EnumSet.copyOf(DONE)))),
        failures.stream()
            .filter(failure -> failure.state() == FailureState.DECIDED)
            .filter(failure -> failure.secondsToDecision() != null)
            .max(
                Comparator.comparing(
                    failure -> Objects.requireNonNull(failure.secondsToDecision())))
            .map(failure -> Cell.duration(failure.secondsToDecision()).of(List.of(failure.run())))
            .orElse(Cell.text("–")));
  }

  private static int count(List<Failure> failures, Set<FailureState> states) {
    return (int) failures.stream().filter(failure -> states.contains(failure.state())).count();
  }

  static Section each(List<Failure> failures) {
    return Section.of(
        "failures",
        "Failures and decisions",
        "Each run of the period that was not proven. The time to the decision begins with the verdict."
            + " Decisions are included until the report was made.",
        List.of(
            "Target and run",
            "Verdict",
            "What was found",
            "Time to decision",
            "Who decided, and why"),
        failures,
        FailureSections::failure,
        Comparator.<Failure, Boolean>comparing(failure -> DONE.contains(failure.state()))
            .thenComparing(Kind::of, Kind.GRAVEST_FIRST)
            .thenComparing(Failure::at, Comparator.reverseOrder()),
        "those that nobody has decided about first, then the gravest",
        "Each run of the period was proven.");
  }

  private static List<Cell> failure(Failure failure) {
    return List.of(
        Cell.text(failure.target()).of(List.of(failure.run())),
        Cell.verdict(failure.verdict()),
        Cell.prose(failure.reason().code() + ": " + failure.message()),
        Cell.text(
            failure.secondsToDecision() == null
                ? failure.state().label()
                : HumanFormat.duration(Duration.ofSeconds(failure.secondsToDecision()))
                    + ", "
                    + failure.state().label()),
        Cell.prose(
            failure.steps().isEmpty()
                ? "–"
                : failure.steps().stream()
                    .map(step -> step(step, failure.run()))
                    .collect(Collectors.joining("; "))));
  }

  private static String step(Step step, String run) {
    return HumanFormat.time(step.at())
        + ", "
        + step.by()
        + ": "
        + step.decision()
        + (step.reason() == null ? "" : ", because: " + step.reason())
        + (step.run().equals(run) ? "" : " (in run " + step.run() + ")");
  }

  static Section waivers(List<WaiverFacts> waivers) {
    return Section.of(
        "waivers",
        "Waivers",
        "Stale backups that a person accepted, if the acceptance was valid in the period.",
        List.of("Target and run", "Granted", "Until", "By", "Reason"),
        waivers,
        waiver ->
            List.of(
                Cell.text(waiver.target()).of(List.of(waiver.run())),
                Cell.time(waiver.grantedAt()),
                Cell.time(waiver.until()),
                Cell.prose(waiver.by()),
                Cell.prose(waiver.reason())),
        Comparator.comparing(
            (WaiverFacts waiver) -> Duration.between(waiver.until(), waiver.grantedAt())),
        "the longest first",
        "No waiver was valid in the period.");
  }
}
