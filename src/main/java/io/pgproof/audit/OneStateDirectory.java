package io.pgproof.audit;

import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes sure that a database belongs to only one state directory. The daemon of another state
 * directory, on this machine or elsewhere, would treat all runs in it as its own interrupted runs.
 */
public final class OneStateDirectory {
  private OneStateDirectory() {}

  /**
   * Claims a database that belongs to no state directory, or checks that it belongs to this one.
   *
   * @param identity identity of the state directory
   * @param place path of the state directory, to show to people
   * @param former identity of the state directory whose database may be taken over; empty for none
   * @throws UsageException {@code bad-option} when the database belongs to another state directory
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
      // The database has an owner, perhaps one that claimed it just now.
      if (!recognise(jdbc, identity, place, former)) {
        throw refusal(
            jdbc.queryForMap("select identity, place from pgproof_state_directory"),
            identity,
            place);
      }
    }
  }

  /**
   * Returns whether the database still belongs to the state directory; changes nothing.
   *
   * @throws org.springframework.dao.DataAccessException when the database does not answer or cannot
   *     be written
   */
  public static boolean isOwner(DataSource database, String identity) {
    JdbcTemplate jdbc = new JdbcTemplate(database);
    return Boolean.TRUE.equals(
        new TransactionTemplate(new JdbcTransactionManager(database))
            .execute(
                transaction -> {
                  transaction.setRollbackOnly();
                  // A server that is only a standby refuses to lock a row.
                  return !jdbc.queryForList(
                          "select identity from pgproof_state_directory where identity = ? for update",
                          identity)
                      .isEmpty();
                }));
  }

  /**
   * Lets one transaction at a time go on, of all processes that use the database, until the
   * caller's transaction ends: for what looks first and then acts.
   *
   * @throws org.springframework.dao.DataAccessException when the database belongs to nobody yet, or
   *     another transaction holds it for too long
   */
  public static void lock(DataSource database) {
    new JdbcTemplate(database)
        .queryForObject("select identity from pgproof_state_directory for update", String.class);
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
        "set SPRING_DATASOURCE_URL to a database that only this state directory uses; or, if nothing runs on the other one any more and"
            + " this one is to continue its runs, set PGPROOF_TAKE_DATABASE_FROM="
            + owner.get("identity"));
  }
}
