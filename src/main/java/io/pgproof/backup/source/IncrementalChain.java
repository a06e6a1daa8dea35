package io.pgproof.backup.source;

import io.pgproof.backup.archive.RawArchive;
import io.pgproof.backup.format.BackupIdentity.Label;
import io.pgproof.backup.format.Lsn;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds the backups that an incremental backup depends on, among the directories beside it, by
 * cluster, timeline and log position. All three count because the first backup of every new cluster
 * begins at the same position.
 */
public final class IncrementalChain {

  /**
   * @param cluster system identifier; empty when a quick look does not reveal it
   */
  private record Known(Backup backup, Label label, Optional<String> cluster) {
    boolean dependsOn(Known other) {
      return label.ancestorLsn().equals(Optional.of(other.label.startLsn()))
          && (label.ancestorTimeline().isEmpty()
              || other.label.timeline().isEmpty()
              || label.ancestorTimeline().equals(other.label.timeline()))
          && (cluster.isEmpty() || other.cluster.isEmpty() || cluster.equals(other.cluster));
    }
  }

  private IncrementalChain() {}

  /**
   * Returns the backups that the newest one must be combined with, the full one first; none for a
   * full backup.
   *
   * @throws FindingException {@code backup-incomplete} when one of them is missing
   */
  public static List<Backup> ancestors(Backup newest, Label label) throws InterruptedException {
    if (!label.incremental()) {
      return List.of();
    }
    Deque<Backup> ancestors = new ArrayDeque<>();
    List<Known> beside = siblings(newest);
    Known member =
        new Known(newest, label, new Inspection(newest, Optional.empty()).systemIdentifier());
    while (member.label().incremental()) {
      Lsn from = member.label().ancestorLsn().orElseThrow();
      Known ancestor = ancestor(member, beside);
      if (from.compareTo(member.label().startLsn()) >= 0) {
        throw new FindingException(
            Reason.INCONSISTENT,
            member.backup().directory()
                + " starts at "
                + member.label().startLsn()
                + " but says that it is based on a later backup, which starts at "
                + from);
      }
      ancestors.addFirst(ancestor.backup());
      member = ancestor;
    }
    return List.copyOf(ancestors);
  }

  private static Known ancestor(Known member, List<Known> beside) {
    // A backup whose cluster is known is preferred to one whose cluster is unknown.
    return beside.stream()
        .filter(member::dependsOn)
        .min(Comparator.comparing(known -> known.cluster().isEmpty()))
        .orElseThrow(
            () ->
                new FindingException(
                    new Finding(
                        Reason.BACKUP_INCOMPLETE,
                        member.backup().directory()
                            + " is an incremental backup that is based on one that starts at "
                            + member.label().ancestorLsn().orElseThrow()
                            + ", and no backup beside it starts there"
                            + member
                                .cluster()
                                .map(cluster -> " and belongs to the cluster " + cluster)
                                .orElse(""),
                        "put the whole chain into "
                            + containerOf(member.backup())
                            + ": the full backup and each incremental one in between, each in its own directory",
                        null)));
  }

  /**
   * Lists the backups beside this one. A link such as "latest" may lie anywhere: the chain lies in
   * the directory of its target, or consists of links itself.
   */
  private static List<Known> siblings(Backup newest) throws InterruptedException {
    Set<Path> directories = new LinkedHashSet<>();
    for (Path parent : List.of(containerOf(newest), above(newest.directory()))) {
      try (Stream<Path> entries = Files.list(parent)) {
        directories.addAll(entries.filter(Files::isDirectory).sorted().toList());
      } catch (IOException e) {
        throw RawArchive.unreadable(parent, 0, e);
      }
    }
    List<Known> beside = new ArrayList<>();
    for (Path directory : directories) {
      known(directory).ifPresent(beside::add);
    }
    return beside;
  }

  private static Path above(Path directory) {
    Path parent = directory.getParent();
    return parent == null ? directory : parent;
  }

  private static Path containerOf(Backup backup) {
    try {
      return above(backup.directory().toRealPath());
    } catch (IOException e) {
      throw RawArchive.unreadable(backup.directory(), 0, e);
    }
  }

  /** Returns the backup if it can be read; an unreadable one cannot be an ancestor. */
  private static Optional<Known> known(Path directory) throws InterruptedException {
    try {
      Optional<Backup> backup = BackupListing.list(directory).backup();
      if (backup.isEmpty()) {
        return Optional.empty();
      }
      Inspection inspection = new Inspection(backup.get(), Optional.empty());
      inspection.requireWhole();
      return Optional.of(
          new Known(backup.get(), inspection.label(), inspection.systemIdentifier()));
    } catch (IOException | UsageException | FindingException e) {
      return Optional.empty();
    }
  }
}
