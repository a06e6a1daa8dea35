package io.pgproof.evidence.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.log.LogFixture;
import io.pgproof.evidence.report.ComplianceReport.Coverage;
import io.pgproof.evidence.report.ComplianceReport.DueFigures;
import io.pgproof.evidence.report.ComplianceReport.Failure;
import io.pgproof.evidence.report.ComplianceReport.Gap;
import io.pgproof.evidence.report.ComplianceReport.Measured;
import io.pgproof.evidence.report.ComplianceReport.NegativeControl;
import io.pgproof.evidence.report.ComplianceReport.Outage;
import io.pgproof.evidence.report.ComplianceReport.Proof;
import io.pgproof.evidence.report.ComplianceReport.RunFacts;
import io.pgproof.evidence.report.ComplianceReport.ServerFigures;
import io.pgproof.evidence.report.ComplianceReport.Step;
import io.pgproof.evidence.report.ComplianceReport.TargetFigures;
import io.pgproof.evidence.report.ComplianceReport.WaiverFacts;
import io.pgproof.evidence.runs.BothDatabases;
import io.pgproof.evidence.runs.RecordedRuns;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.proof.UsageException;
import io.pgproof.proof.Verdict;
import io.pgproof.target.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Reports over evidence that was recorded at chosen times, in both databases. */
class ComplianceReportsTest {
  private static final DayPeriod NOVEMBER =
      new DayPeriod(LocalDate.parse("2026-11-01"), LocalDate.parse("2026-11-30"));
  private static final Instant BEGIN = NOVEMBER.begin();
  private static final Instant END = Instant.parse("2026-12-01T00:00:00Z");
  private static final Instant TENTH = Instant.parse("2026-11-10T03:00:00Z");
  private static final String REVIEW = Evidence.REVIEW_STALE_BACKUP;
  private static final String APPROVE = "approveEscalation";

  private static BothDatabases databases;

  @BeforeAll
  static void start() {
    databases = new BothDatabases();
  }

  @AfterAll
  static void stop() {
    databases.close();
  }

  static List<Named<DataSource>> databases() {
    databases.all().forEach(database -> BothDatabases.empty(database.getPayload()));
    return databases.all();
  }

  private static ComplianceReport november(
      DataSource database, RecordedRuns runs, List<String> chosen, String... configured) {
    // In January, when all that the tests record has happened.
    runs.at(Instant.parse("2027-01-10T00:00:00Z"));
    return new ComplianceReports(runs.log(), new RunIndex(database), runs.clock(), Optional::empty)
        .make(
            NOVEMBER,
            chosen,
            configured.length == 0
                ? Optional.empty()
                : Optional.of(
                    new ConfiguredTargets(
                        "/etc/pgproof/pgproof.yaml",
                        Stream.of(configured)
                            .map(name -> new ConfiguredTargets.Named(name, "0 3 * * * UTC"))
                            .toList())),
            // The form that a program reads, with all runs in it.
            report -> EvidenceJson.read(EvidenceJson.write(report), ComplianceReport.class));
  }

  @Test
  void whatWasRemovedIsSaid(@TempDir Path place) {
    try (LogFixture log = LogFixture.onH2(place)) {
      RecordedRuns runs = RecordedRuns.withRows(log.database);
      runs.at(Instant.parse("2026-11-07T03:00:00Z"));
      RunId run = runs.ended("shop", Verdict.REFUTED);
      log.jdbc.update(
          "insert into pgproof_removal (entry, at, export_sha256)"
              + " values (1, timestamp with time zone '2027-01-09 00:00:00Z', 'ab12')");
      log.jdbc.update("insert into pgproof_removed_run values (?, 1, 0)", run.value());
      ComplianceReport report = november(log.database, runs, List.of());
      assertThat(only(report).count()).isEqualTo(1);
      assertThat(report.doesNotShow())
          .last()
          .asString()
          .startsWith(
              "The evidence of 1 run or control that began in the period was removed by 2027-01-09")
          .contains("SHA-256 ab12");
    }
  }

