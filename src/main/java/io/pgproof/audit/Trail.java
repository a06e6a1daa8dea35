package io.pgproof.audit;

import io.pgproof.proof.RunId;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/**
 * The insert-only trail.
 *
 * <p>{@link #record} joins the transaction of its caller, so an entry stands if and only if the step that wrote it stands.
 * The table refuses updates and deletions by a trigger.
 */
public final class Trail {
  /** Who acts where no person does. */
  public static final String PGPROOF = "pgproof";

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

  public Trail(DataSource database, Clock clock) {
    this.jdbc = new JdbcTemplate(database);
    this.clock = clock;
  }

  /** Adds an entry, its time being now. */
  public Instant record(RunId run, String kind, String actor, Object body) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    jdbc.update("insert into pgproof_evidence (run, at, kind, actor, body) values (?, ?, ?, ?, ?)",
        run.value(), now.atOffset(ZoneOffset.UTC), kind, actor, EvidenceJson.write(body));
    return now;
  }

  /** All entries of a run, in the order of writing. */
  public List<Entry> of(RunId run) {
    return jdbc.query(COLUMNS + "where run = ? order by id", ENTRY, run.value());
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

  /**
   * The latest entries of this kind over all runs whose bodies have these members, newest first.
   *
   * @param members as JSON writes them, such as {@code "target":"shop"}; a text that merely speaks of one has its quotes escaped
   */
  public List<Entry> latest(String kind, int limit, List<String> members) {
    return jdbc.query(COLUMNS + "where kind = ?" + having(members) + " order by id desc fetch first " + limit + " rows only",
        ENTRY, parameters(members, kind));
  }

  /** How many entries of this kind came since then whose bodies have these members. */
  public long count(String kind, Instant since, List<String> members) {
    return jdbc.queryForObject("select count(*) from pgproof_evidence where kind = ? and at >= ?" + having(members),
        Long.class, parameters(members, kind, since.atOffset(ZoneOffset.UTC)));
  }

  /** When the entries of this kind came, since then, whose bodies have these members; the oldest first. */
  public List<Instant> times(String kind, Instant since, List<String> members) {
    return jdbc.query("select at from pgproof_evidence where kind = ? and at >= ?" + having(members) + " order by id",
        (row, number) -> row.getObject("at", OffsetDateTime.class).toInstant(),
        parameters(members, kind, since.atOffset(ZoneOffset.UTC)));
  }

  private static String having(List<String> members) {
    return " and body like ?".repeat(members.size());
  }

  private static Object[] parameters(List<String> members, Object... first) {
    return Stream.concat(Stream.of(first), members.stream().map(member -> "%" + member + "%")).toArray();
  }
}
