package io.pgproof.evidence.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.VerdictHistory;
import io.pgproof.audit.Waivers;
import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.OpenTasks;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.log.EvidenceSequencer;
import io.pgproof.evidence.log.LogFixture;
import io.pgproof.evidence.log.LogRemoval;
import io.pgproof.evidence.report.ComplianceReport;
import io.pgproof.evidence.report.ComplianceReports;
import io.pgproof.evidence.report.FailureState;
import io.pgproof.evidence.runs.MissedDueTimes;
import io.pgproof.evidence.runs.RecordedRuns;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.evidence.runs.RunTableFill;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.target.Anchoring;
import io.pgproof.target.Configuration;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Notifications;
import io.pgproof.target.Settings;
import io.pgproof.workflow.model.ReviewResults.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Which evidence may go, and what is still said about its runs. */
@ExtendWith(OutputCaptureExtension.class)
class EvidenceRetentionTest {
  private static final Instant MARCH = RecordedRuns.MARCH;
  private static final Instant APRIL = Instant.parse("2026-04-01T00:00:00Z");
  private static final Instant DECEMBER = Instant.parse("2026-12-01T00:00:00Z");

  @TempDir private Path place;
  private LogFixture log;
  private RecordedRuns runs;
  private EvidenceSequencer sequencer;
  private int hours;

  @BeforeEach
  void begin() {
    log = LogFixture.onH2(place);
    log.jdbc.execute(
        "create table act_ru_execution (business_key_ varchar(255), act_id_ varchar(255))");
    runs = RecordedRuns.withRows(log.database);
    sequencer =
        new EvidenceSequencer(log.database, runs.log(), log.directory, "4b0d3a3e", runs.clock());
  }

  @AfterEach
  void close() {
    log.close();
  }

  /** A run that ended in March, an hour after the one before. */
  private RunId old(String target, Verdict verdict) {
    runs.at(MARCH.plus(Duration.ofHours(++hours)));
    RunId run = runs.ended(target, verdict);
    verdict(target, run, verdict);
    return run;
  }

  private void verdict(String target, RunId run, Verdict verdict) {
    new VerdictHistory(log.database, runs.clock())
        .add("key of " + target, run, verdict, Reason.FRESH);
  }

  private RunId recent(String target) {
    runs.at(DECEMBER.minus(Duration.ofDays(1)).plus(Duration.ofHours(++hours)));
    RunId run = runs.ended(target, Verdict.PROVEN);
    verdict(target, run, Verdict.PROVEN);
    return run;
  }

  /** Everything so far is in an export. */
  private void export() {
    runs.at(DECEMBER);
    sequencer.take(true);
    Long positions = log.jdbc.queryForObject("select count(*) from pgproof_log", Long.class);
    new ServerEvent.LogExported("/srv/export", "ab".repeat(32), 1, positions)
        .record(runs.log(), "ada");
  }

  private EvidenceRetention retention() {
    return new EvidenceRetention(
        log.database,
        runs.log(),
        new LogRemoval(log.database, runs.log(), log.directory, sequencer, runs.clock()),
        runs.clock());
  }

  private EvidenceRetention.Result remove() throws Exception {
    return retention().remove(APRIL, "olga");
  }

  /** What a server does each hour, with evidence kept for 100 days. */
  private ExpiredEvidence expired(Optional<Duration> kept) {
    CurrentConfiguration configuration = new CurrentConfiguration(Configuration.none());
    configuration.replace(
        new Configuration(
            Path.of("/etc/pgproof.yaml"),
            2,
            Optional.empty(),
            Optional.empty(),
            Anchoring.NONE,
            kept,
            Notifications.NONE,
            List.of()));
    return new ExpiredEvidence(retention(), configuration, runs.clock());
  }

  private Set<RunId> withEvidence() {
    Set<RunId> runs = new HashSet<>();
    log.jdbc
        .queryForList(
            "select distinct run from pgproof_evidence where run is not null", String.class)
        .forEach(run -> runs.add(new RunId(run)));
    return runs;
  }