  private static TargetFigures only(ComplianceReport report) {
    assertThat(report.targets()).hasSize(1);
    return report.targets().get(0);
  }

  private static RunId ended(RecordedRuns runs, Instant asked, Instant ended, Verdict verdict) {
    RunId run = runs.at(asked).ask("shop", "ada");
    runs.at(ended).reach(run, "shop", verdict);
    return run;
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aRunBelongsToThePeriodInWhichItsVerdictWasRecorded(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    Instant before = BEGIN.minusSeconds(60);
    Instant after = END.plusSeconds(60);
    ended(runs, before, BEGIN.minusMillis(1), Verdict.PROVEN);
    RunId begunBefore = ended(runs, before, BEGIN, Verdict.PROVEN);
    RunId lastMoment = ended(runs, END.minusSeconds(9), END.minusMillis(1), Verdict.PROVEN);
    ended(runs, END.minusSeconds(8), END, Verdict.PROVEN);
    ended(runs, after, after, Verdict.PROVEN);
    RunId open = runs.at(TENTH).ask("shop", "ada");
    runs.at(after).ask("shop", "ada");

    ComplianceReport report = november(database, runs, List.of());
    assertThat(report.runs())
        .extracting(RunFacts::run)
        .containsExactly(begunBefore.value(), lastMoment.value());
    assertThat(only(report).withoutVerdict()).containsExactly(open.value());
    assertThat(only(report).proofs().before())
        .isNotNull()
        .extracting(Proof::at)
        .isEqualTo(BEGIN.minusMillis(1));
    assertThat(only(report).proofs().last())
        .isEqualTo(new Proof(lastMoment.value(), END.minusMillis(1)));
    assertThat(report.period().end()).isEqualTo(END);
    assertThat(report.runs())
        .first()
        .isEqualTo(
            new RunFacts(
                begunBefore.value(),
                "shop",
                before,
                "ada",
                BEGIN,
                Verdict.PROVEN,
                Reason.FRESH,
                "standard",
                new Measured(3_600L, 86_400L, true),
                new Measured(2L, null, null)));
  }

  @ParameterizedTest
  @MethodSource("databases")
  void anInconclusiveRunVerifiesNothingAndATargetWithoutARunIsNotForgotten(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database).at(TENTH);
    runs.ended("proven", Verdict.PROVEN);
    runs.ended("stale", Verdict.STALE);
    runs.ended("refuted", Verdict.REFUTED);
    runs.ended("inconclusive", Verdict.INCONCLUSIVE);
    runs.ended("removed", Verdict.PROVEN);
    runs.at(BEGIN.minus(Duration.ofDays(9))).ended("long-gone", Verdict.PROVEN);
    RunId october = runs.ended("idle", Verdict.PROVEN);

    ComplianceReport report =
        november(
            database,
            runs,
            List.of(),
            "proven",
            "stale",
            "refuted",
            "inconclusive",
            "idle",
            "never");
    assertThat(report.coverage())
        .isEqualTo(
            new Coverage(
                7,
                6,
                4,
                2,
                List.of("idle", "inconclusive", "never"),
                List.of("idle", "inconclusive", "never", "refuted", "stale"),
                List.of("removed")));
    TargetFigures never =
        report.targets().stream().filter(one -> one.target().equals("never")).findFirst().get();
    assertThat(never.proofs().longestUnproven().seconds()).isEqualTo(30 * 86_400);
    assertThat(never.proofs().before()).isNull();
    assertThat(never.schedule()).isEqualTo("0 3 * * * UTC");
    assertThat(report.targets())
        .filteredOn(target -> target.target().equals("idle"))
        .extracting(target -> target.proofs().before().run())
        .containsExactly(october.value());
    assertThat(report.doesNotShow()).hasSizeGreaterThanOrEqualTo(7);
    assertThat(report.controls())
        .extracting(ComplianceReport.Control::clause)
        .contains("A.8.13", "12.10.1, 12.10.2");
  }

