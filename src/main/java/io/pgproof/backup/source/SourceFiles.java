package io.pgproof.backup.source;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.pgproof.backup.archive.MemberSource;
import io.pgproof.backup.archive.RawArchive;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The state of a backup's files at first sight, used to show that the files read are the files
 * proven.
 *
 * <p>For trees, which may hold millions of files, it keeps one number per directory.
 */
public final class SourceFiles {
  private static final Path PROCESSES = Path.of("/proc");
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");

  /**
   * Attributes that change when a file is written, replaced or touched. The modification time can
   * be set back, as copy programs that write in place do; the change time cannot.
   */
  private record Stamp(Object deviceAndInode, long size, FileTime modified, FileTime changed) {}

  /**
   * All stamps below the trees.
   *
   * @param directories by directory, a number computed from the stamps in it
   * @param newest the file that was written last; {@code null} when there is none
   * @param foreign whether there are directories that do not belong to a data directory
   */
  private record Trees(
      Map<Path, Long> directories,
      long files,
      long bytes,
      @Nullable Path newest,
      boolean foreign) {}

  private final Backup backup;
  private final Map<Path, Stamp> archives = new LinkedHashMap<>();
  private final Trees trees;

  private SourceFiles(Backup backup) {
    this.backup = backup;
    List<Path> all = new ArrayList<>();
    backup.archives().forEach(archive -> all.add(archive.path()));
    backup.manifest().ifPresent(all::add);
    for (Path file : all) {
      try {
        archives.put(file, readStamp(file));
      } catch (IOException e) {
        throw RawArchive.unreadable(file, 0, e);
      }
    }
    this.trees = trees(backup);
  }

  /**
   * Records the state of the files for the first time.
   *
   * @throws FindingException {@code backup-unreadable} when a file is gone or its attributes cannot
   *     be read
   */
  public static SourceFiles of(Backup backup) {
    return new SourceFiles(backup);
  }

  /** Returns the size in bytes of all parts as stored. */
  public long bytes() {
    return backup.archives().stream()
            .mapToLong(archive -> Objects.requireNonNull(archives.get(archive.path())).size())
            .sum()
        + trees.bytes();
  }

  /**
   * Returns a number that changes when a file changes; a change goes unnoticed with a chance of one
   * in 2^32.
   */
  public long stamps() {
    return ((long) archives.hashCode() << 32) + trees.directories().hashCode();
  }

  public long bytesOfTrees() {
    return trees.bytes();
  }

  public long filesOfTrees() {
    return trees.files();
  }

  /**
   * Returns whether the trees contain directories that do not belong to a data directory; those are
   * not searched.
   */
  public boolean haveForeignDirectories() {
    return trees.foreign();
  }

  /** Throws {@code backup-changed} when a file has changed since first sight. */
  public void requireUnchanged() {
    changed()
        .ifPresent(
            finding -> {
              throw finding;
            });
  }

  /**
   * Returns the given fault, or a better explanation of it: the backup changed, or is still being
   * written.
   *
   * <p>A recent change time alone explains nothing: a user who copies a damaged backup and verifies
   * it at once must learn that it is damaged.
   */
  public FindingException judged(FindingException fault) {
    if (!fault.finding().refutes() && fault.finding().reason() != Reason.BACKUP_UNREADABLE) {
      return fault;
    }
    Optional<FindingException> changed = changed();
    if (changed.isPresent()) {
      return changed.get();
    }
    return openForWriting()
        .map(
            words ->
                new FindingException(
                    Finding.of(
                        Reason.BACKUP_IN_PROGRESS,
                        words + "; the file as it is now: " + fault.finding().message()),
                    fault))
        .orElse(fault);
  }

  /**
   * Names the process that has a file of the backup open for writing; of the trees, only the file
   * that was written last is checked.
   */
  public Optional<String> openForWriting() {
    Map<Object, Path> files = new HashMap<>();
    Stream.concat(archives.keySet().stream(), Stream.ofNullable(trees.newest()))
        .forEach(
            file -> {
              try {
                files.put(Files.readAttributes(file, BasicFileAttributes.class).fileKey(), file);
              } catch (IOException e) {
                // The file is gone, so nobody writes to it under this name.
              }
            });
    for (String process : names(PROCESSES)) {
      if (NUMBER.matcher(process).matches()) {
        Optional<Path> written = openForWriting(process, files);
        if (written.isPresent()) {
          return written.map(file -> file + " is open for writing by process " + process);
        }
      }
    }
    return Optional.empty();
  }

  /** Returns the finding {@code backup-changed} when a file has changed since first sight. */
  public Optional<FindingException> changed() {
    for (Map.Entry<Path, Stamp> file : archives.entrySet()) {
      try {
        if (!readStamp(file.getKey()).equals(file.getValue())) {
          return Optional.of(
              new FindingException(
                  Reason.BACKUP_CHANGED,
                  file.getKey() + " was written or replaced while it was read"));
        }
      } catch (IOException e) {
        return Optional.of(
            new FindingException(
                Finding.of(Reason.BACKUP_CHANGED, file.getKey() + " has disappeared"), e));
      }
    }
    return changedTree();
  }

