package io.pgproof.backup.source;

import io.pgproof.backup.format.BackupIdentity.Label;
import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.Manifest;
import io.pgproof.backup.format.WalSegment;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the newest finished backup among the directories in one directory, and among those in
 * subdirectories that are not backups themselves.
 *
 * <p>Within one cluster, the log position decides which backup is newer, because a time zone
 * abbreviation in START TIME may be ambiguous; between two clusters, START TIME decides. A damaged
 * backup is chosen like a sound one.
 */
public final class NewestBackup {
  private static final String NO_MANIFEST =
      "it has no backup_manifest, which pg_basebackup writes last and the others have";
  private static final int DEEPEST = 3;

  /**
   * A directory that looks like a backup.
   *
   * @param backup {@code null} when it was refused
   * @param cluster system identifier; empty when a quick look does not reveal it
   * @param start empty when nothing readable states it
   * @param began START TIME, or the time of the last write to the directory when START TIME cannot
   *     be read
   * @param objection why it is passed over; {@code null} when it is not
   * @param refusal exception with which {@code backup} was refused
   */
  private record Candidate(
      Path directory,
      @Nullable Backup backup,
      Optional<String> cluster,
      Optional<Start> start,
      Instant began,
      @Nullable String objection,
      @Nullable UsageException refusal) {
    Candidate withObjection(String why) {
      return new Candidate(directory, backup, cluster, start, began, why, refusal);
    }

    StoredBackup stored() {
      return new StoredBackup(
          directory,
          cluster,
          start.map(Start::lsn).map(Lsn::toString),
          began,
          Optional.ofNullable(objection));
    }

    boolean newerThan(Candidate other) {
      return (cluster.isPresent()
              && cluster.equals(other.cluster)
              && start.isPresent()
              && other.start.isPresent())
          ? start.get().compareTo(other.start.get()) > 0
          : began.isAfter(other.began);
    }
  }

  /** The start of a backup in the log of its cluster. */
  private record Start(int timeline, Lsn lsn) implements Comparable<Start> {
    @Override
    public int compareTo(Start other) {
      int byTimeline = Integer.compareUnsigned(timeline, other.timeline);
      return byTimeline == 0 ? lsn.compareTo(other.lsn) : byTimeline;
    }
  }

  private final Path parent;
  private final Set<Path> seen = new HashSet<>();
  private final List<Candidate> candidates = new ArrayList<>();

  private NewestBackup(Path parent) {
    this.parent = parent;
  }

  /**
   * Returns the newest finished backup; when none is finished, the newest, so that its verdict says
   * what is missing.
   *
   * @return empty when nothing looks like a backup
   * @throws UsageException when all backups found are refused
   */
  public static Optional<Backup> findIn(Path parent) throws IOException, InterruptedException {
    NewestBackup newest = new NewestBackup(parent);
    newest.scan(parent, 1);
    newest.dropCandidatesWithoutManifest();
    return newest.choose();
  }

  /**
   * Returns the backup in a directory, or all backups in the directories in it, the newest first.
   * Reads the beginning of each.
   *
   * @throws IOException when the directory cannot be listed
   */
  public static List<StoredBackup> listAt(Path path) throws IOException, InterruptedException {
    NewestBackup all = new NewestBackup(path);
    Optional<Candidate> itself = candidate(path);
    if (itself.isPresent()) {
      all.candidates.add(itself.get());
    } else {
      all.scan(path, 1);
      all.dropCandidatesWithoutManifest();
    }
    return all.candidates.stream()
        .sorted(
            Comparator.comparing(Candidate::began).thenComparing(Candidate::directory).reversed())
        .map(Candidate::stored)
        .toList();
  }

  private void scan(Path within, int depth) throws IOException, InterruptedException {
    List<Path> directories;
    try (Stream<Path> entries = Files.list(within)) {
      // A link such as "latest" leads to a backup that has its own name, and that name counts.
      directories =
          entries
              .filter(
                  entry ->
                      Files.isDirectory(entry) && !entry.getFileName().toString().startsWith("."))
              .sorted(
                  Comparator.comparing((Path entry) -> Files.isSymbolicLink(entry))
                      .thenComparing(Comparator.naturalOrder()))
              .toList();
    }
    for (Path directory : directories) {
      if (seen.add(directory.toRealPath())) {
        lookAt(directory, depth);
      }
    }
  }

