package io.pgproof.evidence.runs;

import static io.pgproof.evidence.runs.RecordedRuns.MARCH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.OpenTasks;
import io.pgproof.evidence.runs.RunSummary.Decision;
import io.pgproof.evidence.runs.RunSummary.Outcome;
import io.pgproof.evidence.runs.RunSummary.Waiver;
import io.pgproof.evidence.runs.TargetOverview.DayVerdict;
import io.pgproof.evidence.runs.TargetOverview.Measured;
import io.pgproof.proof.Conclusion;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Fault;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.target.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The rows that are kept while evidence is recorded, in both databases. */
class RunIndexTest extends OnBothDatabases {
  private static final LocalDate TODAY = LocalDate.parse("2026-03-01");

  @ParameterizedTest
  @MethodSource("databases")
  void aRunIsShownFromItsRequestToItsDecision(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    RunIndex index = new RunIndex(database);

    RunId run = runs.ask("shop", "ada");
    RunSummary asked = index.find(run).orElseThrow();
    assertThat(asked.outcome()).isEmpty();
    assertThat(asked.request())
        .isEqualTo(
            new RunSummary.Request(
                Optional.of("shop"),
                OpenTasks.backupKey(
                    Settings.NONE.request(Optional.of("shop"), Path.of("/backups/shop"), "ada")),
                "/backups/shop",
                MARCH,
                "ada",
                Depth.STANDARD,
                Duration.ofHours(24),
                Optional.empty()));

    runs.at(MARCH.plusSeconds(5)).reach(run, "shop", Verdict.STALE);
    Outcome outcome = index.find(run).orElseThrow().outcome().orElseThrow();
    assertThat(outcome)
        .isEqualTo(
            new Outcome(
                MARCH.plusSeconds(5),
                Verdict.STALE,
                Reason.TOO_OLD,
                "said of stale",
                Duration.ofMillis(2_500),
                List.of(
                    new Report.PhaseFacts("inspect", 100),
                    new Report.PhaseFacts("restore", 1_500),
                    new Report.PhaseFacts("start", 200),
                    new Report.PhaseFacts("recover", 300),
                    new Report.PhaseFacts("check", 70)),
                Optional.of(Duration.ofSeconds(2)),
                Optional.of(Duration.ofHours(1)),
                Optional.of(
                    new RunSummary.KnownBackup(
                        "7714060456605226458 0/2000028 " + MARCH,
                        "/backups/shop",
                        "15",
                        "7714060456605226458",
                        MARCH,
                        "0/2000028",
                        750_600)),
                Optional.of("15.20")));
    assertThat(outcome.fault()).isEqualTo(Fault.AGE);

    runs.at(MARCH.plusSeconds(9))
        .record(run, "olga", new Evidence.Decided("review", "Review", "accept", "it is Sunday"));
    Instant until = MARCH.plus(Duration.ofDays(2));
    runs.record(run, "olga", new Evidence.WaiverGranted("backup", until, "it is Sunday"));
    RunSummary decided = index.find(run).orElseThrow();
    assertThat(decided.decision()).contains(new Decision("olga", "accept", MARCH.plusSeconds(9)));
    assertThat(decided.waiver()).contains(new Waiver("olga", MARCH.plusSeconds(9), until));
    assertThat(index.waivers("shop", MARCH, MARCH.plusSeconds(10)))
        .containsExactly(decided.waiver().orElseThrow());
    assertThat(index.waivers("shop", until, until.plusSeconds(10))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aRunWhoseRecoveryFailedHasNoRestoreTime(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    RunId run = runs.ended("shop", Verdict.REFUTED);
    assertThat(new RunIndex(database).find(run).orElseThrow().outcome().orElseThrow())
        .satisfies(outcome -> assertThat(outcome.fault()).isEqualTo(Fault.BACKUP))
        .satisfies(outcome -> assertThat(outcome.restoreTime()).isEmpty());
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aStepThatIsRolledBackLeavesNoRow(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    List<RunId> asked = new ArrayList<>();
    assertThatThrownBy(
            () ->
                new TransactionTemplate(new JdbcTransactionManager(database))
                    .executeWithoutResult(
                        transaction -> {
                          asked.add(runs.ended("shop", Verdict.PROVEN));
                          assertThat(new RunIndex(database).find(asked.get(0))).isPresent();
                          throw new IllegalStateException("the step fails");
                        }))
        .hasMessage("the step fails");
    assertThat(new RunIndex(database).find(asked.get(0))).isEmpty();
    assertThat(new RunIndex(database).overview(TODAY)).isEmpty();
    assertThat(new JdbcTemplate(database).queryForList("select * from pgproof_evidence")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aListIsReadInPagesWithoutGapOrRepetition(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    List<RunId> all = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      // Five of each second, whose order is that of their ids.
      all.add(runs.at(MARCH.plusSeconds(i / 5)).ask("shop", "ada"));
    }
    all.sort((one, other) -> other.value().compareTo(one.value()));

    RunIndex index = new RunIndex(database);
    List<RunId> read = new ArrayList<>();
    RunPage page = index.list(RunFilter.ALL, Optional.empty(), 4);
    for (; page.more(); page = index.list(RunFilter.ALL, Optional.of(last(read)), 4)) {
      assertThat(page.runs()).hasSize(4);
      page.runs().forEach(run -> read.add(run.run()));
    }
    page.runs().forEach(run -> read.add(run.run()));
    assertThat(read).isEqualTo(all);
    assertThat(index.list(RunFilter.ALL, Optional.empty(), 25).more()).isFalse();
    assertThat(index.list(RunFilter.ALL, Optional.of(RunId.at(MARCH.minusSeconds(99))), 4).runs())
        .isEmpty();
  }

  private static RunId last(List<RunId> runs) {
    return runs.get(runs.size() - 1);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aListIsFilteredByEachCondition(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    RunId proven = runs.at(MARCH).ended("shop", Verdict.PROVEN);
    RunId stale = runs.at(MARCH.plusSeconds(10)).ended("crm", Verdict.STALE);
    RunId bare = runs.at(MARCH.plusSeconds(20)).askByPath("otto");
    runs.record(stale, "olga", new Evidence.Decided("review", "Review", "escalate", null));
    runs.record(stale, "arne", new Evidence.Decided("approve", "Approve", "dismiss", "a drill"));
    runs.record(stale, "olga", new Evidence.Decided("review", "Review", "escalate", null));

    Filters filters = new Filters(new RunIndex(database));
    assertThat(filters.all()).containsExactly(bare, stale, proven);
    assertThat(filters.target("crm")).containsExactly(stale);
    assertThat(filters.verdict(Verdict.PROVEN)).containsExactly(proven);
    assertThat(filters.reason(Reason.TOO_OLD)).containsExactly(stale);
    assertThat(filters.person("ada")).containsExactly(stale, proven);
    assertThat(filters.person("olga")).containsExactly(stale);
    assertThat(filters.person("arne")).containsExactly(stale);
    assertThat(filters.person("otto")).containsExactly(bare);
    assertThat(filters.person("nobody")).isEmpty();
    assertThat(filters.from(MARCH.plusSeconds(10))).containsExactly(bare, stale);
    assertThat(filters.until(MARCH.plusSeconds(10))).containsExactly(proven);
    assertThat(filters.personBefore("ada", stale)).containsExactly(proven);
  }

  private record Filters(RunIndex index) {
    List<RunId> all() {
      return list(RunFilter.ALL, Optional.empty());
    }

    List<RunId> target(String target) {
      return list(RunFilter.ALL.withTarget(target), Optional.empty());
    }

    List<RunId> verdict(Verdict verdict) {
      return list(RunFilter.ALL.withVerdict(verdict), Optional.empty());
    }

    List<RunId> reason(Reason reason) {
      return list(RunFilter.ALL.withReason(reason), Optional.empty());
    }

    List<RunId> person(String person) {
      return list(RunFilter.ALL.withPerson(person), Optional.empty());
    }

    List<RunId> from(Instant from) {
      return list(RunFilter.ALL.from(from), Optional.empty());
    }

    List<RunId> until(Instant until) {
      return list(RunFilter.ALL.until(until), Optional.empty());
    }

    List<RunId> personBefore(String person, RunId before) {
      return list(RunFilter.ALL.withPerson(person), Optional.of(before));
    }

    private List<RunId> list(RunFilter filter, Optional<RunId> before) {
      return index.list(filter, before, 10).runs().stream().map(RunSummary::run).toList();
    }
  }

  /** With many runs, a list that is sorted after it was read would be slow. */
  @Test
  void h2FindsEachListInTheOrderOfAnIndex() {
    DataSource h2 = databases.all().get(1).getPayload();
    BothDatabases.empty(h2);
    RunId last = RecordedRuns.withRows(h2).ended("shop", Verdict.PROVEN);
    RunSummary before = new RunIndex(h2).find(last).orElseThrow();
    for (Optional<String> target : List.of(Optional.of("shop"), Optional.<String>empty())) {
      for (Optional<Verdict> verdict :
          List.of(Optional.of(Verdict.PROVEN), Optional.<Verdict>empty())) {
        for (Optional<Reason> reason :
            List.of(Optional.of(Reason.FRESH), Optional.<Reason>empty())) {
          for (Optional<String> person : List.of(Optional.of("ada"), Optional.<String>empty())) {
            ListQuery query =
                ListQuery.of(
                    new RunFilter(
                        target,
                        verdict,
                        reason,
                        person,
                        Optional.of(MARCH),
                        Optional.of(MARCH.plusSeconds(9))),
                    Optional.of(before),
                    10);
            assertThat(
                    new JdbcTemplate(h2)
                        .queryForObject("explain " + query.sql(), String.class, query.values()))
                .contains("/* index sorted */");
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void theGravestVerdictOfEachDayIsShown(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    runs.at(day("2025-12-01")).ended("shop", Verdict.REFUTED);
    runs.at(day("2025-12-02")).ended("shop", Verdict.REFUTED);
    runs.at(day("2026-02-20")).ended("shop", Verdict.STALE);
    runs.at(day("2026-02-20").plusSeconds(7)).ended("shop", Verdict.PROVEN);
    runs.at(day("2026-02-27")).ended("shop", Verdict.PROVEN);
    RunId last = runs.at(day("2026-02-28")).ended("shop", Verdict.INCONCLUSIVE);
    runs.at(day("2026-02-28")).ended("crm", Verdict.PROVEN);
    runs.askByPath("otto");

    TargetOverview shop = new RunIndex(database).overview("shop", TODAY).orElseThrow();
    assertThat(shop.last().run()).isEqualTo(last);
    assertThat(shop.provenAt()).contains(day("2026-02-27"));
    assertThat(shop.days()).hasSize(90);
    assertThat(shop.days().get(0).day()).isEqualTo("2025-12-02");
    assertThat(shop.days().get(89)).isEqualTo(new DayVerdict(TODAY, Optional.empty()));
    assertThat(shop.days())
        .filteredOn(day -> day.verdict().isPresent())
        .extracting(day -> day.day() + " " + day.verdict().orElseThrow().word())
        .containsExactly(
            "2025-12-02 refuted",
            "2026-02-20 stale",
            "2026-02-27 proven",
            "2026-02-28 inconclusive");
    assertThat(shop.series())
        .hasSize(5)
        .last()
        .isEqualTo(
            new Measured(
                day("2026-02-28"),
                Optional.of(Duration.ofHours(1)),
                Optional.of(Duration.ofSeconds(2))));
    assertThat(shop.series()).first().extracting(Measured::restoreTime).isEqualTo(Optional.empty());

    assertThat(new RunIndex(database).overview(TODAY))
        .extracting(TargetOverview::target)
        .containsExactly("crm", "shop");
    assertThat(new RunIndex(database).overview("shop", TODAY.plusDays(200)).orElseThrow().days())
        .allMatch(day -> day.verdict().isEmpty());
    assertThat(
            new RunIndex(database)
                .overview("shop", LocalDate.parse("2026-02-20"))
                .orElseThrow()
                .days())
        .last()
        .isEqualTo(new DayVerdict(LocalDate.parse("2026-02-20"), Optional.of(Verdict.STALE)));
  }

  private static Instant day(String day) {
    return Instant.parse(day + "T12:00:00Z");
  }

  @ParameterizedTest
  @MethodSource("databases")
  void runsOfATargetAreReadByTheTimeOfTheirVerdict(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    List<RunId> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(runs.at(MARCH.plusSeconds(i)).ended("shop", Verdict.PROVEN));
    }
    runs.ask("shop", "ada");
    RunIndex index = new RunIndex(database);
    assertThat(index.ended("shop", MARCH.plusSeconds(1), MARCH.plusSeconds(4), 10))
        .extracting(RunSummary::run)
        .isEqualTo(all.subList(1, 4));
    assertThat(index.ended("shop", MARCH, MARCH.plusSeconds(9), 2))
        .extracting(RunSummary::run)
        .isEqualTo(all.subList(3, 5));
  }

  @ParameterizedTest
  @MethodSource("databases")
  void theLastVerdictOfEachBackupIsFound(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    List<RunId> last = new ArrayList<>();
    Instant then = MARCH;
    for (int backup = 0; backup < 3; backup++) {
      for (Verdict verdict : List.of(Verdict.PROVEN, Verdict.REFUTED)) {
        then = then.plusSeconds(1);
        RunId run = runs.at(then).ask("shop", "ada");
        runs.reach(
            run, RecordedRuns.report(run, "shop", verdict, MARCH.minusSeconds(100L - backup)));
        if (verdict == Verdict.REFUTED) {
          last.add(run);
        }
      }
    }
    runs.ended("crm", Verdict.STALE);
    Collections.reverse(last);
    assertThat(new RunIndex(database).lastOfEachBackup("shop"))
        .extracting(RunSummary::run)
        .isEqualTo(last);
  }

  /** What a program or a hostile backup says must not keep evidence from being recorded. */
  @ParameterizedTest
  @MethodSource("databases")
  void whatDoesNotFitIsCut(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    RunId run = runs.ask("shop", "ada");
    Report report = RecordedRuns.report(run, "shop", Verdict.PROVEN, Instant.MAX);
    runs.reach(
        run,
        new Report(
            Report.SCHEMA,
            run.value(),
            "shop",
            new Conclusion(
                Verdict.PROVEN, Reason.FRESH, "a\0b" + "\uD83D\uDE00".repeat(3_000), null),
            report.period(),
            report.backup(),
            new Report.ImageFacts("key", "15".repeat(100), MARCH),
            report.recovery(),
            report.freshness(),
            report.objectives(),
            report.coverage(),
            report.times()));
    Outcome outcome = new RunIndex(database).find(run).orElseThrow().outcome().orElseThrow();
    assertThat(outcome.message()).startsWith("a b\uD83D\uDE00").endsWith("\uD83D\uDE00…");
    assertThat(outcome.message().length()).isBetween(1_990, 2_000);
    assertThat(outcome.serverVersion().orElseThrow()).hasSize(50);
    assertThat(outcome.backup().orElseThrow().startTime()).isEqualTo("9999-12-30T00:00:00Z");
  }

  @ParameterizedTest
  @MethodSource("databases")
  void runsAreCountedByTargetVerdictAndReason(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    RunIndex index = new RunIndex(database);
    runs.ended("shop", Verdict.PROVEN);
    runs.ended("shop", Verdict.PROVEN);
    RunId refuted = runs.ended("shop", Verdict.REFUTED);
    RunId running = runs.ask("crm", "ada");
    RunId byPath = runs.askByPath("ada");
    assertThat(index.counts())
        .containsExactly(
            new RunCount("shop", Verdict.PROVEN, Reason.FRESH, 2),
            new RunCount("shop", Verdict.REFUTED, Reason.WAL_MISSING, 1));
    assertThat(index.targets(List.of(refuted, running, byPath)))
        .isEqualTo(Map.of(refuted, "shop", running, "crm"));
    assertThat(index.targets(List.of())).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("databases")
  void missedDueTimesAreCountedAMinuteLater(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    MissedDueTimes missed = missed(runs, database);
    RunId onTime = runs.ask("shop", "schedule");
    runs.record(onTime, "schedule", new Evidence.Due(MARCH, 1, Duration.ofSeconds(60)));
    runs.record(onTime, "schedule", new Evidence.DuePassedOver(MARCH, 2));
    RunId late = runs.ask("crm", "schedule");
    runs.record(late, "schedule", new Evidence.Due(MARCH, 1, Duration.ofSeconds(61)));
    runs.at(MARCH.plusSeconds(60));
    assertThat(missed.counts()).isEmpty();
    runs.at(MARCH.plusSeconds(61));
    assertThat(missed.counts()).isEqualTo(Map.of("shop", 2L, "crm", 1L));
    runs.at(MARCH.plusSeconds(100));
    RunId caughtUp = runs.ask("crm", "schedule");
    runs.record(caughtUp, "schedule", new Evidence.Due(MARCH, 4, Duration.ofDays(3)));
    assertThat(missed.counts()).isEqualTo(Map.of("shop", 2L, "crm", 1L));
    runs.at(MARCH.plusSeconds(161));
    assertThat(missed.counts()).isEqualTo(Map.of("shop", 2L, "crm", 5L));
    assertThat(missed(runs, database).counts()).isEqualTo(Map.of("shop", 2L, "crm", 5L));
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aClockThatWasAheadHidesNoMissedDueTime(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    MissedDueTimes missed = missed(runs, database);
    RunId ahead = runs.ask("shop", "schedule");
    runs.at(MARCH.plus(Duration.ofDays(365)));
    runs.record(ahead, "schedule", new Evidence.DuePassedOver(MARCH, 2));
    runs.at(MARCH);
    RunId later = runs.ask("crm", "schedule");
    runs.record(later, "schedule", new Evidence.DuePassedOver(MARCH, 1));
    runs.at(MARCH.plusSeconds(60));
    assertThat(missed.counts()).isEmpty();
    runs.at(MARCH.plusSeconds(61));
    assertThat(missed.counts()).isEqualTo(Map.of("shop", 2L, "crm", 1L));
    assertThat(missed.counts()).isEqualTo(Map.of("shop", 2L, "crm", 1L));
  }

  private static MissedDueTimes missed(RecordedRuns runs, DataSource database) {
    return new MissedDueTimes(runs.log(), new RunIndex(database), runs.clock());
  }
}
