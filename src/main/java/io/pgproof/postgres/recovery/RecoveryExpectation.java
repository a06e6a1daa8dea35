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
 * @param label contents of {@code backup_label}
 * @param control {@code pg_control} as contained in the backup, read before the first start
 * @param endLsn end of the WAL that the backup needs, from its manifest
 * @param lastWalSegment last segment that the backup itself contains
 * @param replay the path that recovery takes, and how far it must come
 */
public record RecoveryExpectation(
    Label label,
    ControlFile control,
    Optional<Lsn> endLsn,
    Optional<String> lastWalSegment,
    ReplayPlan replay) {

  /** Creates an expectation along the backup's own timeline, without an archive. */
  public RecoveryExpectation(
      Label label, ControlFile control, Optional<Lsn> endLsn, Optional<String> lastWalSegment) {
    this(
        label,
        control,
        endLsn,
        lastWalSegment,
        ReplayPlan.followTimeline(label.timeline().orElse(control.timeline())));
  }

  public static RecoveryExpectation of(RestoredBackup restoredBackup) {
    return new RecoveryExpectation(
        restoredBackup.identity().label(),
        restoredBackup.control(),
        restoredBackup.endLsn(),
        restoredBackup.lastWalSegment(),
        restoredBackup.replay());
  }

  /** Returns the backup's own timeline. */
  int timeline() {
    return label.timeline().orElse(control.timeline());
  }

  /** Returns the file name of the WAL segment that contains this position. */
  String segment(Lsn lsn) {
    return segment(replay.path().timelineAt(lsn), lsn);
  }

  private String segment(int timeline, Lsn lsn) {
    long perFile = (1L << 32) / segmentSize();
    long number = Long.divideUnsigned(lsn.position(), segmentSize());
    return String.format("%08X%08X%08X", timeline, number / perFile, number % perFile);
  }

  /**
   * Returns whether the backup contains WAL of its timeline after this end, so that recovery must
   * have met a gap.
   *
   * <p>The segment right after the end does not count. {@code pg_basebackup} can have begun to
   * stream it, without a complete record in it, when it learned that the backup had ended.
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
   * Returns whether recovery is past all complete segments of the archive, so that only the segment
   * still being written is left.
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
