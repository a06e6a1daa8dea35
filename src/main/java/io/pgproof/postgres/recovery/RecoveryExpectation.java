package io.pgproof.postgres.recovery;

import io.pgproof.backup.format.BackupIdentity.Label;
import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.restore.RestoredBackup;
import io.pgproof.backup.wal.ReplayPlan;
import java.util.Optional;

/**
 * What a recovery must reach.
 *
 * @param label what {@code backup_label} says
 * @param control {@code pg_control} as the backup brought it, read before the first start
 * @param endLsn end of the WAL that the backup needs, from its manifest
 * @param lastWalSegment the last segment that the backup itself brought
 * @param replay the way that recovery takes, and how far it must come
 */
public record RecoveryExpectation(
    Label label,
    ControlFile control,
    Optional<Lsn> endLsn,
    Optional<String> lastWalSegment,
    ReplayPlan replay) {

  /** Along the backup's own timeline, without an archive. */
  public RecoveryExpectation(
      Label label, ControlFile control, Optional<Lsn> endLsn, Optional<String> lastWalSegment) {
    this(
        label,
        control,
        endLsn,
        lastWalSegment,
        ReplayPlan.along(label.timeline().orElse(control.timeline())));
  }

  public static RecoveryExpectation of(RestoredBackup restoredBackup) {
    return new RecoveryExpectation(
        restoredBackup.identity().label(),
        restoredBackup.control(),
        restoredBackup.endLsn(),
        restoredBackup.lastWalSegment(),
        restoredBackup.replay());
  }

  /** The backup's own timeline. */
  int timeline() {
    return label.timeline().orElse(control.timeline());
  }

  /** The file name of the WAL segment that holds this position. */
  String segment(Lsn lsn) {
    return segment(replay.path().timelineAt(lsn), lsn);
  }

  private String segment(int timeline, Lsn lsn) {
    long perFile = (1L << 32) / segmentSize();
    long number = Long.divideUnsigned(lsn.position(), segmentSize());
    return String.format("%08X%08X%08X", timeline, number / perFile, number % perFile);
  }

  /**
   * Whether the backup brought WAL of its timeline that recovery cannot have come to without a gap
   * before it.
   *
   * <p>The segment right after the end does not count: {@code pg_basebackup} may have begun to
   * stream it, without a whole record in it, when it learned that the backup had ended.
   */
  boolean bringsWalAfter(Lsn end) {
    String following =
        segment(timeline(), new Lsn(Math.max(end.position() - 1, 0) + segmentSize()));
    return lastWalSegment
        .filter(last -> last.length() == 24 && last.startsWith(following.substring(0, 8)))
        .filter(last -> last.compareTo(following) > 0)
        .isPresent();
  }

  /**
   * Whether recovery has come behind all whole segments of the archive, so that only what is in the
   * making is left.
   */
  boolean isBehindArchive(Lsn position) {
    return replay
        .lastSegment()
        .filter(last -> segment(position).substring(8).compareTo(last.substring(8)) <= 0)
        .isEmpty();
  }

  private long segmentSize() {
    return Math.max(control.walSegmentSize(), 1 << 20);
  }
}