  @Test
  void evidencePastItsTimeGoesByItselfOnceADay() throws Exception {
    RunId first = old("shop", Verdict.STALE);
    RunId now = recent("shop");
    runs.at(DECEMBER);
    assertThat(retention().oldestNotExported(APRIL)).contains(MARCH.plus(Duration.ofHours(1)));
    Optional<Duration> kept = Optional.of(Duration.ofDays(100));
    expired(kept).remove();
    assertThat(withEvidence()).as("no export has it").containsExactlyInAnyOrder(first, now);

    export();
    assertThat(retention().oldestNotExported(APRIL)).isEmpty();
    expired(Optional.empty()).remove();
    assertThat(withEvidence()).as("kept for ever").containsExactlyInAnyOrder(first, now);
    expired(Optional.of(Duration.ofDays(300))).remove();
    assertThat(withEvidence()).as("not yet").containsExactlyInAnyOrder(first, now);

    ExpiredEvidence server = expired(kept);
    server.remove();
    assertThat(withEvidence()).containsExactly(now);

    RunId last = recent("shop");
    export();
    Instant almost = DECEMBER.plus(Duration.ofDays(99));
    runs.at(almost);
    server.remove();
    assertThat(withEvidence()).containsExactlyInAnyOrder(now, last);
    runs.at(almost.plus(Duration.ofHours(23)));
    server.remove();
    assertThat(withEvidence()).as("the same day").containsExactlyInAnyOrder(now, last);
    runs.at(almost.plus(Duration.ofDays(1)));
    server.remove();
    assertThat(withEvidence()).containsExactly(last);
  }

  @Test
  void aDamagedLogIsToldOnceADayAndTriedEachHour(CapturedOutput output) {
    RunId first = old("shop", Verdict.STALE);
    recent("shop");
    export();
    sequencer.take(true);
    log.jdbc.execute("alter table pgproof_log add constraint no_more check (position < 0) nocheck");
    ExpiredEvidence server = expired(Optional.of(Duration.ofDays(100)));
    for (int hour = 0; hour < 24; hour++) {
      runs.at(DECEMBER.plus(Duration.ofHours(hour)));
      server.remove();
    }
    String told = "no evidence is removed while the log is damaged";
    assertThat(output.getAll()).containsOnlyOnce(told).contains("audit verify: ");
    runs.at(DECEMBER.plus(Duration.ofDays(1)));
    server.remove();
    assertThat(output.getAll().split(told)).hasSize(3);
    assertThat(withEvidence()).contains(first);

    log.jdbc.execute("alter table pgproof_log drop constraint no_more");
    runs.at(DECEMBER.plus(Duration.ofHours(25)));
    server.remove();
    assertThat(withEvidence()).doesNotContain(first);
  }

  @Test
  void runsThatEndedBeforeGoAndTheirRowsStay() throws Exception {
    RunId stale = old("shop", Verdict.STALE);
    runs.record(stale, "schedule", new Evidence.Due(MARCH, 3, Duration.ofHours(1)));
    RunId proven = old("shop", Verdict.PROVEN);
    RunId now = recent("shop");
    export();

    assertThat(retention().plan(APRIL).runs()).isEqualTo(2);
    assertThat(withEvidence()).contains(stale, proven);
    EvidenceRetention.Result result = remove();

    assertThat(result.runs()).isEqualTo(2);
    assertThat(result.entries()).isEqualTo(5);
    assertThat(withEvidence()).containsExactly(now);
    assertThat(remove().entries()).isZero();
    assertThat(runs.log().removed(stale)).isPresent();
    assertThat(runs.log().removed(now)).isEmpty();

    assertThat(runs.log().removed(LocalDate.parse("2026-03-01"), LocalDate.parse("2026-03-01")))
        .containsExactly(new EvidenceLog.RemovedRuns(2, DECEMBER, "ab".repeat(32)));

    // The list of runs is derived again without losing them.
    log.jdbc.update("delete from pgproof_run_filled");
    new RunTableFill(log.database).fill();
    RunIndex index = new RunIndex(log.database);
    assertThat(index.find(stale).orElseThrow().outcome().orElseThrow().verdict())
        .isEqualTo(Verdict.STALE);
    assertThat(index.find(now)).isPresent();
    assertThat(new MissedDueTimes(runs.log(), index, runs.clock()).counts())
        .containsEntry("shop", 3L);
  }

