package io.pgproof.postgres.check;

import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.postgres.server.ServerText;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds where the image may sort text differently from the source.
 *
 * <p>An order is trusted only if the version of its collation was recorded and matches the image,
 * or if it needs no version: {@code C}, {@code POSIX} and PostgreSQL's built-in collations compare
 * bytes or code points. PostgreSQL records the version of a database's own collation from 15 on,
 * the others from 13 on, and for ICU from 10 on (source: the release notes, and {@code
 * get_collation_actual_version} in {@code src/backend}).
 */
final class Collations {
  /** Types whose order does not depend on a collation. Any other type can contain text. */
  private static final String PLAIN =
      """
      (t.typtype = 'e' or t.typnamespace = 11 and (t.typcategory in ('B', 'D', 'G', 'I', 'N', 'T', 'V') or t.typname in (
        'bytea', 'char', 'name', 'uuid', 'tid', 'xid', 'xid8', 'cid', 'pg_lsn', 'macaddr', 'macaddr8', 'oidvector',
        'int2vector', 'tsvector', 'tsquery', 'int4range', 'int8range', 'numrange', 'daterange', 'tsrange', 'tstzrange',
        'int4multirange', 'int8multirange', 'nummultirange', 'datemultirange', 'tsmultirange', 'tstzmultirange')))
      """;

  private static final String USED =
      """
      with keys as (
        select a.attcollation as coll, a.atttypid as type
        from pg_catalog.pg_attribute a join pg_catalog.pg_index i on i.indexrelid = a.attrelid
        where a.attrelid = '%1$d'::oid and a.attnum between 1 and i.%2$s),
      used as (
        select coll from keys where coll <> 0
        union
        select r.rngcollation from keys join pg_catalog.pg_range r on r.rngtypid = type where r.rngcollation <> 0
        union
        select a.attcollation
        from keys join pg_catalog.pg_type t on t.oid = type join pg_catalog.pg_attribute a on a.attrelid = t.typrelid
        where t.typrelid <> 0 and a.attcollation <> 0
        union
        select 100::oid
        from keys join pg_catalog.pg_type t on t.oid = type left join pg_catalog.pg_type e on e.oid = t.typelem
        where coll = 0 and not %3$s and not (t.typcategory = 'A' and %4$s)
        union
        select 100::oid where %5$b)
      select u.coll = 100, coalesce(c.collname, u.coll::text), c.collprovider::text, c.collcollate, c.collversion,
        case when u.coll <> 100 then pg_catalog.pg_collation_actual_version(u.coll) end
      from used u left join pg_catalog.pg_collation c on c.oid = u.coll
      order by 2
      """;

  private static final String DIFFERENT =
      """
      select n.nspname || '.' || c.collname, c.collversion, pg_catalog.pg_collation_actual_version(c.oid)
      from pg_catalog.pg_collation c join pg_catalog.pg_namespace n on n.oid = c.collnamespace
      where c.oid <> 100 and c.collversion <> pg_catalog.pg_collation_actual_version(c.oid) and c.oid in (
        select a.attcollation
        from pg_catalog.pg_attribute a join pg_catalog.pg_index i on i.indexrelid = a.attrelid)
      order by 1
      """;

  private static final String DATABASE =
      """
      select 'of the database', datcollversion, pg_catalog.pg_database_collation_actual_version(oid), datcollate,
        datlocprovider::text
      from pg_catalog.pg_database where datname = pg_catalog.current_database()
      """;

  private static final String DATABASE_UNRECORDED =
      """
      select 'of the database', null::text, null::text, datcollate, 'c'
      from pg_catalog.pg_database where datname = pg_catalog.current_database()
      """;

  private static final String OF_TABLES =
      """
      select n.nspname || '.' || c.collname, c.collversion, pg_catalog.pg_collation_actual_version(c.oid), c.collcollate,
        c.collprovider::text
      from pg_catalog.pg_collation c join pg_catalog.pg_namespace n on n.oid = c.collnamespace
      where c.oid <> 100 and c.oid in (
        select a.attcollation
        from pg_catalog.pg_attribute a join pg_catalog.pg_class r on r.oid = a.attrelid
        where r.oid >= 16384 and a.attnum > 0 and not a.attisdropped)
      order by 1
      """;

