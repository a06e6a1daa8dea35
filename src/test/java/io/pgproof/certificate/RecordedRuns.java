package io.pgproof.certificate;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunProjection;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.log.LogFixture;
import io.pgproof.evidence.log.LoggedEntries;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.target.Settings;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.attempt.WholeEvidence;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/** Evidence of runs with each verdict, in a database with its log. */
public final class RecordedRuns implements AutoCloseable {
  static final RunId PROVEN = new RunId("20261201-030000-prov");
  static final RunId STALE = new RunId("20261201-040000-stal");
  public static final RunId REFUTED = new RunId("20261201-050000-refu");
  public static final RunId INCONCLUSIVE = new RunId("20261201-060000-inco");
  static final RunId UNDER_WAY = new RunId("20261201-070000-unde");
  static final RunId OF_NO_TARGET = new RunId("20261201-090000-path");

  private static final Report.BackupFacts BACKUP =
      new Report.BackupFacts(
          "/backups/shop/2026-12-01",
          "tar",
          "15",
          "7442019558812345678",
          Instant.parse("2026-11-30T22:00:01Z"),
          "5C/A0000028",
          24_912_345_678L,
          List.of(new Report.ArchiveFacts("base.tar.gz", 24_912_345_678L, null)),
          null);

  public final LogFixture log;
  final Path keys;

  public RecordedRuns(Path place) {
    log = LogFixture.onH2(place);
    keys = place.resolve("certificate");
    VerificationRequest request = request("shop");
    record(PROVEN, request, Duration.ofHours(4));
    record(STALE, request, Duration.ofHours(30));
    recordPeople(STALE);
    recordControls();
    recordReview();
    begin(REFUTED, request);
    new Evidence.Inspected(BACKUP, 1).record(log.evidence, REFUTED);
    new Evidence.Found(
            new Finding(Reason.ARCHIVE_TRUNCATED, "base.tar.gz <ends> in the middle", null, null))
        .record(log.evidence, REFUTED);
    reach(REFUTED);
    new Evidence.TaskOpened("decideRefuted", "Decide about refuted backup", "backup-operators")
        .record(log.evidence, REFUTED);
    new Evidence.Decided(
            "decideRefuted", "Decide about refuted backup", "discard", "\"disk\" full, see #7 ☂")
        .record(log.evidence, REFUTED, "olga");
    begin(INCONCLUSIVE, request);
    new Evidence.Found(Finding.of(Reason.DISK_FULL, "the restore needs more space"))
        .record(log.evidence, INCONCLUSIVE);
    reach(INCONCLUSIVE);
    begin(UNDER_WAY, request);
    RunId control = new RunId("20261201-080000-ctrl");
    new Evidence.ControlAsked("shop", request).record(log.evidence, control);
    new Evidence.Asked(
            request,
            null,
            new Evidence.ControlRun(control.value(), "shop", "page", "a flipped bit", 1))
        .record(log.evidence, new RunId("20261201-080000-cont"));
    record(
        OF_NO_TARGET,
        Settings.NONE.request(Optional.empty(), Path.of("/backups/shop"), "olga"),
        Duration.ofHours(4));
  }

  /** Everything that can be said about people, whether or not one run can have all of it. */
  private void recordPeople(RunId run) {
    String task = "reviewStaleBackup";
    String name = "Review stale backup";
    Instant until = Instant.parse("2026-12-05T00:00:00Z");
    for (Duration within :
        List.of(
            Duration.ofSeconds(59),
            Duration.ofSeconds(90),
            Duration.ofMinutes(26 * 60 + 3),
            Duration.ofHours(80))) {
      new Evidence.NobodyDecided(task, name, within).record(log.evidence, run);
    }
    new Evidence.TaskOpened(task, name, "backup-operators").record(log.evidence, run);
    new Evidence.TaskJoined(PROVEN.value()).record(log.evidence, run);
    new Evidence.DecisionRefused(task, name, "accept", "olga requested the run")
        .record(log.evidence, run, "olga");
    new Evidence.DecisionRefused(task, name, null, "olaf is in no group")
        .record(log.evidence, run, "olaf");
    new Evidence.WaiverGranted("7442019558812345678", until, "planned")
        .record(log.evidence, run, "otto");
    new Evidence.Waived(PROVEN.value(), "otto", until, "planned").record(log.evidence, run);
    new Evidence.Decided(task, name, "verifyAgain", null).record(log.evidence, run, "otto");
    new Evidence.BegunAgain(PROVEN.value()).record(log.evidence, run);
    new Evidence.DecisionTakenAway(task, name, Verdict.STALE, Reason.TOO_OLD, null)
        .record(log.evidence, run, "ada");
    new Evidence.DecisionTakenAway(task, name, Verdict.STALE, Reason.TOO_OLD, "by mistake")
        .record(log.evidence, run, "ada");
    new Evidence.Withdrawn("ada").record(log.evidence, run, "ada");
  }

