package io.pgproof.evidence.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.evidence.report.ComplianceReport.DueFigures;
import io.pgproof.evidence.report.ComplianceReport.Measured;
import io.pgproof.evidence.report.ComplianceReport.ObjectiveFigures;
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
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetTallyTest {
  private static final Instant BEGIN = Instant.parse("2026-11-01T00:00:00Z");
  private static final Instant END = Instant.parse("2026-12-01T00:00:00Z");
  private static final Span NOVEMBER =
      new Span(LocalDate.parse("2026-11-01"), LocalDate.parse("2026-11-30"), BEGIN, END);

  private final Random random = new Random(20261201);

  private static RunFacts run(
      String id, Instant ended, Verdict verdict, @Nullable Long age, @Nullable Boolean met) {
    return new RunFacts(
        id,
        "shop",
        ended.minusSeconds(60),
        "schedule",
        ended,
        verdict,
        verdict == Verdict.PROVEN ? Reason.FRESH : Reason.TOO_OLD,
        "standard",
        new Measured(age, 3_600L, met),
        new Measured(null, null, null));
  }

  private static TargetTally tally(List<RunFacts> runs) {
    return new TargetTally(NOVEMBER, runs, Optional.empty());
  }

  private static Unproven longestUnproven(List<RunFacts> runs) {
    return tally(runs)
        .figures("shop", true, null, new DueFigures(0, 0, List.of()), List.of())
        .proofs()
        .longestUnproven();
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,2", "19,19", "20,19", "21,20", "40,38", "100,95", "101,96"})
  void the95thPercentileOfTheFirstNumbersIsKnown(int numbers, int expected) {
    assertThat(Percentile.nearestRank(IntStream.rangeClosed(1, numbers).boxed().toList(), 95))
        .isEqualTo(expected);
  }

  @Test
  void aPercentileIsTheSmallestValueThatEnoughValuesDoNotExceed() {
    for (int round = 0; round < 2_000; round++) {
      List<Integer> values = random.ints(1 + random.nextInt(60), 0, 20).sorted().boxed().toList();
      int percent = 1 + random.nextInt(100);
      int percentile = Percentile.nearestRank(values, percent);

      assertThat(values).contains(percentile);
      assertThat(shareUpTo(values, percentile)).isGreaterThanOrEqualTo(percent / 100.0);
      assertThat(shareUpTo(values, percentile - 1)).isLessThan(percent / 100.0);
    }
  }

  private static double shareUpTo(List<Integer> values, int most) {
    return values.stream().filter(value -> value <= most).count() / (double) values.size();
  }

  @Test
  void objectivesNameTheRunsThatAnAuditorLooksAt() {
    List<RunFacts> runs = new ArrayList<>();
    for (int day = 0; day < 20; day++) {
      runs.add(
          run(
              "run-" + day,
              BEGIN.plus(Duration.ofDays(day)),
              Verdict.PROVEN,
              day * 100L,
              day < 18));
    }
    runs.add(run("unmeasured", END.minusSeconds(1), Verdict.INCONCLUSIVE, null, null));

    ObjectiveFigures age = tally(runs).objective(RunFacts::rpo);
    assertThat(age)
        .isEqualTo(
            new ObjectiveFigures(
                3_600L,
                20,
                18,
                List.of("run-18", "run-19"),
                new Sample(1_900, "run-19"),
                new Sample(1_800, "run-18")));
    assertThat(tally(runs).objective(RunFacts::rto))
        .isEqualTo(new ObjectiveFigures(null, 0, 0, List.of(), null, null));
  }

  @Test
  void resultsAreCountedByVerdictAndReasonTheGravestFirst() {
    List<RunFacts> runs =
        List.of(
            run("one", BEGIN, Verdict.PROVEN, null, null),
            run("two", BEGIN, Verdict.STALE, null, null),
            run("three", BEGIN, Verdict.PROVEN, null, null));
    assertThat(tally(runs).results())
        .containsExactly(
            new ResultFigures(Verdict.STALE, Reason.TOO_OLD, 1, List.of("two")),
            new ResultFigures(Verdict.PROVEN, Reason.FRESH, 2, List.of("one", "three")));
  }

  @Test
  void aTargetThatWasNeverProvenCountsForTheWholePeriod() {
    Unproven whole = new Unproven(BEGIN, END, Duration.ofDays(30).toSeconds(), null, null);
    assertThat(longestUnproven(List.of())).isEqualTo(whole);
    assertThat(longestUnproven(List.of(run("bad", BEGIN, Verdict.REFUTED, null, null))))
        .isEqualTo(whole);
  }

  @Test
  void theLongestTimeUnprovenNamesTheProofsAtItsEnds() {
    List<RunFacts> runs =
        List.of(
            run("first", BEGIN.plus(Duration.ofDays(5)), Verdict.PROVEN, null, null),
            run("bad", BEGIN.plus(Duration.ofDays(9)), Verdict.STALE, null, null),
            run("second", BEGIN.plus(Duration.ofDays(20)), Verdict.PROVEN, null, null));
    assertThat(longestUnproven(runs))
        .isEqualTo(
            new Unproven(
                BEGIN.plus(Duration.ofDays(5)),
                BEGIN.plus(Duration.ofDays(20)),
                Duration.ofDays(15).toSeconds(),
                "first",
                "second"));
  }

  @Test
  void noPartOfThePeriodIsLongerUnprovenThanTheLongest() {
    for (int round = 0; round < 500; round++) {
      List<RunFacts> runs =
          random
              .longs(random.nextInt(12), 0, Duration.ofDays(30).toSeconds())
              .sorted()
              .mapToObj(
                  second ->
                      run(
                          "run-" + second,
                          BEGIN.plusSeconds(second),
                          random.nextInt(3) == 0 ? Verdict.INCONCLUSIVE : Verdict.PROVEN,
                          null,
                          null))
              .toList();
      List<Instant> borders =
          new ArrayList<>(
              runs.stream()
                  .filter(run -> run.verdict() == Verdict.PROVEN)
                  .map(RunFacts::endedAt)
                  .toList());
      borders.add(BEGIN);
      borders.add(END);
      borders.sort(Comparator.naturalOrder());
      long longest =
          IntStream.range(1, borders.size())
              .mapToLong(at -> Duration.between(borders.get(at - 1), borders.get(at)).toSeconds())
              .max()
              .orElseThrow();

      Unproven found = longestUnproven(runs);
      assertThat(found.seconds()).isEqualTo(longest);
      assertThat(Duration.between(found.from(), found.until()).toSeconds()).isEqualTo(longest);
      assertThat(runs)
          .noneMatch(
              run ->
                  run.verdict() == Verdict.PROVEN
                      && run.endedAt().isAfter(found.from())
                      && run.endedAt().isBefore(found.until()));
    }
  }

  @Test
  void countsOfATargetAddUp() {
    TargetFigures figures =
        tally(
                List.of(
                    run("one", BEGIN, Verdict.PROVEN, null, null),
                    run("two", BEGIN, Verdict.INCONCLUSIVE, null, null)))
            .figures("shop", null, null, new DueFigures(3, 1, List.of()), List.of("open"));
    assertThat(figures.count()).isEqualTo(2);
    assertThat(figures.count(Verdict.PROVEN)).isEqualTo(1);
    assertThat(figures.due().all()).isEqualTo(4);
  }
}
