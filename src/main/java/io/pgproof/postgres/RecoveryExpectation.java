package io.pgproof.postgres;

import io.pgproof.backup.BackupIdentity.Label;
import io.pgproof.backup.ControlFile;
import io.pgproof.backup.Lsn;
import io.pgproof.backup.Restored;
import java.util.Optional;

/**
 * What a recovery must reach.
 *
 * @param label what {@code backup_label} says
 * @param control {@code pg_control} as the backup brought it, read before the first start
 * @param endLsn end of the WAL that the backup needs, from its manifest
 * @param lastWalSegment the last segment that the backup itself brought
 */
public record RecoveryExpectation(
    Label label, ControlFile control, Optional<Lsn> endLsn, Optional<String> lastWalSegment) {

  public static RecoveryExpectation of(Restored restored) {
    return new RecoveryExpectation(
        restored.identity().label(), restored.control(), restored.endLsn(), restored.lastWalSegment());
  }

  /** The backup's own timeline. */
  int timeline() {
    return label.timeline().orElse(control.timeline());
  }

  /** The file name of the WAL segment that holds this position. */
  String segment(Lsn lsn) {
    long size = Math.max(control.walSegmentSize(), 1);
    long perFile = (1L << 32) / size;
    long number = Long.divideUnsigned(lsn.position(), size);
    return String.format("%08X%08X%08X", timeline(), number / perFile, number % perFile);
  }

  /** Whether the backup brought a segment of its timeline that begins after {@code end}. */
  boolean bringsWalAfter(Lsn end) {
    Lsn lastByte = new Lsn(Math.max(end.position() - 1, 0));
    return lastWalSegment
        .filter(last -> last.length() == 24 && last.substring(0, 8).equals(segment(lastByte).substring(0, 8)))
        .filter(last -> last.compareTo(segment(lastByte)) > 0)
        .isPresent();
  }
}
