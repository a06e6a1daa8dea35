package io.pgproof.evidence;

import io.pgproof.proof.Digests;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Records which run holds the open task about a backup; two runs that end at the same time cannot
 * both hold it.
 */
public final class OpenTasks {
  private final JdbcTemplate jdbc;

  public OpenTasks(DataSource database) {
    this.jdbc = new JdbcTemplate(database);
  }

  /**
   * Returns the run that holds the open task and locks it until the end of the caller's
   * transaction, so that nobody decides while a run joins.
   */
  public Optional<RunId> holder(String backupKey) {
    return jdbc
        .queryForList(
            "select run from pgproof_open_task where backup_key = ? for update",
            String.class,
            backupKey)
        .stream()
        .findFirst()
        .map(RunId::new);
  }

  /**
   * Makes this run the holder of the open task.
   *
   * @throws org.springframework.dao.DuplicateKeyException when another run was faster; repeat the
   *     step
   */
  public void claim(String backupKey, RunId run) {
    jdbc.update(
        "insert into pgproof_open_task (backup_key, run) values (?, ?)", backupKey, run.value());
  }

  public void release(String backupKey, RunId run) {
    jdbc.update(
        "delete from pgproof_open_task where backup_key = ? and run = ?", backupKey, run.value());
  }

  /**
   * Returns the key of the backup that a request is about, so that runs of one backup find each
   * other.
   */
  public static String backupKey(VerificationRequest request) {
    String names =
        request.target().map(target -> "target " + target).orElse("path " + request.path());
    return Digests.sha256(names);
  }
}
