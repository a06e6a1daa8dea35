package io.pgproof.backup;

import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The files of one backup as they were at first sight, so that what was read can be told to be what was proven. */
final class SourceFiles {
  private static final Pattern PROCESS = Pattern.compile("[0-9]+");
  private static final int WRITING = 3;

  /** What changes when a file is written, replaced or touched. */
  private record Stamp(Object deviceAndInode, long size, FileTime modified) {}

  private final Map<Path, Stamp> first = new LinkedHashMap<>();

  private SourceFiles() {}

  /**
   * Looks at them for the first time.
   *
   * @throws FindingException {@code backup-changed} when one has gone, {@code backup-unreadable} when it cannot be seen
   */
  static SourceFiles of(Backup backup) {
    SourceFiles files = new SourceFiles();
    List<Path> all = new ArrayList<>(backup.archives());
    backup.manifest().ifPresent(all::add);
    for (Path file : all) {
      try {
        files.first.put(file, stamp(file));
      } catch (IOException e) {
        throw RawArchive.unreadable(file, 0, e);
      }
    }
    return files;
  }

  long size(Path file) {
    return first.get(file).size();
  }

  /** Throws {@code backup-changed} when a file is not what it was at first sight. */
  void requireUnchanged() {
    changed().ifPresent(finding -> {
      throw finding;
    });
  }

  /**
   * A fault found in the backup, or what explains it better: that the backup changed, or is still being written.
   *
   * <p>A recent time of change alone explains nothing: whoever copies a damaged backup and verifies it at once must hear
   * that it is damaged.
   */
  FindingException judged(FindingException fault) {
    if (!(fault.finding() instanceof Finding.BackupFault)) {
      return fault;
    }
    Optional<FindingException> changed = changed();
    if (changed.isPresent()) {
      return changed.get();
    }
    for (Path file : first.keySet()) {
      Optional<String> writer = writer(file);
      if (writer.isPresent()) {
        return new FindingException(Finding.of(
            Reason.BACKUP_IN_PROGRESS,
            file + " is open for writing by process " + writer.get() + "; as it is now, "
                + fault.finding().message()), fault);
      }
    }
    return fault;
  }

  private Optional<FindingException> changed() {
    for (Map.Entry<Path, Stamp> file : first.entrySet()) {
      try {
        if (!stamp(file.getKey()).equals(file.getValue())) {
          return Optional.of(new FindingException(
              Reason.BACKUP_CHANGED, file.getKey() + " was written or replaced while it was read"));
        }
      } catch (IOException e) {
        return Optional.of(new FindingException(
            Finding.of(Reason.BACKUP_CHANGED, file.getKey() + " was there and cannot be seen any more"), e));
      }
    }
    return Optional.empty();
  }

  private static Stamp stamp(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return new Stamp(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
  }

  /** A process of this host that has the file open for writing, as {@code /proc} tells it. */
  private static Optional<String> writer(Path file) {
    try (DirectoryStream<Path> processes =
        Files.newDirectoryStream(Path.of("/proc"), entry -> PROCESS.matcher(name(entry)).matches())) {
      Object wanted = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      for (Path process : processes) {
        if (writes(process, wanted)) {
          return Optional.of(name(process));
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  private static boolean writes(Path process, Object wanted) {
    try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : open) {
        if (isFile(descriptor, wanted) && isForWriting(process.resolve("fdinfo").resolve(name(descriptor)))) {
          return true;
        }
      }
    } catch (IOException e) {
      // The process has ended meanwhile, and so it does not write.
      return false;
    }
    return false;
  }

  private static boolean isFile(Path descriptor, Object wanted) {
    try {
      return wanted.equals(Files.readAttributes(descriptor, BasicFileAttributes.class).fileKey());
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isForWriting(Path info) throws IOException {
    for (String line : Files.readAllLines(info)) {
      if (line.startsWith("flags:")) {
        return (Integer.parseUnsignedInt(line.substring(6).strip(), 8) & WRITING) != 0;
      }
    }
    return false;
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }
}
