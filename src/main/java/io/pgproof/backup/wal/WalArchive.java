package io.pgproof.backup.wal;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.pgproof.backup.archive.ByteSource;
import io.pgproof.backup.format.TimelineHistory;
import io.pgproof.backup.format.WalPage;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A directory with archived WAL, as {@code archive_command}, pg_receivewal or a tool around them
 * leaves it: in one directory or in one per part of the log, compressed or not. It is never written
 * to.
 *
 * <p>Only regular files are read. A link is followed to a regular file of the same archive, but
 * never out of the archive.
 */
public final class WalArchive {
  private static final int DEPTH = 5;

  private final Path directory;
  private @Nullable NavigableMap<String, List<StoredWal>> files;
  private final List<Path> linksOut = new ArrayList<>();

  public WalArchive(Path directory) {
    this.directory = directory;
  }

  public Path directory() {
    return directory;
  }

  /**
   * Returns the files with this segment or history, the most likely first; a whole file precedes a
   * partial one.
   *
   * @throws FindingException {@code environment} when a directory cannot be read
   */
  public List<StoredWal> find(String name) {
    return files().getOrDefault(name, List.of());
  }

  /** Returns the names of all segments and histories, in order. */
  public NavigableMap<String, List<StoredWal>> files() {
    return files == null ? list() : files;
  }

  /** Lists the archive again, because it grows, and returns {@link #files}. */
  public NavigableMap<String, List<StoredWal>> list() {
    NavigableMap<String, List<StoredWal>> found = new TreeMap<>();
    files = found;
    linksOut.clear();
    try {
      Path real = directory.toRealPath();
      Files.walkFileTree(
          real,
          EnumSet.noneOf(FileVisitOption.class),
          DEPTH,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
              String name = visited.getFileName() == null ? "" : visited.getFileName().toString();
              return !visited.equals(real) && (name.startsWith(".") || name.equals("lost+found"))
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              addFile(file, attributes, real, found);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure)
                throws IOException {
              // An archive may be cleaned up while it is read.
              if (failure instanceof NoSuchFileException && !file.equals(real)) {
                return FileVisitResult.CONTINUE;
              }
              throw failure;
            }
          });
    } catch (IOException e) {
      throw new FindingException(
          new Finding(
              Reason.ENVIRONMENT,
              directory + " cannot be read: " + e,
              "check the path given with --wal-archive",
              null),
          e);
    }
    found
        .values()
        .forEach(
            stored ->
                stored.sort(
                    Comparator.comparing(StoredWal::rank)
                        .thenComparing(each -> each.file().getNameCount())
                        .thenComparing(StoredWal::file)));
    return found;
  }

  private void addFile(
      Path file,
      BasicFileAttributes attributes,
      Path real,
      NavigableMap<String, List<StoredWal>> found)
      throws IOException {
    if (attributes.isSymbolicLink()) {
      Path leads;
      try {
        leads = file.toRealPath();
      } catch (IOException e) {
        // It leads nowhere.
        return;
      }
      if (!leads.startsWith(real)) {
        linksOut.add(file);
        return;
      }
      if (!Files.isRegularFile(leads, NOFOLLOW_LINKS)) {
        return;
      }
    } else if (!attributes.isRegularFile()) {
      return;
    }
    StoredWal.of(file)
        .ifPresent(
            stored -> found.computeIfAbsent(stored.name(), name -> new ArrayList<>()).add(stored));
  }

  /**
   * Returns a finding about a link that leads out of the archive and may hide this segment, because
   * it has the segment's name or leads to a directory.
   *
   * @return the finding {@code wal-unreadable} about it
   */
  public Optional<FindingException> findHidden(String name) {
    files();
    return linksOut.stream()
        .filter(link -> Files.isDirectory(link) || link.getFileName().toString().startsWith(name))
        .findFirst()
        .map(
            link ->
                new FindingException(
                    new Finding(
                        Reason.WAL_UNREADABLE,
                        link
                            + " is a link to a place outside the WAL archive and is not followed, but "
                            + name
                            + " may be there",
                        "name the directory that contains the segments themselves with --wal-archive",
                        null)));
  }

  /** Returns the first page of a segment, if one of its files begins with a known page. */
  public Optional<WalPage> page(String name) throws InterruptedException {
    for (StoredWal stored : find(name)) {
      try {
        Optional<WalPage> page = stored.page();
        if (page.isPresent()) {
          return page;
        }
      } catch (FindingException e) {
        // The fault is found and described when the file is needed.
      }
    }
    return Optional.empty();
  }

  /**
   * Reads a timeline history.
   *
   * @throws FindingException when none of its files can be read
   */
  public byte[] history(String name) throws InterruptedException {
    FindingException last = null;
    for (StoredWal stored : find(name)) {
      ByteBuffer content = ByteBuffer.allocateDirect(TimelineHistory.LONGEST);
      try (ByteSource bytes = stored.open()) {
        while (content.hasRemaining() && bytes.read(content) >= 0) {}
        byte[] read = new byte[content.flip().remaining()];
        content.get(read);
        return read;
      } catch (FindingException e) {
        last = e;
      }
    }
    throw last;
  }
}
