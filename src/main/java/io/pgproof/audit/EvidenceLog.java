package io.pgproof.audit;

import io.pgproof.proof.RunId;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The insert-only log of everything that happened in the runs, and to the server.
 *
 * <p>{@link #record} joins the transaction of its caller, so an entry is committed if and only if
 * the step that wrote it is committed. A trigger on the table refuses updates and deletions. When
 * the caller's commit returns, the entry survives a power cut.
 */
public final class EvidenceLog {
  /** The actor of entries that no person caused. */
  public static final String PGPROOF = "pgproof";

  private static final Logger LOG = LoggerFactory.getLogger(EvidenceLog.class);

  /** Maximum number of runs in one query; H2 compares each row with each of them. */
  private static final int MOST_RUNS = 50;

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

  private static final RowMapper<ServerEntry> SERVER_ENTRY =
      (row, number) ->
          new ServerEntry(
              row.getLong("id"),
              row.getObject("at", OffsetDateTime.class).toInstant(),
              row.getString("kind"),
              row.getInt("schema_version"),
              row.getString("actor"),
              row.getString("body"));

  private final JdbcTemplate jdbc;
  private final NamedParameterJdbcTemplate named;
  private final Clock clock;

  /** A single instance, so that a transaction with many entries registers it only once. */
  private final TransactionSynchronization settling =
      new TransactionSynchronization() {
        @Override
        public void afterCommit() {
          awaitDurable();
          committed();
        }
      };

  private final TransactionTemplate transactions;
  private final Follower follower;
  private final Object committing = new Object();
  private long commits;

  /** Creates a log that nothing follows. */
  public EvidenceLog(DataSource database, Clock clock) {
    this(database, clock, (run, kind) -> {});
  }

  public EvidenceLog(DataSource database, Clock clock, Follower follower) {
    this.jdbc = new JdbcTemplate(database);
    this.named = new NamedParameterJdbcTemplate(jdbc);
    this.transactions = new TransactionTemplate(new JdbcTransactionManager(database));
    this.clock = clock;
    this.follower = follower;
  }

  /** Keeps something that is derived from the evidence. */
  @FunctionalInterface
  public interface Follower {
    /**
     * Called after each entry of this kind is added, in the same transaction; an exception rolls
     * the entry back.
     */
    void appended(RunId run, String kind);
  }

  /** Adds an entry with the current time to a run. */
  public Instant record(RunId run, String kind, int schema, String actor, Object body) {
    Instant now = now();
    transactions.executeWithoutResult(
        transaction -> {
          insert(run.value(), now, kind, schema, actor, body);
          follower.appended(run, kind);
        });
    return now;
  }

  /** Adds an entry with the current time that belongs to no run. */
  public Instant recordServer(String kind, int schema, String actor, Object body) {
    Instant now = now();
    transactions.executeWithoutResult(transaction -> insert(null, now, kind, schema, actor, body));
    return now;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  /** Inserts in the transaction of the caller. */
  private void insert(
      @Nullable String run, Instant at, String kind, int schema, String actor, Object body) {
    jdbc.update(
        "insert into pgproof_evidence (run, at, kind, schema_version, actor, body) values (?, ?, ?, ?, ?, ?)",
        run,
        at.atOffset(ZoneOffset.UTC),
        kind,
        schema,
        actor,
        EvidenceJson.write(body));
    TransactionSynchronizationManager.registerSynchronization(settling);
  }

  private void committed() {
    synchronized (committing) {
      commits++;
      committing.notifyAll();
    }
  }

  /**
   * Returns how many commits went through this object; commits of other processes are not counted.
   */
  public long commits() {
    synchronized (committing) {
      return commits;
    }
  }

  /**
   * Waits until this object has counted more commits than {@code commits}, or until the limit has
   * passed.
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
   * Returns when everything that is committed is on the disk. Call it before you report a committed
   * entry, because an entry is visible a moment before it is on the disk. Only H2 writes a commit
   * without flushing it. If the flush fails, a warning is logged and the commit stands.
   */
  public void awaitDurable() {
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

  /**
   * Returns the removal of the evidence of a run; empty if the run has evidence or does not exist.
   */
  public Optional<RemovedEvidence> removed(RunId run) {
    return jdbc
        .query(
            "select m.at, m.entry, m.export_sha256 from pgproof_removed_run r"
                + " join pgproof_removal m on m.entry = r.entry where r.run = ?",
            (row, number) ->
                new RemovedEvidence(
                    run,
                    row.getObject("at", OffsetDateTime.class).toInstant(),
                    row.getLong("entry"),
                    row.getString("export_sha256")),
            run.value())
        .stream()
        .findFirst();
  }

  /**
   * Runs whose evidence one export has, and the database has not.
   *
   * @param until when the last of it was removed
   */
  public record RemovedRuns(long runs, Instant until, String exportSha256) {}

  /** Returns the runs that began on these days, in UTC, and whose evidence was removed. */
  public List<RemovedRuns> removed(LocalDate from, LocalDate to) {
    // The id of a run begins with the day.
    return jdbc.query(
        "select count(*) runs, max(m.at) last_at, m.export_sha256 from pgproof_removed_run r"
            + " join pgproof_removal m on m.entry = r.entry where r.run >= ? and r.run < ?"
            + " group by m.export_sha256 order by 2",
        (row, number) ->
            new RemovedRuns(
                row.getLong("runs"),
                row.getObject("last_at", OffsetDateTime.class).toInstant(),
                row.getString("export_sha256")),
        from.format(DateTimeFormatter.BASIC_ISO_DATE),
        to.plusDays(1).format(DateTimeFormatter.BASIC_ISO_DATE));
  }

  /** Returns all entries of a run, in the order of writing. */
  public List<EvidenceEntry> of(RunId run) {
    return jdbc.query(COLUMNS + "where run = ? order by id", ENTRY, run.value());
  }

  /** Returns all entries of this kind in a run, in the order of writing. */
  public List<EvidenceEntry> of(RunId run, String kind) {
    return jdbc.query(COLUMNS + "where run = ? and kind = ? order by id", ENTRY, run.value(), kind);
  }

  /** Returns the last entry of this kind in a run. */
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

  /** Returns the last entry of this kind for each of these runs that has one. */
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

  /**
   * Returns the entries of these kinds in each of these runs; those of one run are in the order of
   * writing.
   */
  public List<EvidenceEntry> of(Collection<RunId> runs, Collection<String> kinds) {
    List<EvidenceEntry> entries = new ArrayList<>();
    List<String> all = runs.stream().map(RunId::value).distinct().toList();
    for (int from = 0; from < all.size(); from += MOST_RUNS) {
      List<String> some = all.subList(from, Math.min(from + MOST_RUNS, all.size()));
      entries.addAll(
          named.query(
              COLUMNS + "where run in (:runs) and kind in (:kinds) order by id",
              Map.of("runs", some, "kinds", kinds),
              ENTRY));
    }
    return entries;
  }

  /** Returns the first entries of this kind over all runs after that entry, in their order. */
  public List<EvidenceEntry> after(long id, String kind, int limit) {
    return jdbc.query(
        COLUMNS + "where kind = ? and id > ? order by kind, id fetch first " + limit + " rows only",
        ENTRY,
        kind,
        id);
  }

  /**
   * Returns the first entries of this kind over all runs that were written after that entry and
   * have this time or a later one, in their order.
   */
  public List<EvidenceEntry> after(long id, String kind, Instant then, int limit) {
    return jdbc.query(
        COLUMNS
            + "where kind = ? and id > ? and at >= ? order by kind, id fetch first "
            + limit
            + " rows only",
        ENTRY,
        kind,
        id,
        then.atOffset(ZoneOffset.UTC));
  }

  /** Returns the first entries of a run after that entry, in their order. */
  public List<EvidenceEntry> after(long id, RunId run, int limit) {
    return jdbc.query(
        COLUMNS + "where run = ? and id > ? order by id fetch first " + limit + " rows only",
        ENTRY,
        run.value(),
        id);
  }

  /**
   * Returns the id of the last entry of this kind that is older than a time; 0 if there is none. An
   * entry from the future, which a wrong clock caused, does not hide the others.
   *
   * @param after id of an entry; only later ones count
   */
  public long lastBefore(Instant time, String kind, long after) {
    return jdbc
        .queryForList(
            "select id from pgproof_evidence where kind = ? and id > ? and at < ?"
                + " order by kind desc, id desc fetch first 1 row only",
            Long.class,
            kind,
            after,
            time.atOffset(ZoneOffset.UTC))
        .stream()
        .findFirst()
        .orElse(0L);
  }

  /** Returns the number of all entries. It reads the whole log. */
  public long size() {
    return jdbc.queryForObject("select count(*) from pgproof_evidence", Long.class);
  }

  /** Returns the latest entries of this kind over all runs, newest first. */
  public List<EvidenceEntry> latest(String kind, int limit) {
    return jdbc.query(
        COLUMNS + "where kind = ? order by kind desc, id desc fetch first " + limit + " rows only",
        ENTRY,
        kind);
  }

  /** Returns the entries of this kind over all runs since that time, in the order of writing. */
  public List<EvidenceEntry> since(String kind, Instant then) {
    return jdbc.query(
        COLUMNS + "where kind = ? and at >= ? order by id",
        ENTRY,
        kind,
        then.atOffset(ZoneOffset.UTC));
  }

  /** Returns the latest entries that belong to no run, newest first. */
  public List<ServerEntry> latestServer(int limit) {
    return jdbc.query(
        COLUMNS + "where run is null order by id desc fetch first " + limit + " rows only",
        SERVER_ENTRY);
  }

  /** Returns the last entry of this kind that belongs to no run. */
  public Optional<ServerEntry> lastServer(String kind) {
    return jdbc
        .query(
            COLUMNS + "where run is null and kind = ? order by id desc fetch first 1 row only",
            SERVER_ENTRY,
            kind)
        .stream()
        .findFirst();
  }

  /**
   * Returns the last entry of this kind that belongs to no run and whose body begins like this. It
   * reads the entries of the kind from the last one on.
   */
  public Optional<ServerEntry> lastServer(String kind, String beginning) {
    return jdbc
        .query(
            COLUMNS
                + "where run is null and kind = ? and left(body, ?) = ?"
                + " order by kind desc, id desc fetch first 1 row only",
            SERVER_ENTRY,
            kind,
            beginning.length(),
            beginning)
        .stream()
        .findFirst();
  }

  /**
   * Returns the entries of this kind after that entry that belong to no run and whose bodies begin
   * like this, in the order of writing.
   */
  public List<ServerEntry> ofServer(String kind, String beginning, long after) {
    return jdbc.query(
        COLUMNS + "where run is null and kind = ? and id > ? and left(body, ?) = ? order by id",
        SERVER_ENTRY,
        kind,
        after,
        beginning.length(),
        beginning);
  }

  /**
   * Returns the entries of this kind that belong to no run and were written from one time on,
   * before another, in the order of writing.
   */
  public List<ServerEntry> ofServer(String kind, Instant from, Instant before) {
    return jdbc.query(
        COLUMNS + "where run is null and kind = ? and at >= ? and at < ? order by id",
        SERVER_ENTRY,
        kind,
        from.atOffset(ZoneOffset.UTC),
        before.atOffset(ZoneOffset.UTC));
  }

  /** Returns all entries of this kind that belong to no run, in the order of writing. */
  public List<ServerEntry> ofServer(String kind) {
    return jdbc.query(COLUMNS + "where run is null and kind = ? order by id", SERVER_ENTRY, kind);
  }
}
