package io.pgproof.evidence.runs;

import io.pgproof.evidence.runs.RunSummary.Waiver;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Finds runs by what they are about and sums them up, without the engine. Each query reads only the
 * rows that it returns, or as many as the days of one target have; it does not read evidence.
 *
 * <p>A row may be visible a moment before it is on the disk, see {@link
 * io.pgproof.audit.EvidenceLog#awaitDurable}.
 */
public final class RunIndex {
  /** Maximum number of runs in one answer. */
  public static final int MOST = 1000;

  /** Maximum number of runs in one query by their ids; H2 compares each row with each of them. */
  private static final int MOST_COMPARED = 50;

  private static final String OVERVIEW =
      "select r.*, t.proven_at, t.days_until, t.days, t.series"
          + " from pgproof_run_target t join pgproof_run r on r.run = t.run ";

  private final JdbcTemplate jdbc;
  private final TransactionTemplate snapshots;

  public RunIndex(DataSource database) {
    this.jdbc = new JdbcTemplate(database);
    this.snapshots = new TransactionTemplate(new JdbcTransactionManager(database));
    this.snapshots.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    this.snapshots.setReadOnly(true);
  }

  /** Returns a run in short form; empty if there is no such run. */
  public Optional<RunSummary> find(RunId run) {
    return jdbc.query("select * from pgproof_run where run = ?", RunRow::read, run.value()).stream()
        .findFirst();
  }

  /**
   * Returns the latest runs that meet a filter, newest request first.
   *
   * @param before the last run of the previous page; empty for the first page. An unknown run gives
   *     an empty page.
   * @param limit from 1 to {@link #MOST}
   */
  public RunPage list(RunFilter filter, Optional<RunId> before, int limit) {
    Optional<RunSummary> last = before.flatMap(this::find);
    if (before.isPresent() && last.isEmpty()) {
      return new RunPage(List.of(), false);
    }
    int most = Math.max(1, Math.min(limit, MOST));
    ListQuery query = ListQuery.of(filter, last, most + 1);
    List<RunSummary> runs = jdbc.query(query.sql(), RunRow::read, query.values());
    return runs.size() > most ? new RunPage(runs.subList(0, most), true) : new RunPage(runs, false);
  }

  /** Returns how many runs of each target have a verdict. It reads all runs. */
  public List<RunCount> counts() {
    return jdbc.query(
        "select target, verdict, reason, count(*) runs from pgproof_run"
            + " where target is not null and verdict is not null group by target, verdict, reason"
            + " order by target, verdict, reason",
        (row, number) ->
            new RunCount(
                row.getString("target"),
                Verdict.of(row.getString("verdict")),
                Reason.of(row.getString("reason")),
                row.getLong("runs")));
  }

  /**
   * Returns by target how many due times were missed according to evidence that has been removed.
   */
  Map<String, Long> missedOfRemoved() {
    Map<String, Long> missed = new HashMap<>();
    jdbc.query(
        "select r.target, sum(m.missed) missed from pgproof_removed_run m join pgproof_run r on r.run = m.run"
            + " where r.target is not null and m.missed > 0 group by r.target",
        row -> {
          missed.put(row.getString("target"), row.getLong("missed"));
        });
    return missed;
  }

  /** Returns the targets of those runs that were requested for a target. */
  public Map<RunId, String> targets(Collection<RunId> runs) {
    return texts("target", runs);
  }

  private Map<RunId, String> texts(String column, Collection<RunId> runs) {
    Map<RunId, String> texts = new HashMap<>();
    List<String> all = runs.stream().map(RunId::value).distinct().toList();
    for (int from = 0; from < all.size(); from += MOST_COMPARED) {
      new NamedParameterJdbcTemplate(jdbc)
          .query(
              "select run, %s from pgproof_run where run in (:runs) and %s is not null"
                  .formatted(column, column),
              Map.of("runs", all.subList(from, Math.min(from + MOST_COMPARED, all.size()))),
              row -> {
                texts.put(new RunId(row.getString("run")), row.getString(column));
              });
    }
    return texts;
  }

  /**
   * Returns what the runs of each target add up to, in the order of their names.
   *
   * @param lastDay the last day that is shown, in UTC
   */
  public List<TargetOverview> overview(LocalDate lastDay) {
    return jdbc.query(
        OVERVIEW + "order by t.target", (row, number) -> TargetTable.read(row, lastDay));
  }

  /**
   * Returns what the runs of one target add up to; empty if it never had a verdict.
   *
   * @param lastDay the last day that is shown, in UTC
   */
  public Optional<TargetOverview> overview(String target, LocalDate lastDay) {
    return jdbc
        .query(
            OVERVIEW + "where t.target = ?",
            (row, number) -> TargetTable.read(row, lastDay),
            target)
        .stream()
        .findFirst();
  }

  /**
   * Returns the runs of a target whose verdict was reached in this time, oldest first.
   *
   * @param from inclusive
   * @param until exclusive
   * @param limit from 1 to {@link #MOST}; of more runs, the newest are returned
   */
  public List<RunSummary> ended(String target, Instant from, Instant until, int limit) {
    List<RunSummary> runs =
        jdbc.query(
            "select * from pgproof_run where target = ? and ended_at >= ? and ended_at < ?"
                + " order by target, ended_at desc, run desc fetch first "
                + Math.max(1, Math.min(limit, MOST))
                + " rows only",
            RunRow::read,
            target,
            RunTable.time(from),
            RunTable.time(until));
    Collections.reverse(runs);
    return runs;
  }

  /**
   * Calls the consumer with each run of a target whose verdict was reached in this time, oldest
   * first. It reads them in pages.
   *
   * @param from inclusive
   * @param until exclusive
   */
  public void forEachEnded(
      String target, Instant from, Instant until, Consumer<EndedRun> consumer) {
    Object after = RunTable.time(from);
    String lastRun = "";
    List<EndedRun> page;
    do {
      page =
          jdbc.query(
              "select "
                  + EndedRun.COLUMNS
                  + " from pgproof_run where target = ? and ended_at >= ?"
                  + " and (ended_at > ? or run > ?) and ended_at < ?"
                  + " order by target, ended_at, run fetch first "
                  + MOST
                  + " rows only",
              EndedRun::read,
              target,
              after,
              after,
              lastRun,
              RunTable.time(until));
      page.forEach(consumer);
      if (!page.isEmpty()) {
        EndedRun last = page.get(page.size() - 1);
        after = RunTable.time(last.endedAt());
        lastRun = last.run().value();
      }
    } while (page.size() == MOST);
  }

  /** Returns the messages of the verdicts of these runs; a run without one has none. */
  public Map<RunId, String> messages(Collection<RunId> runs) {
    return texts("message", runs);
  }

  /**
   * Returns how many due times of a target's schedule lie in this time and were kept.
   *
   * @param from inclusive
   * @param until exclusive
   */
  public int dueOnTime(String target, Instant from, Instant until) {
    Integer times =
        jdbc.queryForObject(
            "select count(*) from pgproof_run where target = ? and asked_at >= ?"
                + " and due_since >= ? and due_since < ? and not due_missed",
            Integer.class,
            target,
            RunTable.time(from),
            RunTable.time(from),
            RunTable.time(until));
    return times == null ? 0 : times;
  }

  /**
   * Returns the runs that the schedule of a target requested after due times had been missed, if
   * any part of the time from the first of these until the request lies in this time, in the order
   * of the requests.
   *
   * @param from inclusive
   * @param until exclusive
   */
  public List<DueRun> dueMissed(String target, Instant from, Instant until) {
    return jdbc.query(
        "select run, due_since, due_times, due_late_seconds from pgproof_run"
            + " where target = ? and asked_at >= ? and due_since < ? and due_missed"
            + " order by asked_at, run",
        (row, number) ->
            new DueRun(
                new RunId(row.getString("run")),
                RunRow.instant(row, "due_since"),
                row.getInt("due_times"),
                row.getLong("due_late_seconds")),
        target,
        RunTable.time(from),
        RunTable.time(until));
  }

  /**
   * Runs queries that all see the database as it is now, whatever others commit meanwhile. It joins
   * a transaction that is open already, and then sees what that one sees.
   */
  public <T> T inSnapshot(Supplier<T> queries) {
    return Objects.requireNonNull(snapshots.execute(transaction -> queries.get()));
  }

  /**
   * Returns the runs of a target that were requested in this time and have no verdict, oldest
   * first.
   *
   * @param from inclusive
   * @param until exclusive
   */
  public List<RunId> withoutVerdict(String target, Instant from, Instant until) {
    return jdbc.query(
        "select run from pgproof_run where target = ? and asked_at >= ? and asked_at < ?"
            + " and ended_at is null order by asked_at, run",
        (row, number) -> new RunId(row.getString("run")),
        target,
        RunTable.time(from),
        RunTable.time(until));
  }

  /** Returns the run that proved a target last before this time; empty if none did. */
  public Optional<RunSummary> lastProven(String target, Instant before) {
    return jdbc
        .query(
            "select * from pgproof_run where target = ? and verdict = ? and ended_at < ?"
                + " order by target, verdict, ended_at desc fetch first 1 row only",
            RunRow::read,
            target,
            Verdict.PROVEN.word(),
            RunTable.time(before))
        .stream()
        .findFirst();
  }

  /** Returns the names of all targets that a run was ever requested for, in their order. */
  public List<String> targetNames() {
    // A target has a row of its own from its first verdict on. To look through all runs takes
    // seconds when there are many.
    return jdbc.queryForList(
        "select target from pgproof_run_target union select target from pgproof_run"
            + " where verdict is null and target is not null order by target",
        String.class);
  }

  /**
   * Returns the times in which a backup of the target was accepted although it was stale, as far as
   * they overlap with this time, in the order of granting.
   */
  public List<Waiver> waivers(String target, Instant from, Instant until) {
    return jdbc.query(
        "select waived_by, min(waived_from) waived_from, waived_until from pgproof_run"
            + " where target = ? and waived_until > ? and waived_from < ?"
            + " group by waived_by, waived_until order by 2, 3",
        (row, number) ->
            new Waiver(
                row.getString("waived_by"),
                RunRow.instant(row, "waived_from"),
                RunRow.instant(row, "waived_until")),
        target,
        RunTable.time(from),
        RunTable.time(until));
  }

  /**
   * Returns for each backup of a target the run with the last verdict about it, the newest backup
   * first.
   */
  public List<RunSummary> lastOfEachBackup(String target) {
    return jdbc.query(
        "select * from (select r.*, row_number() over (partition by backup_identity"
            + " order by ended_at desc, run desc) newest from pgproof_run r"
            + " where target = ? and backup_identity is not null and ended_at is not null) each_run"
            + " where newest = 1 order by start_time desc, run desc fetch first "
            + MOST
            + " rows only",
        RunRow::read,
        target);
  }
}
