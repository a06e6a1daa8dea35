package io.pgproof.postgres.recovery;

import io.pgproof.backup.format.Lsn;
import io.pgproof.proof.FindingException;
import java.time.Instant;
import java.util.Optional;

/** A recovery that ended in a finding, and how far it had come. */
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
   * @param timeline the backup's own
   * @param consistent whether the consistent recovery state was reached
   * @param endLsn the last position that the server told; empty where it told none
   * @param lastCommit time of the last replayed commit; empty where it is not known
   */
  public record Far(
      int timeline, boolean consistent, Optional<Lsn> endLsn, Optional<Instant> lastCommit) {}
}
