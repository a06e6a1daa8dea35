package io.pgproof.backup.format;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file that holds pages, judged by its name alone (source: the manual's "Database File Layout",
 * {@code pg_checksums.c}).
 *
 * <p>{@code pg_control}, {@code PG_VERSION}, {@code pg_filenode.map}, {@code pg_internal.init} and
 * temporary files hold no pages, and no backup contains temporary relations; none of them has a
 * plain number as its name.
 *
 * @param name below the data directory
 * @param tablespace its OID
 * @param database its OID; 0 for a relation that all databases share
 * @param number result of {@code pg_relation_filenode} for the relation
 * @param map whether it is a free space map or a visibility map
 * @param segment counted from 0
 */
public record RelationFile(
    String name, long tablespace, long database, long number, boolean map, int segment)
    implements Comparable<RelationFile> {
  private static final int DEFAULT = 1663;
  private static final int GLOBAL = 1664;
  private static final String OID = "([0-9]{1,10})";
  private static final Pattern NAME =
      Pattern.compile(
          "(?:global|base/"
              + OID
              + "|pg_tblspc/"
              + OID
              + "/PG_[^/]+/"
              + OID
              + ")/"
              + OID
              + "(_fsm|_vm|_init)?(?:\\.([1-9][0-9]{0,8}))?");

  /** Returns empty for a file without pages. */
  public static Optional<RelationFile> of(String name) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      return Optional.empty();
    }
    long tablespace = parseNumber(parts.group(2), parts.group(1) == null ? GLOBAL : DEFAULT);
    long database = parseNumber(parts.group(1), parseNumber(parts.group(3), 0));
    boolean map = "_fsm".equals(parts.group(5)) || "_vm".equals(parts.group(5));
    return Optional.of(
        new RelationFile(
            name,
            tablespace,
            database,
            parseNumber(parts.group(4), 0),
            map,
            (int) parseNumber(parts.group(6), 0)));
  }

  @Override
  public int compareTo(RelationFile other) {
    return name.compareTo(other.name);
  }

  private static long parseNumber(String digits, long otherwise) {
    return digits == null ? otherwise : Long.parseLong(digits);
  }
}
