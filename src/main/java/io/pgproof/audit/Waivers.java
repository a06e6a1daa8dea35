package io.pgproof.audit;

import io.pgproof.proof.RunId;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/**
 * Stale backups that a person accepted until a certain time; insert-only, in the transaction of the
 * caller.
 */
public final class Waivers {
  private static final RowMapper<Waiver> WAIVER =
      (row, number) ->
          new Waiver(
              row.getString("backup"),
              new RunId(row.getString("run")),
              row.getObject("valid_until", OffsetDateTime.class).toInstant(),
              row.getString("granted_by"),
              row.getString("reason"));

  private final JdbcTemplate jdbc;

  public Waivers(DataSource database) {
    this.jdbc = new JdbcTemplate(database);
  }

  /**
   * The acceptance of one backup although its data are too old.
   *
   * @param backup identifies the backup itself, whatever its path
   * @param run the run whose finding was accepted
   */
  public record Waiver(String backup, RunId run, Instant until, String grantedBy, String reason) {}

  public void grant(Waiver waiver) {
    jdbc.update(
        "insert into pgproof_waiver (backup, run, valid_until, granted_by, reason) values (?, ?, ?, ?, ?)",
        waiver.backup(),
        waiver.run().value(),
        waiver.until().atOffset(ZoneOffset.UTC),
        waiver.grantedBy(),
        waiver.reason());
  }

  /**
   * Returns the waiver of this backup that is valid at that time; if there are several, the one
   * that is valid longest.
   */
  public Optional<Waiver> valid(String backup, Instant then) {
    return jdbc
        .query(
            "select * from pgproof_waiver where backup = ? and valid_until > ? order by valid_until desc, id desc"
                + " fetch first 1 row only",
            WAIVER,
            backup,
            then.atOffset(ZoneOffset.UTC))
        .stream()
        .findFirst();
  }

  /**
   * Returns all waivers that this backup ever had, including expired ones, in the order of
   * granting.
   */
  public List<Waiver> of(String backup) {
    return jdbc.query("select * from pgproof_waiver where backup = ? order by id", WAIVER, backup);
  }
}
