package io.pgproof.backup.restore;

import io.pgproof.backup.binding.Liblz4;
import io.pgproof.backup.binding.LibraryMissingException;
import io.pgproof.backup.binding.Libzstd;
import io.pgproof.backup.format.BackupIdentity;
import io.pgproof.backup.format.BackupIdentity.Label;
import io.pgproof.backup.pages.PageCheck;
import io.pgproof.backup.pages.RestoredFiles;
import io.pgproof.backup.pages.SuspectPages;
import io.pgproof.backup.source.Backup;
import io.pgproof.backup.source.BackupListing;
import io.pgproof.backup.source.BackupSnapshot;
import io.pgproof.backup.source.IncrementalChain;
import io.pgproof.backup.source.Inspection;
import io.pgproof.backup.source.NewestBackup;
import io.pgproof.backup.source.SourceFiles;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds, inspects and restores backups that {@code pg_basebackup} wrote. */
public final class Backups {
  private Backups() {}

  /**
   * A library that some formats need and this machine lacks.
   *
   * @param mend the remedy: a command line, or advice
   * @param byHand whether the remedy is advice, on which a person must act
   */
  public record Missing(String what, String mend, boolean byHand) {}

  /** Returns the libraries that this machine lacks for reading every format. */
  public static List<Missing> missing() {
    return Stream.<Runnable>of(Liblz4::load, Libzstd::load)
        .flatMap(
            load -> {
              try {
                load.run();
                return Stream.<Missing>empty();
              } catch (LibraryMissingException e) {
                return Stream.of(
                    new Missing(String.valueOf(e.getMessage()), e.remedy(), e.byHand()));
              }
            })
        .toList();
  }

  /**
   * Returns the backup in a directory, found by listings. If the directory holds directories with
   * backups instead, returns the newest finished one and reads the beginning of each to find it.
   *
   * <p>A backup that is unfinished or lacks its base is returned as well; {@link #inspect} reports
   * that, because it is a verdict.
   *
   * @throws UsageException {@code no-such-path} or {@code not-a-backup}
   * @throws InterruptedException when the thread was interrupted; everything is then closed
   */
  public static Backup find(Path path) throws InterruptedException {
    Path directory = path.toAbsolutePath().normalize();
    if (!Files.exists(directory)) {
      throw new UsageException(Reason.NO_SUCH_PATH, directory + " does not exist");
    }
    if (!Files.isDirectory(directory)) {
      throw new UsageException(
          Reason.NO_SUCH_PATH,
          directory + " is not a directory",
          "name the directory that pg_basebackup wrote, not a file in it");
    }
    try {
      BackupListing listing = BackupListing.list(directory);
      Optional<Backup> backup = listing.backup();
      return backup.isPresent()
          ? backup.get()
          : NewestBackup.findIn(directory)
              .orElseThrow(
                  () ->
                      new UsageException(
                          Reason.NOT_A_BACKUP,
                          directory
                              + (listing.names().isEmpty()
                                  ? " is empty"
                                  : " contains nothing that looks like a base backup")));
    } catch (IOException e) {
      throw new UsageException(Reason.NO_SUCH_PATH, directory + " cannot be listed");
    }
  }

  /**
   * Returns the current state of the backup at a path; examines every file of a plain backup.
   *
   * @return empty when there is no backup, or when it is unfinished, is being written or cannot be
   *     read
   */
  public static Optional<BackupSnapshot> snapshot(Path path) throws InterruptedException {
    try {
      Backup backup = find(path);
      Inspection inspection = new Inspection(backup, Optional.empty());
      inspection.requireFinished();
      boolean whole = isWhole(inspection);
      SourceFiles sources = SourceFiles.of(whole ? backup : backup.withoutBrokenLinks());
      return sources.openForWriting().isPresent()
          ? Optional.empty()
          : Optional.of(
              new BackupSnapshot(
                  backup.directory(),
                  whole ? label(inspection) : Optional.empty(),
                  whole && backup.manifest().isPresent(),
                  sources.bytes(),
                  sources.stamps()));
    } catch (UsageException | FindingException e) {
      return Optional.empty();
    }
  }

  private static boolean isWhole(Inspection inspection) throws InterruptedException {
    try {
      inspection.requireWhole();
      return true;
    } catch (FindingException e) {
      return false;
    }
  }

