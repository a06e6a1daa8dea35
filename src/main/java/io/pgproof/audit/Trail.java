package io.pgproof.audit;

import io.pgproof.proof.RunId;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The insert-only trail.
 *
 * <p>{@link #record} joins the transaction of its caller, so an entry stands if and only if the step that wrote it stands.
 * The table refuses updates and deletions by a trigger. When the caller's commit returns, the entry outlives a power cut.
 */
public final class Trail {
  /** Who acts where no person does. */
  public static final String PGPROOF = "pgproof";

  private static final Logger LOG = LoggerFactory.getLogger(Trail.class);
  private static final String COLUMNS = "select id, run, at, kind, actor, body from pgproof_evidence ";
  private static final RowMapper<Entry> ENTRY = (row, number) -> new Entry(
      row.getLong("id"),
      new RunId(row.getString("run")),
      row.getObject("at", OffsetDateTime.class).toInstant(),
      row.getString("kind"),
      row.getString("actor"),
      row.getString("body"));

  private final JdbcTemplate jdbc;
  private final Clock clock;
  /** One, so that a transaction with many entries has it once. */
  private final TransactionSynchronization settling = new TransactionSynchronization() {
    @Override
    public void afterCommit() {
      settle();
    }
  };

  public Trail(DataSource database, Clock clock) {
    this.jdbc = new JdbcTemplate(database);
    this.clock = clock;
  }

  /** Adds an entry, its time being now. */
  public Instant record(RunId run, String kind, String actor, Object body) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    jdbc.update("insert into pgproof_evidence (run, at, kind, actor, body) values (?, ?, ?, ?, ?)",
        run.value(), now.atOffset(ZoneOffset.UTC), kind, actor, EvidenceJson.write(body));
    if (TransactionSynchronizationManager.isSynchronizationActive()) {
      TransactionSynchronizationManager.registerSynchronization(settling);
    } else {
      settle();
    }
    return now;
  }

  /**
   * Returns when all that is committed is on the disk; for whoever tells somebody of it, since an entry can be seen a moment
   * before. H2 alone writes a commit without flushing it. A disk that refuses costs a line in the log: what is committed stands.
   */
  public void settle() {
    try {
      jdbc.execute((ConnectionCallback<Void>) connection -> {
        if (connection.getMetaData().getDatabaseProductName().equals("H2")) {
          try (Statement statement = connection.createStatement()) {
            statement.execute("checkpoint sync");
          }
        }
        return null;
      });
    } catch (DataAccessException e) {
      LOG.warn("what was recorded last may not be on the disk yet: {}", e.toString());
    }
  }

  /** All entries of a run, in the order of writing. */
  public List<Entry> of(RunId run) {
    return jdbc.query(COLUMNS + "where run = ? order by id", ENTRY, run.value());
  }

  /** All entries of this kind in a run, in the order of writing. */
  public List<Entry> of(RunId run, String kind) {
    return jdbc.query(COLUMNS + "where run = ? and kind = ? order by id", ENTRY, run.value(), kind);
  }

  /** The last entry of this kind in a run. */
  public Optional<Entry> last(RunId run, String kind) {
    return jdbc.query(COLUMNS + "where run = ? and kind = ? order by id desc fetch first 1 row only",
        ENTRY, run.value(), kind).stream().findFirst();
  }

  /** The latest entries of this kind over all runs, newest first. */
  public List<Entry> latest(String kind, int limit) {
    return jdbc.query(COLUMNS + "where kind = ? order by id desc fetch first " + limit + " rows only", ENTRY, kind);
  }

  /** The entries of this kind over all runs that came since then, in the order of writing. */
  public List<Entry> since(String kind, Instant then) {
    return jdbc.query(COLUMNS + "where kind = ? and at >= ? order by id", ENTRY, kind, then.atOffset(ZoneOffset.UTC));
  }
}
