package io.pgproof.evidence.runs;

import io.pgproof.evidence.runs.TargetOverview.Measured;
import io.pgproof.proof.Verdict;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;

/**
 * Keeps the rows of {@code pgproof_run_target}, which sum up {@code pgproof_run} for each target.
 */
final class TargetTable {
  private final JdbcTemplate jdbc;

  TargetTable(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Sums up the runs of a target again. The row stays locked until the end of the transaction, so
   * of two runs that end at the same time the second one sees the first.
   */
  void renew(String target) {
    lock(target);
    List<RunSummary> latest =
        jdbc.query(
            "select * from pgproof_run where target = ? and ended_at is not null"
                + " order by target, ended_at desc, run desc fetch first "
                + TargetOverview.POINTS
                + " rows only",
            RunRow::read,
            target);
    if (latest.isEmpty()) {
      return;
    }
    RunSummary last = latest.get(0);
    LocalDate until = day(last);
    LocalDate first = until.minusDays(TargetOverview.DAYS - 1);
    jdbc.update(
        "update pgproof_run_target set run = ?, proven_at = ?, days_until = ?, days = ?, series = ?"
            + " where target = ?",
        last.run().value(),
        jdbc
            .query(
                "select ended_at from pgproof_run where target = ? and verdict = ?"
                    + " order by target, verdict, ended_at desc fetch first 1 row only",
                (row, number) -> RunRow.instant(row, "ended_at"),
                target,
                Verdict.PROVEN.word())
            .stream()
            .findFirst()
            .map(RunTable::time)
            .orElse(null),
        until,
        PackedOverview.packDays(gravest(target, first), until),
        PackedOverview.packSeries(series(latest, first)),
        target);
  }

  private static LocalDate day(RunSummary run) {
    return LocalDate.ofInstant(run.outcome().orElseThrow().at(), ZoneOffset.UTC);
  }

  private Map<LocalDate, Verdict> gravest(String target, LocalDate first) {
    Map<LocalDate, Verdict> gravest = new HashMap<>();
    jdbc.query(
        "select distinct ended_day, verdict from pgproof_run where target = ? and ended_day >= ?",
        (RowCallbackHandler)
            row ->
                gravest.merge(
                    row.getObject("ended_day", LocalDate.class),
                    Verdict.of(row.getString("verdict")),
                    (one, other) -> one.isGraverThan(other) ? one : other),
        target,
        first);
    return gravest;
  }

  private static List<Measured> series(List<RunSummary> latest, LocalDate first) {
    List<Measured> series =
        new ArrayList<>(
            latest.stream()
                .filter(run -> !day(run).isBefore(first))
                .map(run -> run.outcome().orElseThrow())
                .map(ended -> new Measured(ended.at(), ended.age(), ended.restoreTime()))
                .toList());
    Collections.reverse(series);
    return series;
  }

  /** Locks the row of a target, and creates it if there is none. */
  private void lock(String target) {
    if (isH2()) {
      try {
        jdbc.update("merge into pgproof_run_target (target) key (target) values (?)", target);
      } catch (DuplicateKeyException e) {
        // Another run created it in the meantime; H2 undoes only this statement.
      }
    } else {
      jdbc.update(
          "insert into pgproof_run_target (target) values (?) on conflict do nothing", target);
    }
    jdbc.queryForList("select target from pgproof_run_target where target = ? for update", target);
  }

  private boolean isH2() {
    return Boolean.TRUE.equals(
        jdbc.execute(
            (ConnectionCallback<Boolean>)
                connection -> connection.getMetaData().getDatabaseProductName().equals("H2")));
  }

  static TargetOverview read(ResultSet row, LocalDate lastDay) throws SQLException {
    RunSummary last = RunRow.read(row, 0);
    return new TargetOverview(
        last.request().target().orElseThrow(),
        last,
        Optional.ofNullable(row.getObject("proven_at", OffsetDateTime.class))
            .map(OffsetDateTime::toInstant),
        PackedOverview.unpackDays(
            row.getString("days"), row.getObject("days_until", LocalDate.class), lastDay),
        PackedOverview.unpackSeries(row.getString("series"), lastDay));
  }
}
