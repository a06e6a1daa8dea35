package io.pgproof.evidence.runs;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.Check;
import io.pgproof.proof.Conclusion;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.target.Settings;
import io.pgproof.target.VerificationRequest;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** Records the evidence of runs at chosen times, with rows or as versions before them did. */
public final class RecordedRuns {
  public static final Instant MARCH = Instant.parse("2026-03-01T03:00:00Z");

  private final EvidenceLog log;
  private Instant now = MARCH;

  private RecordedRuns(DataSource database, boolean rows) {
    Clock clock = new SetClock();
    log =
        rows
            ? new EvidenceLog(database, clock, new RunTableFollower(database))
            : new EvidenceLog(database, clock);
  }

  public static RecordedRuns withRows(DataSource database) {
    return new RecordedRuns(database, true);
  }

  static RecordedRuns withoutRows(DataSource database) {
    return new RecordedRuns(database, false);
  }

  public RecordedRuns at(Instant time) {
    now = time;
    return this;
  }

  public RunId ask(String target, String by) {
    RunId run = RunId.at(now);
    record(run, by, new Evidence.Asked(request(Optional.of(target), by), null));
    return run;
  }

  public RunId askByPath(String by) {
    RunId run = RunId.at(now);
    record(run, by, new Evidence.Asked(request(Optional.empty(), by), null));
    return run;
  }

  private static VerificationRequest request(Optional<String> target, String by) {
    return Settings.NONE.request(target, Path.of("/backups", target.orElse("other")), by);
  }

  /** A run of a target that reaches its verdict at once. */
  public RunId ended(String target, Verdict verdict) {
    RunId run = ask(target, "ada");
    reach(run, target, verdict);
    return run;
  }

  public void reach(RunId run, String target, Verdict verdict) {
    reach(run, report(run, target, verdict, MARCH));
  }

  void reach(RunId run, Report report) {
    record(run, EvidenceLog.PGPROOF, new Evidence.VerdictReached(report));
  }

  /** A clock that shows the chosen time. */
  public Clock clock() {
    return new SetClock();
  }

  public EvidenceLog log() {
    return log;
  }

  public void record(RunId run, String actor, Evidence evidence) {
    evidence.record(log, run, actor);
  }

  /** A report with 2 s of restore, start and recovery, and data that are an hour old. */
  static Report report(RunId run, String target, Verdict verdict, Instant backedUp) {
    return new Report(
        Report.SCHEMA,
        run.value(),
        target,
        new Conclusion(verdict, reason(verdict), "said of " + verdict.word(), null),
        new Report.Period(MARCH, MARCH),
        new Report.BackupFacts(
            "/backups/" + target,
            "tar",
            "15",
            "7714060456605226458",
            backedUp,
            "0/2000028",
            750_600L,
            List.of(),
            null),
        new Report.ImageFacts("15-bookworm", "15.20", MARCH),
        new Report.RecoveryFacts(1, true, "0/3000000", null, List.of(1)),
        new Report.FreshnessFacts(MARCH, 3_600L, 86_400, "wal"),
        new Report.Objectives(new Report.Objective(86_400, 3_600L, true), null),
        new Report.Coverage(
            List.of(
                verdict == Verdict.REFUTED
                    ? Check.failed("recovery", "it failed", Duration.ZERO)
                    : Check.passed("recovery", "it was consistent", Duration.ZERO)),
            List.of(),
            List.of()),
        new Report.Times(
            List.of(
                new Report.PhaseFacts("inspect", 100),
                new Report.PhaseFacts("restore", 1_500),
                new Report.PhaseFacts("start", 200),
                new Report.PhaseFacts("recover", 300),
                new Report.PhaseFacts("check", 70)),
            verdict == Verdict.REFUTED ? null : 2_000L,
            2_500L));
  }

  private static Reason reason(Verdict verdict) {
    return switch (verdict) {
      case PROVEN -> Reason.FRESH;
      case STALE -> Reason.TOO_OLD;
      case INCONCLUSIVE -> Reason.ENVIRONMENT;
      case REFUTED -> Reason.WAL_MISSING;
    };
  }

  private final class SetClock extends Clock {
    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