  /** The last control could not tell about one layer, about which the one before could. */
  private void recordControls() {
    control(
        "20261130-080000-ctra",
        "shop",
        List.of(
            control("page", "pages", ControlResult.Outcome.CAUGHT, "a page with a wrong checksum"),
            control("wal", "recovery", ControlResult.Outcome.MISSED, "a changed WAL record")));
    control(
        "20261130-090000-ctrb",
        "shop",
        List.of(
            control("page", "pages", ControlResult.Outcome.COULD_NOT_TELL, "a wrong checksum"),
            control("wal", "recovery", ControlResult.Outcome.CAUGHT, "a WAL record <changed>"),
            new ControlResult(
                "row",
                "rows",
                ControlResult.Outcome.NOT_APPLICABLE,
                List.of(),
                null,
                null,
                "the depth standard does not make the check rows")));
    control("20261130-100000-ctrc", "billing", List.of());
    new Evidence.ControlEnded("shop", null, List.of(), "there is no proven backup")
        .record(log.evidence, new RunId("20261130-110000-ctrd"));
  }

  private void control(String id, String target, List<ControlResult> results) {
    new Evidence.ControlEnded(target, "/backups/" + target, results, null)
        .record(log.evidence, new RunId(id));
  }

  private static ControlResult control(
      String layer, String check, ControlResult.Outcome outcome, String damage) {
    return new ControlResult(
        layer,
        check,
        outcome,
        outcome == ControlResult.Outcome.CAUGHT ? List.of(check, "indexes") : List.of(),
        "20261130-080100-copy",
        damage,
        outcome == ControlResult.Outcome.COULD_NOT_TELL ? "the run was interrupted" : null);
  }

  private void recordReview() {
    for (DayPeriod period :
        List.of(
            new DayPeriod(LocalDate.parse("2026-01-01"), LocalDate.parse("2026-01-31")),
            new DayPeriod(LocalDate.parse("2026-02-01"), LocalDate.parse("2999-12-31")))) {
      new ServerEvent.ReviewOpened(
              period,
              "backup-auditors",
              new ServerEvent.ReviewOpened.Figures(1, 1, 3, 1, 0, 0, null, null))
          .record(log.evidence, EvidenceLog.PGPROOF);
      new ServerEvent.ReviewDecided(
              period, ServerEvent.ReviewDecided.SIGNED, "the outage was \"planned\" <b>")
          .record(log.evidence, "aude");
    }
  }

  static VerificationRequest request(String target) {
    return Settings.NONE.request(Optional.of(target), Path.of("/backups/" + target), "schedule");
  }

  private void begin(RunId run, VerificationRequest request) {
    new Evidence.Asked(request, null).record(log.evidence, run, request.askedBy());
  }

  private void record(RunId run, VerificationRequest request, Duration age) {
    begin(run, request);
    if (age.compareTo(request.maxAge()) > 0) {
      WholeEvidence.of(request, BACKUP, Instant.now(), age).values().stream()
          .filter(entry -> !(entry instanceof Evidence.ContainerDestroyed))
          .filter(entry -> !(entry instanceof Evidence.FilesRemoved))
          .forEach(entry -> entry.record(log.evidence, run));
      new Evidence.Found(Finding.of(Reason.TOO_OLD, "the newest data are 30 h old"))
          .record(log.evidence, run);
      new Evidence.ContainerDestroyed("pgproof-1").record(log.evidence, run);
      new Evidence.FilesRemoved(null, null).record(log.evidence, run);
    } else {
      WholeEvidence.record(log.evidence, run, request, BACKUP, Instant.now(), age);
    }
    reach(run);
  }

  private void reach(RunId run) {
    new Evidence.VerdictReached(RunProjection.of(log.evidence.of(run)).report(run.value()))
        .record(log.evidence, run);
  }

  public CertificateKeys keys(Clock clock) {
    return new CertificateKeys(keys, "db proof-1", log.evidence, clock);
  }

  Certificates certificates() {
    return certificates(Clock.systemUTC());
  }

  Certificates certificates(Clock clock) {
    return certificates(keys(clock), clock, Duration.ofSeconds(30));
  }

  public Certificates certificates(CertificateKeys keys, Clock clock, Duration patience) {
    return new Certificates(
        keys,
        log.evidence,
        log.sequencer(),
        new LoggedEntries(log.database, log.evidence, log.directory),
        clock,
        "pgproof 0.2.0",
        patience);
  }

  @Override
  public void close() {
    log.close();
  }
}
