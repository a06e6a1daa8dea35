package io.pgproof.backup;

import io.pgproof.backup.BackupIdentity.Label;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What an incremental backup stands on: found among the directories beside it, by what each backup's label says. */
final class Chain {
  private record Known(Backup backup, Label label) {}

  private Chain() {}

  /**
   * The backups that it is to be combined with, the full one first; none for a full backup.
   *
   * @throws FindingException {@code backup-incomplete} when one of them is not there
   */
  static List<Backup> ancestors(Backup newest, Label label) throws InterruptedException {
    Deque<Backup> ancestors = new ArrayDeque<>();
    Map<Lsn, Known> beside = label.incremental() ? beside(newest) : Map.of();
    Known member = new Known(newest, label);
    while (member.label().incremental()) {
      Lsn from = member.label().ancestorLsn().orElseThrow();
      Known ancestor = beside.get(from);
      if (ancestor == null) {
        throw new FindingException(Finding.of(
            Reason.BACKUP_INCOMPLETE,
            member.backup().directory() + " is an incremental backup on one that starts at " + from + ", and none beside it does",
            "put the whole chain into " + newest.directory().getParent()
                + ": the full backup and each incremental one between, a directory each",
            null));
      }
      if (from.compareTo(member.label().startLsn()) >= 0) {
        throw new FindingException(
            Reason.INCONSISTENT, member.backup().directory() + " starts at " + member.label().startLsn()
                + " and says that it stands on a later backup, of " + from);
      }
      ancestors.addFirst(ancestor.backup());
      member = ancestor;
    }
    return List.copyOf(ancestors);
  }

  private static Map<Lsn, Known> beside(Backup newest) throws InterruptedException {
    Map<Lsn, Known> beside = new HashMap<>();
    List<Path> directories;
    try (Stream<Path> entries = Files.list(newest.directory().getParent())) {
      directories = entries.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      throw RawArchive.unreadable(newest.directory().getParent(), 0, e);
    }
    for (Path directory : directories) {
      known(directory).ifPresent(known -> beside.putIfAbsent(known.label().startLsn(), known));
    }
    return beside;
  }

  /** A backup that can be read; another one beside is nobody's ancestor. */
  private static Optional<Known> known(Path directory) throws InterruptedException {
    try {
      Optional<Backup> backup = BackupListing.list(directory).backup();
      if (backup.isEmpty()) {
        return Optional.empty();
      }
      Inspection inspection = new Inspection(backup.get(), Optional.empty());
      inspection.requireWhole();
      return Optional.of(new Known(backup.get(), inspection.label()));
    } catch (IOException | UsageException | FindingException e) {
      return Optional.empty();
    }
  }
}
