package io.pgproof.postgres.recovery;

import io.pgproof.backup.format.Lsn;
import io.pgproof.proof.FindingException;
import java.time.Instant;
import java.util.Optional;

/** A recovery that ended in a finding, with the progress until then. */
public final class RecoveryFailedException extends FindingException {
  private static final long serialVersionUID = 1L;

  private final transient Far far;

  RecoveryFailedException(FindingException failure, Far far) {
    super(failure.finding(), failure);
    this.far = far;
  }

  public Far far() {
    return far;
  }

  /**
   * @param timeline the backup's own timeline
   * @param consistent whether recovery reached the consistent state
   * @param endLsn the last position that the server reported; empty if it reported none
   * @param lastCommit time of the last replayed commit; empty if unknown
   */
  public record Far(
      int timeline, boolean consistent, Optional<Lsn> endLsn, Optional<Instant> lastCommit) {}
}
