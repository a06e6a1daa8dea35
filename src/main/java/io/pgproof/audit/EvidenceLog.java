package io.pgproof.audit;

import io.pgproof.proof.RunId;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The insert-only trail.
 *
 * <p>{@link #record} joins the transaction of its caller, so an entry stands if and only if the
 * step that wrote it stands. The table refuses updates and deletions by a trigger. When the
 * caller's commit returns, the entry outlives a power cut.
 */
public final class EvidenceLog {
  /** Who acts where no person does. */
  public static final String PGPROOF = "pgproof";

  private static final Logger LOG = LoggerFactory.getLogger(EvidenceLog.class);

  /** In one query. */
  private static final int MOST_RUNS = 1000;

  private static final String COLUMNS =
      "select id, run, at, kind, schema_version, actor, body from pgproof_evidence ";
  private static final RowMapper<EvidenceEntry> ENTRY =
      (row, number) ->
          new EvidenceEntry(
              row.getLong("id"),
              new RunId(row.getString("run")),
              row.getObject("at", OffsetDateTime.class).toInstant(),
              row.getString("kind"),
              row.getInt("schema_version"),
              row.getString("actor"),
              row.getString("body"));

  private final JdbcTemplate jdbc;
  private final NamedParameterJdbcTemplate named;
  private final Clock clock;

  /** One, so that a transaction with many entries has it once. */
  private final TransactionSynchronization settling =
      new TransactionSynchronization() {
        @Override
        public void afterCommit() {
          settle();
          committed();
        }
      };

  private final Object committing = new Object();
  private long commits;

  public EvidenceLog(DataSource database, Clock clock) {
    this.jdbc = new JdbcTemplate(database);
    this.named = new NamedParameterJdbcTemplate(jdbc);
    this.clock = clock;
  }

  /** Adds an entry, its time being now. */
  public Instant record(RunId run, String kind, int schema, String actor, Object body) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    jdbc.update(
        "insert into pgproof_evidence (run, at, kind, schema_version, actor, body) values (?, ?, ?, ?, ?, ?)",
        run.value(),
        now.atOffset(ZoneOffset.UTC),
        kind,
        schema,
        actor,
        EvidenceJson.write(body));
    if (TransactionSynchronizationManager.isSynchronizationActive()) {
      TransactionSynchronizationManager.registerSynchronization(settling);
    } else {
      settle();
      committed();
    }
    return now;
  }

  private void committed() {
    synchronized (committing) {
      commits++;
      committing.notifyAll();
    }
  }

  /**
   * How often something was committed through this trail; what another process commits is not
   * counted.
   */
  public long commits() {
    synchronized (committing) {
      return commits;
    }
  }

  /**
   * Returns when more was committed through this trail than that, and at the limit at the latest.
   */
  public void awaitCommit(long commits, Duration limit) throws InterruptedException {
    long until = System.nanoTime() + limit.toNanos();
    synchronized (committing) {
      for (long left = limit.toMillis();
          this.commits <= commits && left > 0;
          left = (until - System.nanoTime()) / 1_000_000) {
        committing.wait(left);
      }
    }
  }

  /**
   * Returns when all that is committed is on the disk; for whoever tells somebody of it, since an
   * entry can be seen a moment before. H2 alone writes a commit without flushing it. A disk that
   * refuses costs a line in the log: what is committed stands.
   */
  public void settle() {
    try {
      jdbc.execute(
          (ConnectionCallback<Void>)
              connection -> {
                if (connection.getMetaData().getDatabaseProductName().equals("H2")) {
                  try (Statement statement = connection.createStatement()) {
                    statement.execute("checkpoint sync");
                  }
                }
                return null;
              });
    } catch (DataAccessException e) {
      LOG.warn("the latest evidence may not be on disk yet: {}", e.toString());
    }
  }

  /** All entries of a run, in the order of writing. */
  public List<EvidenceEntry> of(RunId run) {
    return jdbc.query(COLUMNS + "where run = ? order by id", ENTRY, run.value());
  }

  /** All entries of this kind in a run, in the order of writing. */
  public List<EvidenceEntry> of(RunId run, String kind) {
    return jdbc.query(COLUMNS + "where run = ? and kind = ? order by id", ENTRY, run.value(), kind);
  }

  /** The last entry of this kind in a run. */
  public Optional<EvidenceEntry> last(RunId run, String kind) {
    return jdbc
        .query(
            COLUMNS + "where run = ? and kind = ? order by id desc fetch first 1 row only",
            ENTRY,
            run.value(),
            kind)
        .stream()
        .findFirst();
  }

  /** The last entry of this kind in each of these runs that has one. */
  public Map<RunId, EvidenceEntry> last(Collection<RunId> runs, String kind) {
    Map<RunId, EvidenceEntry> last = new HashMap<>();
    List<String> all = runs.stream().map(RunId::value).distinct().toList();
    for (int from = 0; from < all.size(); from += MOST_RUNS) {
      List<String> some = all.subList(from, Math.min(from + MOST_RUNS, all.size()));
      named
          .query(
              COLUMNS + "where kind = :kind and run in (:runs) order by id",
              Map.of("kind", kind, "runs", some),
              ENTRY)
          .forEach(entry -> last.put(entry.run(), entry));
    }
    return last;
  }

  /** The latest entries of this kind over all runs, newest first. */
  public List<EvidenceEntry> latest(String kind, int limit) {
    return jdbc.query(
        COLUMNS + "where kind = ? order by id desc fetch first " + limit + " rows only",
        ENTRY,
        kind);
  }

  /** The entries of this kind over all runs that came since then, in the order of writing. */
  public List<EvidenceEntry> since(String kind, Instant then) {
    return jdbc.query(
        COLUMNS + "where kind = ? and at >= ? order by id",
        ENTRY,
        kind,
        then.atOffset(ZoneOffset.UTC));
  }
}
