package io.pgproof.evidence.runs;

import io.pgproof.evidence.runs.RunSummary.Decision;
import io.pgproof.evidence.runs.RunSummary.KnownBackup;
import io.pgproof.evidence.runs.RunSummary.Outcome;
import io.pgproof.evidence.runs.RunSummary.Request;
import io.pgproof.evidence.runs.RunSummary.Waiver;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report.PhaseFacts;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads a row of {@code pgproof_run}; all its columns are needed. */
final class RunRow {
  private RunRow() {}

  static RunSummary read(ResultSet row, int number) throws SQLException {
    return new RunSummary(
        new RunId(row.getString("run")),
        new Request(
            Optional.ofNullable(row.getString("target")),
            row.getString("backup_key"),
            row.getString("path"),
            instant(row, "asked_at"),
            row.getString("asked_by"),
            Depth.valueOf(row.getString("depth").toUpperCase(Locale.ROOT)),
            Duration.ofSeconds(row.getLong("max_age_seconds")),
            number(row, "restore_objective_seconds").map(Duration::ofSeconds)),
        outcome(row),
        waiver(row),
        decision(row));
  }

  private static Optional<Outcome> outcome(ResultSet row) throws SQLException {
    String verdict = row.getString("verdict");
    if (verdict == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Outcome(
            instant(row, "ended_at"),
            Verdict.of(verdict),
            Reason.of(row.getString("reason")),
            row.getString("message"),
            Duration.ofMillis(row.getLong("total_millis")),
            phases(row),
            number(row, "restore_time_millis").map(Duration::ofMillis),
            number(row, "age_seconds").map(Duration::ofSeconds),
            backup(row),
            Optional.ofNullable(row.getString("server_version"))));
  }

  static List<PhaseFacts> phases(ResultSet row) throws SQLException {
    List<PhaseFacts> phases = new ArrayList<>();
    for (String phase : RunTable.PHASES) {
      number(row, phase + "_millis").ifPresent(millis -> phases.add(new PhaseFacts(phase, millis)));
    }
    return phases;
  }

  static Optional<KnownBackup> backup(ResultSet row) throws SQLException {
    String identity = row.getString("backup_identity");
    return identity == null
        ? Optional.empty()
        : Optional.of(
            new KnownBackup(
                identity,
                row.getString("backup_path"),
                row.getString("backup_version"),
                row.getString("system_identifier"),
                instant(row, "start_time"),
                row.getString("start_lsn"),
                row.getLong("backup_bytes")));
  }

  private static Optional<Waiver> waiver(ResultSet row) throws SQLException {
    String by = row.getString("waived_by");
    return by == null
        ? Optional.empty()
        : Optional.of(new Waiver(by, instant(row, "waived_from"), instant(row, "waived_until")));
  }

  private static Optional<Decision> decision(ResultSet row) throws SQLException {
    String by = row.getString("decided_by");
    return by == null
        ? Optional.empty()
        : Optional.of(new Decision(by, row.getString("decision"), instant(row, "decided_at")));
  }

  static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  static Optional<Long> number(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(value);
  }
}