  private void lookAt(Path directory, int depth) throws InterruptedException {
    Optional<Candidate> candidate = candidate(directory);
    candidate.ifPresent(candidates::add);
    if (candidate.isEmpty() && depth < DEEPEST && !Files.isSymbolicLink(directory)) {
      try {
        scan(directory, depth + 1);
      } catch (IOException e) {
        // A directory that cannot be listed holds no backup that could be verified.
      }
    }
  }

  private void dropCandidatesWithoutManifest() {
    boolean manifests =
        candidates.stream()
            .anyMatch(each -> each.backup() != null && each.backup().manifest().isPresent());
    candidates.replaceAll(
        each ->
            manifests
                    && each.objection() == null
                    && each.backup() != null
                    && each.backup().manifest().isEmpty()
                ? each.withObjection(NO_MANIFEST)
                : each);
  }

  private static Optional<Candidate> candidate(Path directory) throws InterruptedException {
    Instant written = lastWriteTime(directory);
    Backup backup;
    try {
      Optional<Backup> listed = BackupListing.list(directory).backup();
      if (listed.isEmpty()) {
        return Optional.empty();
      }
      backup = listed.get();
    } catch (UsageException e) {
      return Optional.of(
          new Candidate(
              directory, null, Optional.empty(), Optional.empty(), written, e.getMessage(), e));
    } catch (IOException e) {
      return Optional.empty();
    }
    Inspection inspection = new Inspection(backup, Optional.empty());
    Optional<Label> label = label(inspection);
    Optional<Start> start =
        label.isPresent()
            ? label.map(
                words -> new Start(WalSegment.timeline(words.startSegment()), words.startLsn()))
            : startByManifest(backup);
    return Optional.of(
        new Candidate(
            directory,
            backup,
            inspection.systemIdentifier(),
            start,
            label.map(Label::startTime).orElse(written),
            unfinished(inspection).orElse(null),
            null));
  }

  private static Optional<Label> label(Inspection inspection) throws InterruptedException {
    try {
      inspection.requireBase();
      return Optional.of(inspection.label());
    } catch (FindingException e) {
      return Optional.empty();
    }
  }

  private static Optional<Start> startByManifest(Backup backup) throws InterruptedException {
    try {
      return backup.manifest().isPresent()
          ? Manifest.read(backup.manifest().get()).wal().stream()
              .findFirst()
              .map(range -> new Start(range.timeline(), range.start()))
          : Optional.empty();
    } catch (FindingException e) {
      return Optional.empty();
    }
  }

  /** Returns why the backup is not finished; other faults are left to its verdict. */
  private static Optional<String> unfinished(Inspection inspection) {
    try {
      inspection.requireFinished();
      return Optional.empty();
    } catch (FindingException e) {
      return Optional.of(e.finding().message());
    }
  }

  private Optional<Candidate> finished() {
    while (true) {
      Optional<Candidate> newest =
          newest(candidates.stream().filter(each -> each.objection() == null));
      Optional<String> writing = newest.map(Candidate::backup).flatMap(NewestBackup::writing);
      if (writing.isEmpty()) {
        return newest;
      }
      candidates.replaceAll(
          each -> each.equals(newest.get()) ? each.withObjection(writing.get()) : each);
    }
  }

  private static Optional<Candidate> newest(Stream<Candidate> among) {
    return among.reduce((one, other) -> one.newerThan(other) ? one : other);
  }

  private static Optional<String> writing(Backup backup) {
    try {
      return SourceFiles.of(backup).openForWriting();
    } catch (FindingException e) {
      // A backup that cannot be examined is no reason to choose an older one: the verification will
      // meet the problem again, and refute the backup or explain it.
      return Optional.empty();
    }
  }

  private static Instant lastWriteTime(Path directory) {
    try {
      return Files.getLastModifiedTime(directory).toInstant();
    } catch (IOException e) {
      return FileTime.fromMillis(0).toInstant();
    }
  }

  private Optional<Backup> choose() {
    candidates.sort(Comparator.comparing(Candidate::began).thenComparing(Candidate::directory));
    return finished()
        .or(() -> newest(candidates.stream()))
        .map(
            candidate -> {
              if (candidate.backup() == null) {
                throw candidate.refusal();
              }
              Collections.reverse(candidates);
              List<String> skipped =
                  candidates.stream()
                      .filter(each -> !each.equals(candidate) && each.objection() != null)
                      .map(each -> parent.relativize(each.directory()) + ": " + each.objection())
                      .toList();
              return candidate
                  .backup()
                  .chosen(
                      new BackupSelection(
                          parent, candidates.size(), candidate.objection() == null, skipped));
            });
  }
}
