package io.pgproof.evidence.runs;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.runs.RunDerivation.Derived;
import io.pgproof.proof.LogContext;
import io.pgproof.proof.RunId;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Fills {@code pgproof_run} and the tables beside it from the evidence: at the first start of a
 * version that has them, or that derives them in another way. To have them derived again, empty
 * {@code pgproof_run_filled} and start pgproof.
 *
 * <p>It works in batches, each in a transaction of its own, and continues after the last one if it
 * was interrupted. Call it before anything records evidence.
 */
public final class RunTableFill {
  private static final Logger LOG = LoggerFactory.getLogger(RunTableFill.class);
  private static final int BATCH = 500;
  private static final int TOLD = 10_000;

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;
  private final EvidenceLog evidenceLog;
  private final RunTable runs;
  private final TargetTable targets;

  public RunTableFill(DataSource database) {
    this.jdbc = new JdbcTemplate(database);
    this.transactions = new TransactionTemplate(new JdbcTransactionManager(database));
    // Only for reading.
    this.evidenceLog = new EvidenceLog(database, Clock.systemUTC());
    this.runs = new RunTable(jdbc);
    this.targets = new TargetTable(jdbc);
  }

  /**
   * Fills the tables as far as they are not filled.
   *
   * @return how many runs were read for it; 0 if nothing was left to do
   */
  public long fill() {
    transactions.executeWithoutResult(transaction -> begin());
    if (isComplete()) {
      return 0;
    }
    long all = 0;
    for (int some = next(); some > 0; some = next()) {
      all += some;
      if (all % TOLD == 0) {
        LOG.info("deriving the list of runs from the evidence: {} so far", all);
      }
    }
    jdbc.queryForList(
            "select distinct target from pgproof_run where target is not null", String.class)
        .forEach(target -> transactions.executeWithoutResult(one -> targets.renew(target)));
    jdbc.update("update pgproof_run_filled set complete = true");
    if (all > 0) {
      LOG.info("derived the list of runs from the evidence: {}", all);
    }
    return all;
  }

  private boolean isComplete() {
    return Boolean.TRUE.equals(
        jdbc.queryForObject("select complete from pgproof_run_filled", Boolean.class));
  }

  /** Empties the tables, unless they hold rows that were derived as this version does it. */
  private void begin() {
    if (jdbc.queryForList("select derivation from pgproof_run_filled for update", Integer.class)
        .contains(RunDerivation.VERSION)) {
      return;
    }
    for (String table : List.of("pgproof_run_filled", "pgproof_run_target")) {
      jdbc.update("delete from " + table);
    }
    // Rows of runs without evidence cannot be derived again.
    for (String table : List.of("pgproof_run_person", "pgproof_run")) {
      jdbc.update(
          "delete from " + table + " where run not in (select run from pgproof_removed_run)");
    }
    jdbc.update(
        "insert into pgproof_run_filled (derivation, asked_entry, complete) values (?, 0, false)",
        RunDerivation.VERSION);
  }

  /** Derives the next batch of runs; returns how many there were. */
  private int next() {
    Integer some = transactions.execute(transaction -> batch());
    return some == null ? 0 : some;
  }

  private int batch() {
    Long after =
        jdbc.queryForObject("select asked_entry from pgproof_run_filled for update", Long.class);
    List<EvidenceEntry> asked =
        evidenceLog.after(after == null ? 0 : after, RunDerivation.ASKED, BATCH);
    if (asked.isEmpty()) {
      return 0;
    }
    List<RunId> batch = asked.stream().map(EvidenceEntry::run).distinct().toList();
    Set<RunId> listed = runs.lock(batch);
    Map<RunId, List<EvidenceEntry>> entries =
        evidenceLog.of(batch, RunDerivation.KINDS).stream()
            .collect(Collectors.groupingBy(EvidenceEntry::run));
    List<Derived> derived =
        batch.stream()
            .map(run -> derive(run, entries.getOrDefault(run, List.of())))
            .flatMap(Optional::stream)
            .toList();
    derived.stream().filter(run -> listed.contains(run.summary().run())).forEach(runs::update);
    runs.insert(derived.stream().filter(run -> !listed.contains(run.summary().run())).toList());
    jdbc.update("update pgproof_run_filled set asked_entry = ?", asked.get(asked.size() - 1).id());
    return asked.size();
  }

  private static Optional<Derived> derive(RunId run, List<EvidenceEntry> entries) {
    try {
      return RunDerivation.of(run, entries);
    } catch (RuntimeException e) {
      LogContext.with(
          run, () -> LOG.warn("run {} is missing in the list of runs: {}", run, e.toString()));
      return Optional.empty();
    }
  }
}
