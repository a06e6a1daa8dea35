package io.pgproof.evidence.log;

import io.pgproof.evidence.ServerEvent;
import io.pgproof.tlog.LogDamagedException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;

/** The tables of the log. Each method works in the transaction of its caller. */
final class LogTable {
  private static final String ENTRY =
      "e.id, e.run, e.at, e.kind, e.schema_version, e.actor, e.body";

  private final JdbcTemplate jdbc;

  LogTable(DataSource database) {
    this.jdbc = new JdbcTemplate(database);
  }

  /**
   * A checkpoint as it is stored.
   *
   * @param size number of positions that it is over
   */
  record StoredCheckpoint(long size, Instant at, String note) {}

  /**
   * A position of the log.
   *
   * @param entry null if the database has lost it
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares two leaves.
  record Leaf(@Nullable Long entry, byte[] hash) {}

  /**
   * Waits until no other process adds to the log, and keeps others out until the transaction ends.
   *
   * @return the id up to which all entries are settled
   */
  long lock() {
    return Objects.requireNonNull(
        jdbc.queryForObject("select settled from pgproof_log_head for update", Long.class));
  }

  /** Returns the number of positions. */
  long size() {
    return jdbc
            .queryForList(
                "select position from pgproof_log order by position desc fetch first 1 row only",
                Long.class)
            .stream()
            .findFirst()
            .orElse(-1L)
        + 1;
  }

  /**
   * Returns the first entries after an id that the log does not have, in the order of their ids.
   */
  List<StoredEntry> missing(long after, int limit) {
    return jdbc.query(
        "select "
            + ENTRY
            + " from pgproof_evidence e where e.id > ? and not exists (select 1 from pgproof_log l where l.entry = e.id)"
            + " order by e.id fetch first "
            + limit
            + " rows only",
        (row, number) -> entry(row),
        after);
  }

  /** Returns how many entries the log does not have. It reads the whole log. */
  long countMissing() {
    return Objects.requireNonNull(
        jdbc.queryForObject(
            "select count(*) from pgproof_evidence e where not exists (select 1 from pgproof_log l where l.entry = e.id)",
            Long.class));
  }

  /**
   * An entry that the log has.
   *
   * @param lineVersion version of the line from which its leaf was computed
   */
  record Logged(long position, int lineVersion, StoredEntry entry) {}

  /** Returns the entries of a run that the log has, in the order of the log. */
  List<Logged> loggedOf(String run) {
    return logged("e.run = ?", run);
  }

  /** Returns the entries of a kind that belong to no run and that the log has, in its order. */
  List<Logged> loggedOfServer(String kind) {
    return logged("e.run is null and e.kind = ?", kind);
  }

  /**
   * Returns all removals that the log has.
   *
   * @param unreadable gets what is wrong with an entry that is none
   */
  List<Removal> removals(Consumer<String> unreadable) {
    List<Removal> removals = new ArrayList<>();
    for (Logged logged : loggedOfServer(Removal.KIND)) {
      try {
        removals.add(
            Removal.read(
                logged.entry().id(),
                logged.position(),
                logged.entry().at(),
                logged.entry().actor(),
                logged.entry().body()));
      } catch (LogDamagedException e) {
        unreadable.accept(String.valueOf(e.getMessage()));
      }
    }
    return removals;
  }

  /** Returns all exports that the log names. */
  List<Removal.Export> exports() {
    return loggedOfServer(Removal.EXPORT_KIND).stream()
        .flatMap(logged -> Removal.Export.read(logged.position(), logged.entry().body()).stream())
        .toList();
  }

  /** Returns the ids of the entries of those removals that are finished. */
  Set<Long> finishedRemovals() {
    return new HashSet<>(jdbc.queryForList("select entry from pgproof_removal", Long.class));
  }

  /** Returns whether a removal was recorded that the log does not have. */
  boolean hasWaitingRemoval() {
    return !jdbc.queryForList(
            "select 1 from pgproof_evidence e where e.run is null and e.kind = ?"
                + " and not exists (select 1 from pgproof_log l where l.entry = e.id) fetch first 1 row only",
            Integer.class,
            Removal.KIND)
        .isEmpty();
  }

  /**
   * Removes entries that a removal names.
   *
   * @param positions of those that are still there
   * @param runs the runs that have no evidence any more, with the due times that it said were
   *     missed
   * @return how many entries there were
   */
  long remove(Removal removal, Instant at, Positions positions, Map<String, Integer> runs) {
    jdbc.update(
        "insert into pgproof_removal (entry, at, export_sha256) values (?, ?, ?)",
        removal.entry(),
        at.atOffset(ZoneOffset.UTC),
        removal.event().exportSha256());
    List<Positions.Range> ranges = positions.ranges();
    jdbc.batchUpdate(
        "insert into pgproof_removed (first_position, last_position, entry) values (?, ?, ?)",
        ranges.stream()
            .map(range -> new Object[] {range.first(), range.last(), removal.entry()})
            .toList());
    jdbc.batchUpdate(
        "insert into pgproof_removed_run (run, entry, missed) values (?, ?, ?)",
        runs.entrySet().stream()
            .map(run -> new Object[] {run.getKey(), removal.entry(), run.getValue()})
            .toList());
    if (!isH2()) {
      return Objects.requireNonNull(
          jdbc.queryForObject("select pgproof_remove_evidence(?)", Long.class, removal.entry()));
    }
    long removed = 0;
    for (Positions.Range range : ranges) {
      removed +=
          jdbc.update(
              "delete from pgproof_evidence where id in (select entry from pgproof_log where position between ? and ?)",
              range.first(),
              range.last());
    }
    return removed;
  }

