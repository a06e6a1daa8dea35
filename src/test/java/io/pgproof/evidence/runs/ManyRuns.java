package io.pgproof.evidence.runs;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.target.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Records the requests, verdicts and decisions of many runs, for benchmarks: each target is
 * verified about once a day, 94 of 100 runs are proven, and eight people ask and decide.
 *
 * <p>Of each run it records only the evidence that the rows of runs are derived from.
 */
public final class ManyRuns {
  private static final int BATCH = 1000;
  private static final List<String> PEOPLE =
      List.of("ada", "arne", "aude", "emil", "olga", "otto", "rosa", "schedule");

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;
  private final Random random = new Random(20261201);
  private final List<Object[]> entries = new ArrayList<>();
  private final boolean whole;
  private Optional<RunId> openTask = Optional.empty();

  private ManyRuns(DataSource database, boolean whole) {
    this.jdbc = new JdbcTemplate(database);
    this.transactions = new TransactionTemplate(new JdbcTransactionManager(database));
    this.whole = whole;
  }

  /**
   * Records the evidence, in the order of time.
   *
   * @param until when the last run ends
   */
  public static void record(DataSource database, int targets, int runs, Instant until) {
    new ManyRuns(database, false).record(targets, runs, until);
  }

  /**
   * Records with the runs all that a report for auditors is made of: due times, tasks, waivers and
   * a negative control of each target each month; and other entries of each run, about which it
   * says nothing.
   */
  public static void recordForReports(DataSource database, int targets, int runs, Instant until) {
    new ManyRuns(database, true).record(targets, runs, until);
  }

  /** Returns the name of a target, counted from 0. */
  public static String target(int number) {
    return "target-%04d".formatted(number);
  }

  private void record(int targets, int runs, Instant until) {
    Duration between = Duration.ofDays(1).dividedBy(targets);
    for (int run = 0; run < runs; run++) {
      Instant asked = until.minus(between.multipliedBy(runs - run));
      record(target(run % targets), asked, asked.plusSeconds(30 + random.nextInt(600)));
      if (entries.size() >= BATCH || run == runs - 1) {
        write();
      }
    }
  }

  private void record(String target, Instant asked, Instant ended) {
    RunId run = RunId.at(asked);
    String by = PEOPLE.get(PEOPLE.size() - 1 - random.nextInt(100) / 95 * random.nextInt(8));
    add(
        run,
        asked,
        by,
        new Evidence.Asked(
            Settings.NONE.request(Optional.of(target), Path.of("/backups", target), by), null));
    Verdict verdict = verdict();
    Report report = RecordedRuns.report(run, target, verdict, asked.minus(Duration.ofHours(4)));
    if (whole) {
      recordWhole(run, target, asked, ended, measured(report));
      return;
    }
    add(run, ended, EvidenceLog.PGPROOF, new Evidence.VerdictReached(report));
    if (verdict == Verdict.STALE || verdict == Verdict.REFUTED) {
      add(
          run,
          ended.plusSeconds(3_600),
          PEOPLE.get(random.nextInt(7)),
          new Evidence.Decided("review", "Review stale backup", "escalate", "it looks bad"));
    }
  }

  private Report measured(Report report) {
    long age = 1_800L + random.nextInt(80_000);
    return new Report(
        report.schema(),
        report.run(),
        report.target(),
        report.conclusion(),
        report.period(),
        report.backup(),
        report.image(),
        report.recovery(),
        new Report.FreshnessFacts(report.period().startedAt(), age, 86_400, "wal"),
        report.objectives(),
        report.coverage(),
        new Report.Times(
            report.phases(),
            report.times().restoreTimeMillis() == null ? null : 30_000L + random.nextInt(900_000),
            1_000_000L));
  }

  private void recordWhole(RunId run, String target, Instant asked, Instant ended, Report report) {
    int chance = random.nextInt(1000);
    Instant due = asked.minus(chance < 3 ? Duration.ofHours(30) : Duration.ofSeconds(2));
    add(
        run,
        asked,
        EvidenceLog.PGPROOF,
        new Evidence.Due(due, chance < 3 ? 2 : 1, Duration.between(due, asked)));
    for (int phase = 0; phase < 4; phase++) {
      add(run, asked, EvidenceLog.PGPROOF, new Evidence.Noted(List.of("a line of phase " + phase)));
    }
    if (chance == 4) {
      add(run, ended, EvidenceLog.PGPROOF, new Evidence.DuePassedOver(asked.plusSeconds(9), 1));
    }
    add(run, ended, EvidenceLog.PGPROOF, new Evidence.VerdictReached(report));
    if (report.verdict() != Verdict.PROVEN) {
      decide(run, ended);
    }
    if (random.nextInt(30) == 0) {
      add(
          RunId.at(ended),
          ended,
          EvidenceLog.PGPROOF,
          new Evidence.ControlEnded(
              target,
              "backup",
              Stream.of("archive", "manifest", "page", "wal", "index", "row", "freshness")
                  .map(
                      layer ->
                          new ControlResult(
                              layer,
                              layer,
                              ControlResult.Outcome.CAUGHT,
                              List.of(layer),
                              run.value(),
                              "flipped a bit",
                              null))
                  .toList(),
              null));
    }
  }

  /** Some failures join the task of the failure before, and some are waived. */
  private void decide(RunId run, Instant ended) {
    String by = PEOPLE.get(random.nextInt(7));
    int chance = random.nextInt(10);
    if (chance == 0) {
      add(run, ended, EvidenceLog.PGPROOF, new Evidence.Waived(run.value(), by, ended, "moving"));
    } else if (chance < 3 && openTask.isPresent()) {
      add(run, ended, EvidenceLog.PGPROOF, new Evidence.TaskJoined(openTask.orElseThrow().value()));
    } else {
      openTask = Optional.of(run);
      Instant decided = ended.plusSeconds(600 + random.nextInt(80_000));
      add(
          run,
          ended,
          EvidenceLog.PGPROOF,
          new Evidence.TaskOpened("approveEscalation", "Approve", "backup-approvers"));
      if (chance == 3) {
        add(
            run,
            decided,
            by,
            new Evidence.WaiverGranted("b", decided.plusSeconds(86_400), "the source was down"));
      } else if (chance == 4) {
        add(
            run,
            decided,
            EvidenceLog.PGPROOF,
            new Evidence.NobodyDecided("approveEscalation", "Approve", Duration.ofDays(1)));
      } else if (chance > 5) {
        add(
            run,
            decided,
            by,
            new Evidence.Decided("approveEscalation", "Approve", "dismiss", "a copy for tests"));
      }
    }
  }

  private Verdict verdict() {
    int chance = random.nextInt(100);
    return chance < 94
        ? Verdict.PROVEN
        : chance < 97 ? Verdict.STALE : chance < 99 ? Verdict.INCONCLUSIVE : Verdict.REFUTED;
  }

  private void add(RunId run, Instant at, String actor, Evidence evidence) {
    entries.add(
        new Object[] {
          run.value(),
          at.atOffset(ZoneOffset.UTC),
          Evidence.kind(evidence.getClass()),
          1,
          actor,
          EvidenceJson.write(evidence)
        });
  }

  private void write() {
    transactions.executeWithoutResult(
        transaction ->
            jdbc.batchUpdate(
                "insert into pgproof_evidence (run, at, kind, schema_version, actor, body)"
                    + " values (?, ?, ?, ?, ?, ?)",
                entries));
    entries.clear();
  }
}
