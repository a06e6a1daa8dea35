package io.pgproof.backup.restore;

import io.pgproof.backup.archive.FileNames;
import io.pgproof.backup.format.Manifest;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what archives may bring beyond the files that the manifest lists, so that a bomb ends
 * early.
 */
final class ByteBudget {
  /** What a file costs at least: an inode and its entry are not free. */
  private static final long LEAST = 4096;

  /**
   * WAL comes in whole segments of up to 1 GiB, and one more than the last one needed may be begun.
   */
  private static final long SLACK = 4L << 30;

  private final AtomicLong left;

  private ByteBudget(long bytes) {
    this.left = new AtomicLong(bytes);
  }

  /** The WAL that the manifest says is needed, and slack. */
  static ByteBudget beyond(Manifest manifest) {
    return new ByteBudget(neededWal(manifest) + SLACK);
  }

  /** Bytes of WAL from the manifest's start to its end. */
  static long neededWal(Manifest manifest) {
    return manifest.wal().stream()
        .mapToLong(range -> Math.max(range.end().position() - range.start().position(), 0))
        .sum();
  }

  /**
   * Without a manifest nothing is known, and no ratio tells a bomb: tables that were emptied, WAL
   * of an idle server and core dumps are hundreds of times smaller in an archive. The free space is
   * the bound then, looked at before each large file.
   */
  static ByteBudget unknown() {
    return new ByteBudget(Long.MAX_VALUE);
  }

  void spend(long size, String name, String archive) {
    if (left.addAndGet(-Math.max(size, LEAST)) < 0) {
      throw new FindingException(
          Reason.UNSAFE_ARCHIVE,
          archive
              + " brings more than the manifest lists: "
              + FileNames.shown(name)
              + " is beyond all that WAL can need");
    }
  }
}
