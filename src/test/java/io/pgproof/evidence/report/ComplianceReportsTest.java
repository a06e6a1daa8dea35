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
import io.pgproof.evidence.report.ComplianceReport.Measured;
import io.pgproof.evidence.report.ComplianceReport.NegativeControl;
import io.pgproof.evidence.report.ComplianceReport.Proof;
import io.pgproof.evidence.report.ComplianceReport.RunFacts;
import io.pgproof.evidence.report.ComplianceReport.TargetFigures;
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
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** What belongs to the report of a period. */
class ComplianceReportsTest extends ReportOverEvidence {
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
          .contains(
              "This report still has the verdicts and figures of these runs.",
              "the reasons of decisions, and the results of controls.")
          .endsWith("The export of the evidence log with the SHA-256 ab12 has them.");
    }
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
    JdbcTemplate jdbc = new JdbcTemplate(database);
    jdbc.update("insert into pgproof_run_target (target) values ('shop')");
    jdbc.batchUpdate(
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
}
