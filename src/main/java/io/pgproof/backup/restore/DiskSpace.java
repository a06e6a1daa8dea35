package io.pgproof.backup.restore;

import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * The space that one run may use on the file system of the restore: at most its bound, and never
 * the reserve, which stays free for others. The backups of a chain share one. Thread-safe.
 *
 * <p>Bytes count when they are written; files that share their blocks with the backup use none.
 */
public final class DiskSpace {
  private static final long LOOK_EVERY = 64L << 20;
  private static final long HARDLY_ANY = 4L << 20;

  private final long reserve;
  private final Optional<Long> bound;
  private long written;
  private long shared;
  private long sinceLook;

  /**
   * @param reserveBytes free space that must remain on the file system
   * @param boundBytes that may be written; empty when only the reserve limits it
   */
  public DiskSpace(long reserveBytes, Optional<Long> boundBytes) {
    this.reserve = reserveBytes;
    this.bound = boundBytes;
  }

  /** Returns the finding that a run uses more than its bound, with the remedy. */
  public static Finding overBound(String message) {
    return new Finding(
        Reason.DISK_FULL,
        message,
        "raise the target's setting disk (--disk on the command line) to what the restored backup, its recovery and the queries"
            + " need together; without it, only the reserve limits a run",
        null);
  }

  /**
   * Throws {@code disk-full} when this many more bytes exceed the bound or leave less than the
   * reserve free.
   *
   * @param place where they will be written
   */
  public synchronized void require(String what, long bytes, Path place) throws IOException {
    if (bound.isPresent() && bytes > bound.get() - written) {
      throw new FindingException(
          overBound(
              String.format(
                  Locale.ROOT,
                  "%s needs %,d bytes below %s; the setting disk allows the run %,d%s",
                  what,
                  bytes,
                  place,
                  bound.get(),
                  written == 0
                      ? ""
                      : String.format(Locale.ROOT, ", of which %,d are used", written))));
    }
    long free = free(place);
    if (free - reserve < bytes) {
      throw new FindingException(
          Reason.DISK_FULL,
          String.format(
              Locale.ROOT,
              "%s needs %,d bytes below %s; %,d are free, and pgproof keeps %,d of them free",
              what,
              bytes,
              place,
              free,
              reserve));
    }
  }

  /**
   * Does the same as {@link #require} for a file before it is written, so that no bomb fills the
   * disk; a small file is only counted later.
   */
  void requireForFile(String file, long bytes, Path place) throws IOException {
    if (bytes > LOOK_EVERY) {
      require(file, bytes, place);
    }
  }

  /** Counts written bytes; throws {@code disk-full} when the bound or the reserve is reached. */
  public synchronized void countWritten(long bytes, Path place) throws IOException {
    written += bytes;
    if (bound.isPresent() && written > bound.get()) {
      throw new FindingException(
          overBound(
              String.format(
                  Locale.ROOT,
                  "the run wrote more than %,d bytes to %s, which is all that the setting disk allows the run",
                  bound.get(),
                  place)));
    }
    sinceLook += bytes;
    if (sinceLook >= LOOK_EVERY) {
      sinceLook = 0;
      if (free(place) < reserve) {
        throw new FindingException(
            Reason.DISK_FULL,
            String.format(
                Locale.ROOT,
                "less than %,d bytes are left on the file system of %s, and pgproof keeps that much free",
                reserve,
                place));
      }
    }
  }

  /** Counts bytes of a file that lie in the backup's own blocks. */
  public synchronized void shares(long bytes) {
    shared += bytes;
  }

  /** Records that everything written and shared so far was removed. */
  public synchronized void reset() {
    written = 0;
    shared = 0;
  }

  /**
   * Returns the bytes that the file system counts for files although they lie in the backup's own
   * blocks.
   */
  public synchronized long shared() {
    return shared;
  }

  /** Returns whether hardly any space is left; false when that cannot be determined. */
  static boolean isUsedUp(Path place) {
    try {
      return free(place) < HARDLY_ANY;
    } catch (IOException e) {
      return false;
    }
  }

  private static long free(Path place) throws IOException {
    return Files.getFileStore(place).getUsableSpace();
  }
}