  @Test
  void theReportKeepsWhatWasDecidedAboutRemovedRuns() throws Exception {
    RunId nobody = old("shop", Verdict.REFUTED);
    runs.record(
        nobody,
        EvidenceLog.PGPROOF,
        new Evidence.NobodyDecided("approveEscalation", "Approve", Duration.ofDays(1)));
    RunId waived = old("shop", Verdict.STALE);
    runs.record(
        waived,
        EvidenceLog.PGPROOF,
        new Evidence.Waived(waived.value(), "olga", MARCH.plus(Duration.ofDays(9)), "moving"));
    RunId joined = old("shop", Verdict.REFUTED);
    runs.record(joined, EvidenceLog.PGPROOF, new Evidence.TaskJoined(nobody.value()));
    recent("shop");
    export();
    assertThat(states())
        .containsExactly(FailureState.NOBODY_DECIDED, FailureState.WAIVED, FailureState.OPEN);
    remove();
    assertThat(withEvidence()).doesNotContain(nobody, waived, joined);
    assertThat(states())
        .containsExactly(FailureState.NOBODY_DECIDED, FailureState.WAIVED, FailureState.REMOVED);
  }

  private List<FailureState> states() {
    return new ComplianceReports(
            runs.log(), new RunIndex(log.database), runs.clock(), Optional::empty)
        .make(
            new DayPeriod(LocalDate.parse("2026-03-01"), LocalDate.parse("2026-03-31")),
            List.of("shop"),
            Optional.empty(),
            report -> report.failures().stream().map(ComplianceReport.Failure::state).toList());
  }

  @Test
  void nothingGoesBeforeItIsExported() throws Exception {
    old("shop", Verdict.PROVEN);
    recent("shop");
    runs.at(DECEMBER);
    assertThat(remove().export()).isEmpty();
    export();
    RunId later = old("shop", Verdict.PROVEN);
    recent("shop");
    runs.at(DECEMBER);
    assertThat(remove().runs()).isEqualTo(1);
    assertThat(withEvidence()).contains(later);
  }

  @Test
  void nothingGoesThatIsStillNeeded() throws Exception {
    RunId lastProven = old("shop", Verdict.PROVEN);
    old("shop", Verdict.STALE);
    RunId last = old("shop", Verdict.REFUTED);
    RunId waived = old("crm", Verdict.STALE);
    new Waivers(log.database)
        .grant(
            new Waivers.Waiver(
                "backup", waived, DECEMBER.plus(Duration.ofDays(1)), "olga", "reason"));
    RunId asked = old("erp", Verdict.STALE);
    String key =
        log.jdbc.queryForObject(
            "select backup_key from pgproof_run where run = ?", String.class, asked.value());
    new OpenTasks(log.database).claim(key, asked);
    RunId active = old("hr", Verdict.PROVEN);
    log.jdbc.update("insert into act_ru_execution (business_key_) values (?)", active.value());
    runs.at(MARCH.plus(Duration.ofDays(2)));
    RunId unfinished = runs.ask("wiki", "ada");
    RunId later = old("wiki", Verdict.PROVEN);
    runs.at(DECEMBER);
    runs.record(later, "ada", new Evidence.Noted(List.of("later")));
    for (String target : List.of("crm", "erp", "hr", "wiki")) {
      recent(target);
    }
    export();

    assertThat(remove().runs()).isEqualTo(1);
    assertThat(withEvidence()).contains(lastProven, last, waived, asked, active, unfinished, later);
  }