  private Optional<FindingException> changedTree() {
    Trees now;
    try {
      now = trees(backup);
    } catch (FindingException e) {
      return Optional.of(
          new FindingException(
              Finding.of(Reason.BACKUP_CHANGED, "files have disappeared: " + e.finding().message()),
              e));
    }
    return Stream.concat(trees.directories().keySet().stream(), now.directories().keySet().stream())
        .filter(
            directory ->
                !Objects.equals(
                    trees.directories().get(directory), now.directories().get(directory)))
        .findFirst()
        .map(
            directory ->
                new FindingException(
                    Reason.BACKUP_CHANGED,
                    "files in "
                        + directory
                        + " were written, replaced, added or removed while they were read"));
  }

  private static Trees trees(Backup backup) {
    Map<Path, Long> directories = new LinkedHashMap<>();
    long files = 0;
    long bytes = 0;
    Path newest = null;
    FileTime time = null;
    boolean foreign = false;
    try (TreeWalk walk = new TreeWalk(backup)) {
      for (Optional<TreeWalk.Entry> next = walk.next(); next.isPresent(); next = walk.next()) {
        TreeWalk.Entry entry = next.get();
        directories.merge(entry.file().getParent(), fingerprint(entry), Long::sum);
        foreign |= entry.stray() && entry.attributes().isDirectory();
        if (entry.type() == MemberSource.Type.FILE) {
          files++;
          bytes += entry.attributes().size();
          if (time == null || entry.attributes().lastModifiedTime().compareTo(time) > 0) {
            newest = entry.file();
            time = entry.attributes().lastModifiedTime();
          }
        }
      }
    }
    return new Trees(directories, files, bytes, newest, foreign);
  }

  /**
   * Returns a number that differs when a name or a stamp differs, except with a chance of one in
   * 2^32. A directory's own times are left out because they are not those of its files.
   */
  private static long fingerprint(TreeWalk.Entry entry) {
    try {
      return stamped(entry);
    } catch (IOException e) {
      throw RawArchive.unreadable(entry.file(), 0, e);
    }
  }

  private static long stamped(TreeWalk.Entry entry) throws IOException {
    long number = mixed(entry.name().hashCode()) + entry.attributes().fileKey().hashCode();
    if (entry.type() != MemberSource.Type.DIRECTORY) {
      number = mixed(number) + entry.attributes().size();
      number = mixed(number) + entry.attributes().lastModifiedTime().to(TimeUnit.NANOSECONDS);
      number = mixed(number) + changed(entry.file(), NOFOLLOW_LINKS).to(TimeUnit.NANOSECONDS);
    }
    return mixed(number);
  }

  /** Spreads every bit over all bits (source: the finalizer of MurmurHash3). */
  private static long mixed(long number) {
    long half = (number ^ number >>> 33) * 0xff51afd7ed558ccdL;
    long whole = (half ^ half >>> 33) * 0xc4ceb9fe1a85ec53L;
    return whole ^ whole >>> 33;
  }

  private static Stamp readStamp(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return new Stamp(
        attributes.fileKey(), attributes.size(), attributes.lastModifiedTime(), changed(file));
  }

  private static FileTime changed(Path file, LinkOption... options) throws IOException {
    return (FileTime) Files.getAttribute(file, "unix:ctime", options);
  }

  /**
   * Returns the file that a process of this host has open for writing, as {@code /proc} shows it.
   * The permissions of a link in {@code fd} tell how the process opened the file (source: {@code
   * fs/proc/fd.c} of Linux), so only files that are open for writing are looked up.
   */
  private static Optional<Path> openForWriting(String process, Map<Object, Path> files) {
    Path descriptors = PROCESSES.resolve(process).resolve("fd");
    for (String name : names(descriptors)) {
      Path descriptor = descriptors.resolve(name);
      try {
        if (Files.readAttributes(descriptor, PosixFileAttributes.class, NOFOLLOW_LINKS)
            .permissions()
            .contains(PosixFilePermission.OWNER_WRITE)) {
          Path file =
              files.get(Files.readAttributes(descriptor, BasicFileAttributes.class).fileKey());
          if (file != null) {
            return Optional.of(file);
          }
        }
      } catch (IOException e) {
        // The file was closed meanwhile, or the process has ended, so it does not write.
      }
    }
    return Optional.empty();
  }

  /**
   * Returns the names in a directory, or none if it cannot be read. {@code File.list} throws no
   * exception for each process of another user.
   */
  private static List<String> names(Path directory) {
    String[] names = directory.toFile().list();
    return names == null ? List.of() : List.of(names);
  }
}
