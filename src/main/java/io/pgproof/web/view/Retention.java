package io.pgproof.web.view;

import io.pgproof.backup.source.StoredBackup;
import io.pgproof.evidence.runs.RunSummary;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The backups that lie at the path of a target, and what is known of each.
 *
 * @param at when they were looked at; empty if the first look has not ended
 * @param problem why they could not be looked at
 * @param backups the newest first
 */
public record Retention(Optional<Instant> at, Optional<String> problem, List<Covered> backups) {
  public Retention {
    backups = List.copyOf(backups);
  }

  /**
   * A backup that lies there.
   *
   * @param last the run with the last verdict about it; empty if it was never tried
   */
  public record Covered(StoredBackup backup, Optional<RunSummary> last) {}
}
