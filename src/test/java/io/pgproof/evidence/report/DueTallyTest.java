package io.pgproof.evidence.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.report.ComplianceReport.DueFigures;
import io.pgproof.evidence.report.ComplianceReport.Gap;
import io.pgproof.evidence.report.ComplianceReport.Outage;
import io.pgproof.evidence.report.ComplianceReport.ServerFigures;
import io.pgproof.evidence.runs.RecordedRuns;
import io.pgproof.proof.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Due times that were missed, as a report counts them. */
class DueTallyTest extends ReportOverEvidence {
  @ParameterizedTest
  @MethodSource("databases")
  void dueTimesThatWereMissedAreNotLostAtTheBorders(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    due(runs, BEGIN.minusSeconds(1), 1, Duration.ZERO, BEGIN);
    RunId before =
        due(runs, BEGIN.minusSeconds(3_600), 2, Duration.ofHours(2), BEGIN.plusSeconds(3_600));
    due(runs, BEGIN, 1, Duration.ofSeconds(20), BEGIN.plusSeconds(20));
    RunId late = due(runs, TENTH, 1, Duration.ofMinutes(5), TENTH.plusSeconds(300));
    Instant skipped = TENTH.plus(Duration.ofDays(1));
    runs.at(skipped).record(late, "pgproof", new Evidence.DuePassedOver(skipped, 3));
    RunId after =
        due(runs, END.minusSeconds(3_600), 5, Duration.ofHours(9), END.plusSeconds(28_800));
    due(runs, END, 1, Duration.ofHours(1), END.plusSeconds(3_600));

    assertThat(only(november(database, runs, List.of())).due())
        .isEqualTo(
            new DueFigures(
                1,
                11,
                List.of(
                    new Gap(before.value(), BEGIN.minusSeconds(3_600), 2, 7_200L, null),
                    new Gap(late.value(), TENTH, 1, 300L, null),
                    new Gap(late.value(), skipped, 3, null, null),
                    new Gap(after.value(), END.minusSeconds(3_600), 5, 32_400L, null))));
  }

  /** Stopped on the tenth for two hours, and killed on the twelfth for an hour. */
  @ParameterizedTest
  @MethodSource("databases")
  void dueTimesWereMissedWhileTheServerWasDownOrForAnotherReason(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    Instant twelfth = TENTH.plus(Duration.ofDays(2));
    started(runs, BEGIN.minus(Duration.ofDays(40)), null);
    runs.at(TENTH.minusSeconds(1_800));
    new ServerEvent.ServerStopped(BEGIN).record(runs.log(), "pgproof");
    started(runs, TENTH.plusSeconds(5_400), TENTH.minusSeconds(1_830));
    RunId stopped = due(runs, TENTH, 2, Duration.ofSeconds(5_401), TENTH.plusSeconds(5_401));
    RunId busy =
        due(
            runs,
            TENTH.plus(Duration.ofDays(1)),
            1,
            Duration.ofMinutes(9),
            TENTH.plus(Duration.ofDays(1)).plusSeconds(540));
    started(runs, twelfth.plusSeconds(3_000), twelfth.minusSeconds(600));
    RunId killed = due(runs, twelfth, 1, Duration.ofSeconds(3_001), twelfth.plusSeconds(3_001));

    ComplianceReport report = november(database, runs, List.of());
    assertThat(only(report).due().gaps())
        .extracting(Gap::run, Gap::serverDown)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(stopped.value(), true),
            org.assertj.core.groups.Tuple.tuple(busy.value(), false),
            org.assertj.core.groups.Tuple.tuple(killed.value(), true));
    assertThat(report.server())
        .isEqualTo(
            new ServerFigures(
                BEGIN.minus(Duration.ofDays(40)),
                7_200 + 3_600,
                3,
                List.of(
                    new Outage(TENTH.minusSeconds(1_800), TENTH.plusSeconds(5_400), true, 7_200, 2),
                    new Outage(
                        twelfth.minusSeconds(600), twelfth.plusSeconds(3_000), false, 3_600, 1))));
  }

  private static void started(RecordedRuns runs, Instant at, Instant lastAlive) {
    runs.at(at);
    new ServerEvent.ServerStarted(lastAlive).record(runs.log(), "pgproof");
  }
}
