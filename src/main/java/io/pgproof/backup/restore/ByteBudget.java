package io.pgproof.backup.restore;

import io.pgproof.backup.archive.FileNames;
import io.pgproof.backup.format.Manifest;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the bytes that archives may hold beyond the files that the manifest lists, so that a
 * decompression bomb is stopped early.
 */
final class ByteBudget {
  /** Minimum cost of a file in bytes: an inode and its directory entry are not free. */
  private static final long LEAST = 4096;

  /**
   * WAL comes in whole segments of up to 1 GiB, and one more than the last segment needed may have
   * been started.
   */
  private static final long SLACK = 4L << 30;

  private final AtomicLong left;

  private ByteBudget(long bytes) {
    this.left = new AtomicLong(bytes);
  }

  /** Returns a budget for the WAL that the manifest says is needed, plus slack. */
  static ByteBudget exceeding(Manifest manifest) {
    return new ByteBudget(neededWal(manifest) + SLACK);
  }

  /** Returns the bytes of WAL from the manifest's start to its end. */
  static long neededWal(Manifest manifest) {
    return manifest.wal().stream()
        .mapToLong(range -> Math.max(range.end().position() - range.start().position(), 0))
        .sum();
  }

  /**
   * Returns a budget without a limit, for a backup without a manifest. No ratio identifies a bomb
   * then: emptied tables, WAL of an idle server and core dumps are hundreds of times smaller in an
   * archive. Free space is the limit instead, checked before each large file.
   */
  static ByteBudget unknown() {
    return new ByteBudget(Long.MAX_VALUE);
  }

  void spend(long size, String name, String archive) {
    if (left.addAndGet(-Math.max(size, LEAST)) < 0) {
      throw new FindingException(
          Reason.UNSAFE_ARCHIVE,
          archive
              + " contains more than the manifest lists: "
              + FileNames.shown(name)
              + " exceeds all that WAL can need");
    }
  }
}
