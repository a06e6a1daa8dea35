package io.pgproof.backup;

import io.pgproof.backup.BackupIdentity.Label;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Chooses the newest whole backup among the directories of one directory, by the START TIME of each. */
final class NewestBackup {
  private static final String NO_MANIFEST = "it has no backup_manifest, which pg_basebackup writes last and the others have";

  /**
   * A directory that looks like a backup.
   *
   * @param backup {@code null} where it was refused
   * @param began START TIME, or when the directory was last written where that cannot be read
   * @param objection why it is no whole backup; {@code null} where it is one
   * @param refusal what {@code backup} was refused with
   */
  private record Candidate(Path directory, Backup backup, Instant began, String objection, UsageException refusal) {
    Candidate objectedTo(String why) {
      return new Candidate(directory, backup, began, why, refusal);
    }
  }

  private final Path parent;
  private final List<Candidate> candidates = new ArrayList<>();

  private NewestBackup(Path parent) {
    this.parent = parent;
  }

  /**
   * The newest whole one; where none is whole, the newest, so that its verdict says what it lacks.
   *
   * @return empty where nothing looks like a backup
   * @throws UsageException where the only ones there are are refused
   */
  static Optional<Backup> in(Path parent) throws IOException, InterruptedException {
    NewestBackup newest = new NewestBackup(parent);
    newest.look();
    return newest.choose();
  }

  private void look() throws IOException, InterruptedException {
    Set<Path> seen = new HashSet<>();
    List<Path> directories;
    try (Stream<Path> entries = Files.list(parent)) {
      // A link such as "latest" leads to one that has a name of its own, which counts.
      directories = entries.filter(entry -> Files.isDirectory(entry) && !entry.getFileName().toString().startsWith("."))
          .sorted(Comparator.comparing((Path entry) -> Files.isSymbolicLink(entry)).thenComparing(Comparator.naturalOrder()))
          .toList();
    }
    for (Path directory : directories) {
      if (seen.add(directory.toRealPath())) {
        candidate(directory).ifPresent(candidates::add);
      }
    }
    boolean manifests = candidates.stream().anyMatch(each -> each.backup() != null && each.backup().manifest().isPresent());
    candidates.replaceAll(each ->
        manifests && each.objection() == null && each.backup().manifest().isEmpty() ? each.objectedTo(NO_MANIFEST) : each);
  }

  private static Optional<Candidate> candidate(Path directory) throws InterruptedException {
    Instant written = written(directory);
    Backup backup;
    try {
      Optional<Backup> listed = BackupListing.list(directory).backup();
      if (listed.isEmpty()) {
        return Optional.empty();
      }
      backup = listed.get();
    } catch (UsageException e) {
      return Optional.of(new Candidate(directory, null, written, e.getMessage(), e));
    } catch (IOException e) {
      return Optional.empty();
    }
    try {
      Inspection inspection = new Inspection(backup, Optional.empty());
      inspection.requireWhole();
      Label label = inspection.label();
      inspection.requireTablespaces();
      return Optional.of(new Candidate(directory, backup, label.startTime(), null, null));
    } catch (FindingException e) {
      return Optional.of(new Candidate(directory, backup, written, e.finding().message(), null));
    }
  }

  private Optional<Candidate> whole() {
    for (int i = 0; i < candidates.size(); i++) {
      Candidate candidate = candidates.get(i);
      if (candidate.objection() == null) {
        Optional<String> writing = writing(candidate.backup());
        if (writing.isEmpty()) {
          return Optional.of(candidate);
        }
        candidates.set(i, candidate.objectedTo(writing.get()));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> writing(Backup backup) {
    try {
      return SourceFiles.of(backup).written();
    } catch (FindingException e) {
      // What cannot be looked at is no reason to take an older one: it will be found again, and refute or explain.
      return Optional.empty();
    }
  }

  private static Instant written(Path directory) {
    try {
      return Files.getLastModifiedTime(directory).toInstant();
    } catch (IOException e) {
      return FileTime.fromMillis(0).toInstant();
    }
  }

  private Optional<Backup> choose() {
    candidates.sort(Comparator.comparing(Candidate::began).thenComparing(Candidate::directory).reversed());
    return whole().or(() -> candidates.stream().findFirst()).map(candidate -> {
      if (candidate.backup() == null) {
        throw candidate.refusal();
      }
      List<String> skipped = candidates.stream()
          .filter(each -> each != candidate && each.objection() != null)
          .map(each -> each.directory().getFileName() + ": " + each.objection())
          .toList();
      return candidate.backup().chosen(new Choice(parent, candidates.size(), candidate.objection() == null, skipped));
    });
  }
}