  private static Optional<Label> label(Inspection inspection) throws InterruptedException {
    try {
      return Optional.of(inspection.label());
    } catch (FindingException e) {
      return Optional.empty();
    }
  }

  /** Returns the same as {@link #inspect(Backup, Optional)} without a WAL archive. */
  public static BackupIdentity inspect(Backup backup) throws InterruptedException {
    return inspect(backup, Optional.empty());
  }

  /**
   * Returns the identity that a backup states. Reads kilobytes, and the base archive up to {@code
   * PG_VERSION} when no WAL is available. Of a plain backup, every file's attributes are read and
   * few files are opened.
   *
   * @param walArchive directory with WAL segments, searched for the first segment when the backup
   *     has none
   * @throws FindingException when it is unfinished, incomplete or not a base backup, or its
   *     archives cannot be read or decoded
   * @throws InterruptedException when the thread was interrupted; everything is then closed
   */
  public static BackupIdentity inspect(Backup backup, Optional<Path> walArchive)
      throws InterruptedException {
    return new Inspection(backup, walArchive).run();
  }

  /**
   * Returns the backups with which an incremental one must be combined, the full one first; none
   * for a full backup.
   *
   * @param identity of {@code backup}, from {@link #inspect}
   * @throws FindingException {@code backup-incomplete} when one of them is not beside it
   */
  public static List<Backup> ancestors(Backup backup, BackupIdentity identity)
      throws InterruptedException {
    return IncrementalChain.ancestors(backup, identity.label());
  }

  /**
   * Restores and checks a backup that an incremental one depends on, with its manifest among its
   * files and without its WAL, for {@code pg_combinebackup} to read. Otherwise the same as {@link
   * #restore}; findings name its directory.
   */
  public static RestoredBackup restoreAncestor(
      Backup ancestor, RestoreRequest order, Progress progress) throws InterruptedException {
    BackupIdentity identity = inspect(ancestor);
    try {
      return new RestoreJob(ancestor, identity, order, progress).ancestor();
    } catch (FindingException e) {
      Finding fault = e.finding();
      if (fault.refutes()) {
        throw new FindingException(
            new Finding(
                fault.reason(),
                ancestor.directory() + ": " + fault.message(),
                fault.hint(),
                fault.words()),
            e);
      }
      throw e;
    }
  }

  /**
   * Returns the result for the newest backup of a chain and its ancestors after they were combined.
   *
   * @param newest as it was restored by itself
   * @param ancestors by the name of each one's directory, the full backup first
   * @param order with the paths of the combined files
   * @throws FindingException {@code page-checksum} when too many pages are not sound
   */
  public static RestoredBackup combined(
      RestoredBackup newest, Map<String, RestoredBackup> ancestors, RestoreRequest order)
      throws InterruptedException {
    boolean judge = order.compare() && newest.control().dataChecksums();
    try {
      SuspectPages suspects =
          judge
              ? PageCheck.check(
                  newest.control(),
                  RestoredFiles.of(order.places().data(), order.places().tablespaces()),
                  newest.identity().label().startLsn())
              : SuspectPages.NONE;
      return newest.combinedWith(
          ancestors,
          (ancestors.size() + 1) + " backups combined by pg_combinebackup",
          suspects,
          RestoreChecks.pages(newest.control(), suspects, order.compare()));
    } catch (IOException e) {
      throw new UncheckedIOException(order.places().data() + " cannot be read", e);
    }
  }

  /**
   * Restores and checks a backup in one pass over each of its parts, two in parallel.
   *
   * @param identity from {@link #inspect}
   * @return the restored backup; everything has been read, compared and written, and nothing has
   *     been synced
   * @throws FindingException when the backup or the disk is at fault; the data directory then stays
   *     incomplete
   * @throws java.io.UncheckedIOException when the data directory cannot be written for a reason
   *     other than space
   * @throws InterruptedException when the thread was interrupted; both workers have then ended and
   *     closed their files
   */
  public static RestoredBackup restore(
      Backup backup, BackupIdentity identity, RestoreRequest order, Progress progress)
      throws InterruptedException {
    return new RestoreJob(backup, identity, order, progress).run();
  }
}