  @ParameterizedTest
  @MethodSource("databases")
  void onlyTheChosenTargetsAreInTheReport(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database).at(TENTH);
    runs.ended("shop", Verdict.PROVEN);
    runs.ended("books", Verdict.STALE);
    runs.at(BEGIN.minus(Duration.ofDays(9))).ended("long-gone", Verdict.PROVEN);

    assertThat(november(database, runs, List.of("books", "long-gone")).targets())
        .extracting(TargetFigures::target)
        .containsExactly("books", "long-gone");
    ComplianceReport shop = november(database, runs, List.of("shop"));
    assertThat(shop.failures()).isEmpty();
    assertThat(shop.coverage().configured()).isNull();
    assertThatThrownBy(() -> november(database, runs, List.of("shop", "shpo"), "shop", "never"))
        .isInstanceOfSatisfying(
            UsageException.class,
            refused -> {
              assertThat(refused).hasMessageContaining("there is no target 'shpo'");
              assertThat(refused.finding().hint()).contains("books, long-gone, never, shop");
            });
  }

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

  private static RunId due(
      RecordedRuns runs, Instant since, int times, Duration late, Instant noticed) {
    RunId run = runs.at(noticed).ask("shop", "schedule");
    runs.record(run, "pgproof", new Evidence.Due(since, times, late));
    return run;
  }

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

  /** What was called old is called new since the tenth. */
  @ParameterizedTest
  @MethodSource("databases")
  void aTargetThatWasRenamedIsTwoTargets(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    runs.at(BEGIN.plusSeconds(600)).ended("old", Verdict.PROVEN);
    runs.at(TENTH).ended("new", Verdict.PROVEN);

    ComplianceReport report = november(database, runs, List.of(), "new");
    assertThat(report.targets())
        .extracting(
            TargetFigures::target,
            TargetFigures::configured,
            target -> target.proofs().longestUnproven().seconds())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "new", true, Duration.between(TENTH, END).toSeconds()),
            org.assertj.core.groups.Tuple.tuple("old", false, 30 * 86_400L - 600));
    assertThat(report.coverage().configured()).isEqualTo(1);
    assertThat(report.coverage().notConfigured()).containsExactly("old");
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aDayThatIsNotOverEndsWhenTheReportIsMade(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    runs.at(TENTH).ended("shop", Verdict.PROVEN);
    LocalDate tenth = LocalDate.parse("2026-11-10");
    runs.at(TENTH.plusSeconds(3_600));
    new ComplianceReports(runs.log(), new RunIndex(database), runs.clock(), Optional::empty)
        .make(
            new DayPeriod(tenth, tenth),
            List.of(),
            Optional.empty(),
            report -> {
              assertThat(report.period().end()).isEqualTo(TENTH.plusSeconds(3_600));
              // Three hours before the proof, one after it.
              assertThat(only(report).proofs().longestUnproven().seconds()).isEqualTo(3 * 3_600);
              assertThat(only(report).proofs().longestUnproven().untilRun()).isNotNull();
              return report;
            });
    DayPeriod future = new DayPeriod(tenth.plusDays(30), tenth.plusDays(40));
    new ComplianceReports(runs.log(), new RunIndex(database), runs.clock(), Optional::empty)
        .make(
            future,
            List.of("shop"),
            Optional.empty(),
            report -> {
              assertThat(report.period().end()).isEqualTo(future.begin());
              assertThat(only(report).count()).isZero();
              assertThat(only(report).proofs().longestUnproven().seconds()).isZero();
              assertThat(only(report).proofs().before()).isNotNull();
              return report;
            });
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
  void reviewsAreThoseOfDaysOfThePeriodAndThoseDecidedInIt(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    review(runs, "2026-09-01", "2026-09-30", END.plusSeconds(60), "decided after the period");
    review(runs, "2026-10-01", "2026-10-31", TENTH, "seen");
    review(runs, "2026-11-01", "2026-11-30", null, null);
    review(runs, "2026-12-01", "2026-12-31", null, null);
    ComplianceReport report = november(database, runs, List.of());
    assertThat(report.reviews())
        .containsExactly(
            new ComplianceReport.ReviewFacts(
                LocalDate.parse("2026-10-01"),
                LocalDate.parse("2026-10-31"),
                Instant.parse("2026-11-01T06:00:00Z"),
                false,
                TENTH,
                "aude",
                "sign",
                "seen"),
            new ComplianceReport.ReviewFacts(
                LocalDate.parse("2026-11-01"),
                LocalDate.parse("2026-11-30"),
                Instant.parse("2026-12-01T06:00:00Z"),
                true,
                null,
                null,
                null,
                null));
  }

  @ParameterizedTest
  @MethodSource("databases")
  void anchorsAreSummedUpByWayAndPlace(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    anchor(runs, BEGIN.minusSeconds(1), "mail", "ada", 1);
    anchor(runs, BEGIN.plus(Duration.ofDays(2)), "mail", "ada", 20);
    anchor(runs, TENTH, "mail", "ada", 300);
    anchor(runs, TENTH, "tsa", "https://tsa.example.org", 301);
    anchor(runs, END, "mail", "ada", 4000);
    assertThat(november(database, runs, List.of()).anchors())
        .containsExactly(
            new ComplianceReport.AnchorFigures(
                "mail",
                "ada",
                2,
                BEGIN.plus(Duration.ofDays(2)),
                TENTH,
                Duration.between(TENTH, END).toSeconds(),
                300),
            new ComplianceReport.AnchorFigures(
                "tsa",
                "https://tsa.example.org",
                1,
                TENTH,
                TENTH,
                Duration.between(TENTH, END).toSeconds(),
                301));
  }

  private static void anchor(
      RecordedRuns runs, Instant at, String way, String where, int positions) {
    runs.at(at);
    new ServerEvent.LogAnchored(
            way, where, "pgproof.example.org/log/1\n" + positions + "\nAAAA\n\n— x y\n")
        .record(runs.log(), "pgproof");
  }

  private static void review(
      RecordedRuns runs, String from, String to, Instant decided, String remark) {
    DayPeriod period = new DayPeriod(LocalDate.parse(from), LocalDate.parse(to));
    Instant opened = period.end().plus(Duration.ofHours(6));
    runs.at(opened);
    new ServerEvent.ReviewOpened(
            period,
            "backup-auditors",
            new ServerEvent.ReviewOpened.Figures(1, 1, 30, 30, 0, 0, 86_400L, "shop"))
        .record(runs.log(), "pgproof");
    if (decided == null) {
      runs.at(opened.plus(Duration.ofHours(24)));
      new ServerEvent.ReviewEscalated(period, opened, Duration.ofHours(24))
          .record(runs.log(), "pgproof");
    } else {
      runs.at(decided);
      new ServerEvent.ReviewDecided(period, ServerEvent.ReviewDecided.SIGNED, remark)
          .record(runs.log(), "aude");
    }
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

  @ParameterizedTest
  @MethodSource("databases")
  void negativeControlsAreListedAndTheirRunsAreNotCounted(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    RunId proven = ended(runs, TENTH, TENTH, Verdict.PROVEN);
    RunId control = RunId.at(TENTH.plusSeconds(60));
    RunId copy = RunId.at(TENTH.plusSeconds(61));
    runs.at(TENTH.plusSeconds(61))
        .record(
            copy,
            "ada",
            new Evidence.Asked(
                Settings.NONE.request(Optional.empty(), Path.of("/copies/page"), "ada"),
                null,
                new Evidence.ControlRun(control.value(), "shop", "page", "flipped a bit", 1)));
    runs.reach(copy, "shop", Verdict.REFUTED);
    ControlResult caught =
        new ControlResult(
            "page",
            "pages",
            ControlResult.Outcome.CAUGHT,
            List.of("pages"),
            copy.value(),
            "flipped a bit",
            null);
    runs.at(TENTH.plusSeconds(90))
        .record(control, "pgproof", new Evidence.ControlEnded("shop", "b", List.of(caught), null));
    runs.at(END)
        .record(RunId.at(END), "pgproof", new Evidence.ControlEnded("shop", "b", List.of(), null));

    ComplianceReport report = november(database, runs, List.of());
    assertThat(report.negativeControls())
        .containsExactly(
            new NegativeControl("shop", control.value(), TENTH.plusSeconds(90), List.of(caught)));
    assertThat(report.runs()).extracting(RunFacts::run).containsExactly(proven.value());
    assertThat(report.failures()).isEmpty();
    assertThat(EvidenceJson.read(EvidenceJson.write(report), ComplianceReport.class))
        .isEqualTo(report);
  }

  /** While a report is written, its runs are those that its figures were computed from. */
  @Test
  void aRunThatEndsMeanwhileIsNotInTheReport() {
    DataSource database = databases().get(1).getPayload();
    RecordedRuns runs = RecordedRuns.withRows(database);
    RunId before = ended(runs, TENTH, TENTH, Verdict.PROVEN);
    runs.at(END);
    List<String> written = new ArrayList<>();
    new ComplianceReports(runs.log(), new RunIndex(database), runs.clock(), Optional::empty)
        .make(
            NOVEMBER,
            List.of(),
            Optional.empty(),
            report -> {
              assertThat(report.count()).isEqualTo(1);
              try {
                CompletableFuture.runAsync(() -> ended(runs, TENTH, TENTH, Verdict.STALE)).get();
              } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException(e);
              }
              report.runs().forEach(run -> written.add(run.run()));
              return report;
            });
    assertThat(written).containsExactly(before.value());
    assertThat(november(database, runs, List.of()).runs()).hasSize(2);
  }

  /** Runs that end at the same moment lie on both sides of a page's border. */
  @ParameterizedTest
  @MethodSource("databases")
  void noRunIsLostBetweenTwoPages(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    List<Object[]> rows = new ArrayList<>();
    for (int run = 0; run < 2_500; run++) {
      Instant ended = TENTH.plusSeconds(run / 700);
      rows.add(
          new Object[] {"20261110-030000-%04d".formatted(run), ended.atOffset(ZoneOffset.UTC)});
    }
    new JdbcTemplate(database)
        .batchUpdate(
            "insert into pgproof_run (run, target, backup_key, path, asked_at, asked_by, depth,"
                + " max_age_seconds, ended_at, verdict, reason, fault, message, total_millis)"
                + " values (?, 'shop', 'key', '/backups', timestamp '2026-11-10 00:00:00', 'ada',"
                + " 'standard', 86400, ?, 'proven', 'fresh', 'none', 'good', 1)",
            rows);

    assertThat(november(database, runs, List.of()).runs())
        .extracting(RunFacts::run)
        .doesNotHaveDuplicates()
        .hasSize(2_500);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void theJsonFormHoldsTheWholeReport(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    RunId run = ended(runs, TENTH, TENTH, Verdict.REFUTED);
    runs.record(run, "pgproof", new Evidence.TaskOpened(APPROVE, "Approve", "backup-approvers"));
    due(runs, TENTH, 4, Duration.ofHours(3), TENTH);

    ComplianceReport report = november(database, runs, List.of(), "shop", "never");
    String json = EvidenceJson.write(report);
    assertThat(EvidenceJson.read(json, ComplianceReport.class)).isEqualTo(report);
    assertThat(json).contains("\"state\":\"open\"", "\"verdict\":\"refuted\"");
  }

  private static List<Failure> failures(DataSource database, RecordedRuns runs) {
    return november(database, runs, List.of()).failures();
  }
}