  @Test
  void theLastControlOfEachTargetStays() throws Exception {
    RunId before = control("shop", ControlResult.Outcome.CAUGHT);
    RunId last = control("shop", ControlResult.Outcome.CAUGHT);
    export();
    assertThat(remove().runs()).isEqualTo(1);
    assertThat(withEvidence()).containsExactly(last);
    assertThat(runs.log().removed(before)).isPresent();
  }

  private RunId control(String target, ControlResult.Outcome outcome) {
    runs.at(MARCH.plus(Duration.ofHours(++hours)));
    RunId control = RunId.at(runs.clock().instant());
    runs.record(
        control,
        "ada",
        new Evidence.ControlAsked(
            target,
            Settings.NONE.request(Optional.of(target), Path.of("/backups", target), "ada")));
    runs.record(
        control,
        "pgproof",
        new Evidence.ControlEnded(
            target,
            "backup",
            List.of(new ControlResult("wal", "recovery", outcome, List.of(), null, null, null)),
            null));
    return control;
  }

  @Test
  void whatAReviewIsOrWillBeAboutStays() throws Exception {
    LocalDate second = LocalDate.parse("2026-03-02");
    runs.at(MARCH);
    new ServerEvent.ReviewsBegun(second, "weekly").record(runs.log(), "pgproof");
    old("shop", Verdict.STALE);
    runs.at(MARCH.plus(Duration.ofDays(2)));
    RunId later = runs.ended("shop", Verdict.STALE);
    recent("shop");
    export();
    assertThat(retention().plan(APRIL).runs()).as("reviews are off").isEqualTo(2);
    log.jdbc.update("insert into act_ru_execution (act_id_) values (?)", Event.REVIEW_DUE);
    assertThat(retention().plan(APRIL).before()).isEqualTo(Instant.parse("2026-03-02T00:00:00Z"));
    assertThat(retention().plan(APRIL).runs()).as("a review is planned").isEqualTo(1);

    DayPeriod days = new DayPeriod(second, second);
    new ServerEvent.ReviewOpened(
            days, "auditors", new ServerEvent.ReviewOpened.Figures(1, 0, 1, 0, 0, 0, null, null))
        .record(runs.log(), "pgproof");
    log.jdbc.update("insert into act_ru_execution (business_key_) values (?)", days.key());
    assertThat(retention().plan(APRIL).before()).as("the review is open").isEqualTo(days.begin());
    new ServerEvent.ReviewDecided(days, ServerEvent.ReviewDecided.SIGNED, null)
        .record(runs.log(), "aude");
    assertThat(retention().plan(APRIL).before())
        .as("the next review is planned")
        .isEqualTo(days.end());
    assertThat(remove().runs()).isEqualTo(1);
    assertThat(withEvidence()).contains(later);
  }

  @Test
  void oldLogInsGoAndOtherEventsOfTheServerStay() throws Exception {
    runs.at(MARCH);
    new ServerEvent.LoggedIn("Olga", List.of(), "10.0.0.1", "password", null)
        .record(runs.log(), "olga");
    new ServerEvent.ConfigurationChanged("pgproof.yaml", "00", List.of("x"))
        .record(runs.log(), "pgproof");
    runs.at(DECEMBER);
    new ServerEvent.LoggedIn("Olaf", List.of(), "10.0.0.1", "password", null)
        .record(runs.log(), "olaf");
    export();
    assertThat(remove().entries()).isEqualTo(1);
    assertThat(
            log.jdbc.queryForList(
                "select actor || ' ' || kind from pgproof_evidence order by id", String.class))
        .contains("pgproof ConfigurationChanged", "olaf LoggedIn", "olga EvidenceRemoved")
        .doesNotContain("olga LoggedIn");
  }

  @Test
  void evidenceStaysForNinetyDays() {
    runs.at(DECEMBER);
    assertThatThrownBy(() -> retention().remove(DECEMBER.minus(Duration.ofDays(89)), "olga"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("evidence is kept for at least 90 days");
  }
}
