package io.pgproof.evidence.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.report.ComplianceReport.Failure;
import io.pgproof.evidence.report.ComplianceReport.Proof;
import io.pgproof.evidence.report.ComplianceReport.Step;
import io.pgproof.evidence.report.ComplianceReport.WaiverFacts;
import io.pgproof.evidence.runs.RecordedRuns;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What people decided about failures, as a report says it. */
class DecisionsTest extends ReportOverEvidence {
  @ParameterizedTest
  @MethodSource("databases")
  void aFailureSaysWhoDecidedWhenAndWhy(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    RunId run = ended(runs, TENTH, TENTH, Verdict.STALE);
    runs.record(run, "pgproof", new Evidence.TaskOpened(REVIEW, "Review", "backup-operators"));
    runs.at(TENTH.plusSeconds(60))
        .record(run, "olga", new Evidence.Decided(REVIEW, "Review", "escalate", "too old"));
    assertThat(failures(database, runs))
        .extracting(Failure::state, Failure::secondsToDecision)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(FailureState.OPEN, null));

    RunId joined = ended(runs, TENTH.plusSeconds(120), TENTH.plusSeconds(180), Verdict.REFUTED);
    runs.record(joined, "pgproof", new Evidence.TaskJoined(run.value()));
    runs.at(END.plusSeconds(60))
        .record(run, "aude", new Evidence.Decided(APPROVE, "Approve", "dismiss", "a test copy"));