  /**
   * PostgreSQL also records no version for {@code C.UTF-8} and similar locales, because they
   * compare code points.
   */
  private static final Pattern CODE_POINTS = Pattern.compile("C|POSIX|C\\..*");

  private Collations() {}

  /**
   * How the comparison of text in a database may differ from the source.
   *
   * @param told each collation with the known facts about its versions; empty if none may differ
   * @param deterministic whether two texts are equal only if their bytes are equal
   */
  record Doubts(List<String> told, boolean deterministic) {}

  /** Returns the collations of the current database, its tables and its indexes that may differ. */
  static Doubts ofDatabase(Statement statement, PostgresVersion version) throws SQLException {
    List<String> doubts = new ArrayList<>();
    for (String sql : List.of(database(version), OF_TABLES)) {
      try (ResultSet rows = statement.executeQuery(sql)) {
        while (rows.next()) {
          boolean codePoints =
              "b".equals(rows.getString(5))
                  || ("c".equals(rows.getString(5))
                      && CODE_POINTS.matcher(String.valueOf(rows.getString(4))).matches());
          if (!codePoints) {
            String name =
                sql.equals(OF_TABLES)
                    ? rows.getString(1)
                    : rows.getString(1) + " (" + rows.getString(4) + ")";
            doubt(name, rows.getString(2), rows.getString(3)).ifPresent(doubts::add);
          }
        }
      }
    }
    boolean deterministic = true;
    if (version.hasNondeterministicCollations()) {
      try (ResultSet row =
          statement.executeQuery(
              "select not exists (select from pg_catalog.pg_collation where not collisdeterministic)")) {
        deterministic = row.next() && row.getBoolean(1);
      }
    }
    return new Doubts(doubts, deterministic);
  }

  /**
   * Returns why the order of an index cannot be judged on this image; empty if it can.
   *
   * @param computed whether to include expressions, whose own collations are not recorded
   */
  static Optional<String> doubt(
      Statement statement, long index, boolean computed, PostgresVersion version)
      throws SQLException {
    List<String> doubts = new ArrayList<>();
    boolean databases = false;
    String sql =
        USED.formatted(
            index,
            version.hasIncludedColumns() ? "indnkeyatts" : "indnatts",
            PLAIN,
            PLAIN.replace("t.typ", "e.typ"),
            computed);
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        if (rows.getBoolean(1)) {
          databases = true;
        } else if (!needsNoVersion(rows.getString(3), rows.getString(4))) {
          doubt(rows.getString(2), rows.getString(5), rows.getString(6)).ifPresent(doubts::add);
        }
      }
    }
    if (databases) {
      try (ResultSet row = statement.executeQuery(database(version))) {
        if (row.next() && !needsNoVersion(row.getString(5), row.getString(4))) {
          doubt(
                  row.getString(1) + " (" + row.getString(4) + ")",
                  row.getString(2),
                  row.getString(3))
              .ifPresent(doubts::add);
        }
      }
    }
    return doubts.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", doubts));
  }

  /**
   * Returns the collations that indexes of the current database use and whose versions differ, with
   * both versions.
   */
  static List<String> differing(Statement statement, PostgresVersion version) throws SQLException {
    List<String> all = new ArrayList<>();
    for (String sql : List.of(database(version), DIFFERENT)) {
      try (ResultSet rows = statement.executeQuery(sql)) {
        while (rows.next()) {
          if (rows.getString(2) != null && rows.getString(3) != null) {
            doubt(rows.getString(1), rows.getString(2), rows.getString(3)).ifPresent(all::add);
          }
        }
      }
    }
    return all;
  }

  private static String database(PostgresVersion version) {
    return version.recordsDatabaseCollation() ? DATABASE : DATABASE_UNRECORDED;
  }

  private static boolean needsNoVersion(String provider, String locale) {
    return "b".equals(provider)
        || ("c".equals(provider) && ("C".equals(locale) || "POSIX".equals(locale)));
  }

  private static Optional<String> doubt(String name, String recorded, String actual) {
    String collation = "the collation " + ServerText.clean(name);
    if (recorded == null || actual == null) {
      return Optional.of(collation + " has no recorded version");
    }
    return recorded.equals(actual)
        ? Optional.empty()
        : Optional.of(
            collation
                + " has the version "
                + ServerText.clean(recorded)
                + " in the backup and "
                + ServerText.clean(actual)
                + " in the image");
  }
}
