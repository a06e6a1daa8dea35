package io.pgproof.audit;

import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A database belongs to one state directory alone. The owner of another one, on this machine or
 * elsewhere, would take all runs in it for its own that were cut off.
 */
public final class OneStateDirectory {
  private OneStateDirectory() {}

  /**
   * Takes a database that belongs to none, or makes sure that it belongs to this one.
   *
   * @param identity of the state directory
   * @param place where it is, for people
   * @param former whose database it may take over, by identity; empty for nobody's
   * @throws UsageException {@code bad-option} when it belongs to another
   */
  public static void claim(DataSource database, String identity, String place, String former) {
    JdbcTemplate jdbc = new JdbcTemplate(database);
    if (recognise(jdbc, identity, place, former)) {
      return;
    }
    try {
      jdbc.update(
          "insert into pgproof_state_directory (identity, place) values (?, ?)", identity, place);
    } catch (DuplicateKeyException e) {
      // It belongs to somebody, who may have been faster just now.
      if (!recognise(jdbc, identity, place, former)) {
        throw refusal(
            jdbc.queryForMap("select identity, place from pgproof_state_directory"),
            identity,
            place);
      }
    }
  }

  private static boolean recognise(
      JdbcTemplate jdbc, String identity, String place, String former) {
    return jdbc.update(
            "update pgproof_state_directory set identity = ?, place = ? where identity in (?, ?)",
            identity,
            place,
            identity,
            former)
        > 0;
  }

  private static UsageException refusal(Map<String, Object> owner, String identity, String place) {
    return new UsageException(
        Reason.BAD_OPTION,
        "the engine's database belongs to the state directory "
            + owner.get("place")
            + " (identity "
            + owner.get("identity")
            + "), not to "
            + place
            + " (identity "
            + identity
            + ")",
        "set SPRING_DATASOURCE_URL to a database of this state directory's own; or, when nothing runs on the other one any more and"
            + " this one is to go on with its runs, set PGPROOF_TAKE_DATABASE_FROM="
            + owner.get("identity"));
  }
}
