package io.pgproof.audit;

import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/** The verdicts on each target in short form; insert-only, in the transaction of the caller. */
public final class VerdictHistory {
  private static final RowMapper<Reached> REACHED =
      (row, number) ->
          new Reached(
              new RunId(row.getString("run")),
              row.getObject("at", OffsetDateTime.class).toInstant(),
              Verdict.of(row.getString("verdict")),
              Reason.of(row.getString("reason")));

  private final JdbcTemplate jdbc;
  private final Clock clock;

  public VerdictHistory(DataSource database, Clock clock) {
    this.jdbc = new JdbcTemplate(database);
    this.clock = clock;
  }

  /** The verdict of a run and the time when it was reached. */
  public record Reached(RunId run, Instant at, Verdict verdict, Reason reason) {}

  /**
   * Adds a verdict with the current time.
   *
   * @param backupKey the same for all runs of one target
   */
  public void add(String backupKey, RunId run, Verdict verdict, Reason reason) {
    jdbc.update(
        "insert into pgproof_verdict (backup_key, run, at, verdict, reason) values (?, ?, ?, ?, ?)",
        backupKey,
        run.value(),
        clock.instant().truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC),
        verdict.word(),
        reason.code());
  }

  /** Returns the latest verdicts, newest first. */
  public List<Reached> latest(String backupKey, int limit) {
    return jdbc.query(
        "select * from pgproof_verdict where backup_key = ? order by backup_key desc, id desc fetch first "
            + limit
            + " rows only",
        REACHED,
        backupKey);
  }

  /** Returns the latest verdicts except this run's, newest first. */
  public List<Reached> latest(String backupKey, RunId but, int limit) {
    return jdbc.query(
        "select * from pgproof_verdict where backup_key = ? and run <> ? order by backup_key desc, id desc fetch first "
            + limit
            + " rows only",
        REACHED,
        backupKey,
        but.value());
  }

  /** Returns when this verdict was reached last. */
  public Optional<Reached> last(String backupKey, Verdict verdict) {
    return jdbc
        .query(
            "select * from pgproof_verdict where backup_key = ? and verdict = ? order by backup_key desc, id desc"
                + " fetch first 1 row only",
            REACHED,
            backupKey,
            verdict.word())
        .stream()
        .findFirst();
  }

  /** Returns how often this verdict was reached since that time, over all targets and paths. */
  public long count(Verdict verdict, Instant then) {
    return jdbc.queryForObject(
        "select count(*) from pgproof_verdict where verdict = ? and at >= ?",
        Long.class,
        verdict.word(),
        then.atOffset(ZoneOffset.UTC));
  }
}
