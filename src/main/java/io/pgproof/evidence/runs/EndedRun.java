package io.pgproof.evidence.runs;

import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A run with a verdict, in the few words that reports need of every run. The members mean the same
 * as in {@link RunSummary}.
 *
 * @param depth the word of the option, such as {@code standard}
 */
public record EndedRun(
    RunId run,
    Instant askedAt,
    String askedBy,
    Instant endedAt,
    Verdict verdict,
    Reason reason,
    String depth,
    Duration maxAge,
    Optional<Duration> age,
    Optional<Duration> restoreObjective,
    Optional<Duration> restoreTime) {

  /** In H2, an index holds all of these columns. */
  static final String COLUMNS =
      "run, asked_at, asked_by, ended_at, verdict, reason, depth, max_age_seconds, age_seconds,"
          + " restore_objective_seconds, restore_time_millis";

  static EndedRun read(ResultSet row, int number) throws SQLException {
    return new EndedRun(
        new RunId(row.getString("run")),
        RunRow.instant(row, "asked_at"),
        row.getString("asked_by"),
        RunRow.instant(row, "ended_at"),
        Verdict.of(row.getString("verdict")),
        Reason.of(row.getString("reason")),
        row.getString("depth"),
        Duration.ofSeconds(row.getLong("max_age_seconds")),
        RunRow.number(row, "age_seconds").map(Duration::ofSeconds),
        RunRow.number(row, "restore_objective_seconds").map(Duration::ofSeconds),
        RunRow.number(row, "restore_time_millis").map(Duration::ofMillis));
  }
}