  private boolean isH2() {
    return Boolean.TRUE.equals(
        jdbc.execute(
            (ConnectionCallback<Boolean>)
                connection -> connection.getMetaData().getDatabaseProductName().equals("H2")));
  }

  /** Returns an entry if the log has it. */
  List<Logged> logged(long entry) {
    return logged("e.id = ?", entry);
  }

  private List<Logged> logged(String which, Object value) {
    return jdbc.query(
        "select l.position, l.line_version, "
            + ENTRY
            + " from pgproof_evidence e join pgproof_log l on l.entry = e.id where "
            + which
            + " order by l.position",
        (row, number) ->
            new Logged(row.getLong("position"), row.getInt("line_version"), entry(row)),
        value);
  }

  /** An entry about an anchor. */
  record Anchored(long position, Instant at, String body) {}

  /** Returns the first entries about anchors from a position on, below another. */
  List<Anchored> anchors(long from, long below, int limit) {
    return jdbc.query(
        "select l.position, e.at, e.body from pgproof_evidence e join pgproof_log l on l.entry = e.id"
            + " where e.run is null and e.kind = ? and l.position >= ? and l.position < ?"
            + " order by l.position fetch first "
            + limit
            + " rows only",
        (row, number) ->
            new Anchored(
                row.getLong("position"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("body")),
        ServerEvent.kind(ServerEvent.LogAnchored.class),
        from,
        below);
  }

  /** Returns the hashes of the first positions from one on. */
  List<byte[]> leaves(long from, int limit) {
    return jdbc.query(
        "select leaf from pgproof_log where position >= ? order by position fetch first "
            + limit
            + " rows only",
        (row, number) -> row.getBytes(1),
        from);
  }

  /**
   * A position with what the database has of it.
   *
   * @param entry null if the database has lost it
   * @param stored null if there is no such entry
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares two rows.
  record Row(
      long position, @Nullable Long entry, int version, byte[] leaf, @Nullable StoredEntry stored) {
    /** Returns the hash of the entry; null if there is none, or its version does not exist. */
    byte @Nullable [] computed() {
      return stored == null || version != StoredEntry.LINE_VERSION ? null : stored.leaf(version);
    }
  }

  /** Returns the first positions from one on, below another. */
  List<Row> rows(long from, long below, int limit) {
    return jdbc.query(
        "select l.position, l.entry, l.line_version, l.leaf, "
            + ENTRY
            + " from pgproof_log l left join pgproof_evidence e on e.id = l.entry where l.position >= ? and l.position < ?"
            + " order by l.position fetch first "
            + limit
            + " rows only",
        (row, number) -> {
          long entry = row.getLong("entry");
          boolean lost = row.wasNull();
          row.getLong("id");
          boolean gone = row.wasNull();
          return new Row(
              row.getLong("position"),
              lost ? null : entry,
              row.getInt("line_version"),
              row.getBytes("leaf"),
              gone ? null : entry(row));
        },
        from,
        below);
  }

  /** Returns the first checkpoints over more positions than a number. */
  List<StoredCheckpoint> checkpoints(long over, int limit) {
    return jdbc.query(
        "select last_position, at, note from pgproof_log_checkpoint where last_position >= ? order by last_position fetch first "
            + limit
            + " rows only",
        (row, number) -> checkpoint(row),
        over);
  }

  /** Adds positions. */
  void add(long first, List<Leaf> leaves) {
    List<Object[]> rows = new ArrayList<>();
    for (Leaf leaf : leaves) {
      rows.add(
          new Object[] {
            first + rows.size(), leaf.entry(), StoredEntry.LINE_VERSION, leaf.hash(),
          });
    }
    jdbc.batchUpdate(
        "insert into pgproof_log (position, entry, line_version, leaf) values (?, ?, ?, ?)", rows);
  }

  Optional<StoredCheckpoint> lastCheckpoint() {
    return jdbc
        .query(
            "select last_position, at, note from pgproof_log_checkpoint order by last_position desc fetch first 1 row only",
            (row, number) -> checkpoint(row))
        .stream()
        .findFirst();
  }

  boolean hasSeveralCheckpoints() {
    return jdbc.queryForList(
                "select last_position from pgproof_log_checkpoint order by last_position fetch first 2 rows only",
                Long.class)
            .size()
        > 1;
  }

  void add(StoredCheckpoint checkpoint) {
    jdbc.update(
        "insert into pgproof_log_checkpoint (last_position, at, note) values (?, ?, ?)",
        checkpoint.size() - 1,
        checkpoint.at().atOffset(ZoneOffset.UTC),
        checkpoint.note());
    jdbc.update("update pgproof_log_head set last_position = ?", checkpoint.size() - 1);
  }

  /**
   * Settles all entries up to the last one from before a time: no transaction that is under way can
   * still commit one of them, unless it is slower than that. What a slower one commits is found
   * when all entries are looked at.
   *
   * @param before the id up to which all entries are settled
   */
  void settle(long before, Instant since) {
    Long settled =
        jdbc.queryForObject(
            "select max(id) from pgproof_evidence where id > ? and at < ?",
            Long.class,
            before,
            since.atOffset(ZoneOffset.UTC));
    if (settled != null) {
      jdbc.update("update pgproof_log_head set settled = ?", settled);
    }
  }

  private static StoredEntry entry(ResultSet row) throws SQLException {
    return new StoredEntry(
        row.getLong("id"),
        row.getString("run"),
        row.getObject("at", OffsetDateTime.class).toInstant(),
        row.getString("kind"),
        row.getInt("schema_version"),
        row.getString("actor"),
        row.getString("body"));
  }

  private static StoredCheckpoint checkpoint(ResultSet row) throws SQLException {
    return new StoredCheckpoint(
        row.getLong("last_position") + 1,
        row.getObject("at", OffsetDateTime.class).toInstant(),
        row.getString("note"));
  }
}
