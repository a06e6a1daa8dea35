package io.pgproof.evidence.runs;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
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

  private ManyRuns(DataSource database) {
    this.jdbc = new JdbcTemplate(database);
    this.transactions = new TransactionTemplate(new JdbcTransactionManager(database));
  }

  /**
   * Records the evidence, in the order of time.
   *
   * @param until when the last run ends
   */
  public static void record(DataSource database, int targets, int runs, Instant until) {
    new ManyRuns(database).record(targets, runs, until);
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
    add(
        run,
        ended,
        EvidenceLog.PGPROOF,
        new Evidence.VerdictReached(
            RecordedRuns.report(run, target, verdict, asked.minus(Duration.ofHours(4)))));
    if (verdict == Verdict.STALE || verdict == Verdict.REFUTED) {
      add(
          run,
          ended.plusSeconds(3_600),
          PEOPLE.get(random.nextInt(7)),
          new Evidence.Decided("review", "Review stale backup", "escalate", "it looks bad"));
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