    List<Failure> failures = failures(database, runs);
    Step dismissed = new Step(END.plusSeconds(60), "aude", "dismiss", "a test copy", run.value());
    assertThat(failures.get(0))
        .isEqualTo(
            new Failure(
                "shop",
                run.value(),
                Verdict.STALE,
                Reason.TOO_OLD,
                "said of stale",
                TENTH,
                FailureState.DECIDED,
                Duration.between(TENTH, END).toSeconds() + 60,
                List.of(
                    new Step(TENTH.plusSeconds(60), "olga", "escalate", "too old", run.value()),
                    dismissed)));
    assertThat(failures.get(1).run()).isEqualTo(joined.value());
    assertThat(failures.get(1).state()).isEqualTo(FailureState.DECIDED);
    assertThat(failures.get(1).steps()).containsExactly(dismissed);
    assertThat(failures.get(1).secondsToDecision())
        .isEqualTo(Duration.between(TENTH, END).toSeconds() - 120);
  }

  /** An inconclusive run is a failure that somebody decides about, but no result. */
  @ParameterizedTest
  @MethodSource("databases")
  void aRunThatIsRepeatedIsAFailureAndItsRepetitionAProof(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    RunId first = ended(runs, TENTH, TENTH.plusSeconds(60), Verdict.INCONCLUSIVE);
    runs.record(first, "pgproof", new Evidence.TaskOpened(REVIEW, "Review", "backup-operators"));
    runs.at(TENTH.plusSeconds(660))
        .record(first, "olga", new Evidence.Decided(REVIEW, "Review", "again", null));
    RunId second = ended(runs, TENTH.plusSeconds(661), TENTH.plusSeconds(720), Verdict.PROVEN);
    runs.record(first, "olga", new Evidence.BegunAgain(second.value()));

    ComplianceReport report = november(database, runs, List.of(), "shop");
    assertThat(report.coverage().verified()).isEqualTo(1);
    assertThat(report.coverage().proven()).isEqualTo(1);
    assertThat(report.failures())
        .extracting(Failure::run, Failure::state, Failure::secondsToDecision)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(first.value(), FailureState.DECIDED, 600L));
    assertThat(only(report).proofs().last())
        .isEqualTo(new Proof(second.value(), TENTH.plusSeconds(720)));
    // From then to the end of November, which is longer than from its beginning.
    assertThat(only(report).proofs().longestUnproven().seconds())
        .isEqualTo(Duration.between(TENTH, END).toSeconds() - 720);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void whatNobodyDecidedIsNotDecided(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    ended(runs, TENTH, TENTH, Verdict.INCONCLUSIVE);
    RunId handedOn = ended(runs, TENTH.plusSeconds(1), TENTH.plusSeconds(1), Verdict.STALE);
    runs.record(handedOn, "pgproof", new Evidence.TaskOpened(REVIEW, "Review", "backup-operators"));
    runs.record(
        handedOn, "pgproof", new Evidence.NobodyDecided(REVIEW, "Review", Duration.ofDays(1)));
    RunId escalated = ended(runs, TENTH.plusSeconds(2), TENTH.plusSeconds(2), Verdict.REFUTED);
    runs.record(
        escalated, "pgproof", new Evidence.NobodyDecided(APPROVE, "Approve", Duration.ofDays(1)));
    RunId deleted = ended(runs, TENTH.plusSeconds(3), TENTH.plusSeconds(3), Verdict.REFUTED);
    runs.record(
        deleted,
        "emil",
        new Evidence.DecisionTakenAway(
            APPROVE, "Approve", Verdict.REFUTED, Reason.WAL_MISSING, null));
    RunId circle = ended(runs, TENTH.plusSeconds(4), TENTH.plusSeconds(4), Verdict.REFUTED);
    runs.record(circle, "pgproof", new Evidence.TaskJoined(circle.value()));

    assertThat(failures(database, runs))
        .extracting(Failure::state)
        .containsExactly(
            FailureState.NO_TASK,
            FailureState.OPEN,
            FailureState.NOBODY_DECIDED,
            FailureState.DELETED,
            FailureState.OPEN);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aClockThatWasSetBackGivesNoTimeToDecision(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    RunId run = ended(runs, TENTH, TENTH, Verdict.REFUTED);
    runs.at(TENTH.minusSeconds(600))
        .record(run, "aude", new Evidence.Decided(APPROVE, "Approve", "dismiss", "a test copy"));
    due(runs, TENTH.minusSeconds(600), 1, Duration.ZERO, TENTH.minusSeconds(600));

    ComplianceReport report = november(database, runs, List.of());
    assertThat(report.failures().get(0).state()).isEqualTo(FailureState.DECIDED);
    assertThat(report.failures().get(0).secondsToDecision()).isNull();
    assertThat(only(report).due().onTime()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void waiversAreThoseThatWereValidInThePeriod(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    Instant october = BEGIN.minus(Duration.ofDays(20));
    RunId over = ended(runs, october, october, Verdict.STALE);
    runs.record(over, "olga", new Evidence.WaiverGranted("backup", BEGIN, "until the first"));
    RunId granted = ended(runs, october.plusSeconds(1), october.plusSeconds(1), Verdict.STALE);
    runs.record(granted, "olga", new Evidence.WaiverGranted("backup", TENTH, "moving house"));
    RunId waived = ended(runs, BEGIN.plusSeconds(60), BEGIN.plusSeconds(90), Verdict.STALE);
    runs.record(
        waived, "pgproof", new Evidence.Waived(granted.value(), "olga", TENTH, "moving house"));
    runs.at(END)
        .record(waived, "olga", new Evidence.WaiverGranted("backup", END.plusSeconds(9), "x"));

    ComplianceReport report = november(database, runs, List.of());
    assertThat(report.waivers())
        .containsExactly(
            new WaiverFacts(
                "shop", granted.value(), october.plusSeconds(1), TENTH, "olga", "moving house"));
    Failure failure = report.failures().get(0);
    assertThat(failure.state()).isEqualTo(FailureState.WAIVED);
    assertThat(failure.secondsToDecision()).isNull();
    assertThat(failure.steps())
        .singleElement()
        .satisfies(
            step -> {
              assertThat(step.by()).isEqualTo("olga");
              assertThat(step.run()).isEqualTo(granted.value());
              assertThat(step.reason()).isEqualTo("moving house");
            });
  }
}
