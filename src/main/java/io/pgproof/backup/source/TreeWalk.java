package io.pgproof.backup.source;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.pgproof.backup.archive.FileNames;
import io.pgproof.backup.archive.MemberSource;
import io.pgproof.backup.archive.RawArchive;
import io.pgproof.backup.format.BackupPart;
import io.pgproof.backup.format.FileLayout;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Walks through everything in the trees of a backup, each entry once and in a fixed order, for any
 * number of threads.
 *
 * <p>It follows no link below a root, not even one that replaces a directory during the walk,
 * because every step starts from an open directory.
 */
public final class TreeWalk implements AutoCloseable {
  private static final int DEEPEST = 32;
  private static final Pattern OF_TABLESPACE = Pattern.compile("PG_[0-9.]+_[0-9]+");
  private static final Pattern OF_WAL =
      Pattern.compile(
          "[0-9A-F]{24}(?:\\.partial|\\.[0-9A-F]{8}\\.backup)?|[0-9A-F]{8}\\.history|archive_status|summaries|xlogtemp.*");

  /**
   * A file, a directory, or something that does not belong there.
   *
   * @param name in the data directory, one character per byte
   * @param file its path
   * @param stray whether it does not belong to a data directory; a stray directory is not entered
   */
  record Entry(
      String name, Path file, BackupPart.Tree tree, BasicFileAttributes attributes, boolean stray) {
    MemberSource.Type type() {
      if (attributes.isSymbolicLink()) {
        return MemberSource.Type.SYMBOLIC_LINK;
      }
      if (stray) {
        return MemberSource.Type.OTHER;
      }
      return attributes.isRegularFile()
          ? MemberSource.Type.FILE
          : attributes.isDirectory() ? MemberSource.Type.DIRECTORY : MemberSource.Type.OTHER;
    }
  }

  /** An entry, with its content if it is a file; the caller closes the content. */
  record Taken(Entry entry, Optional<SeekableByteChannel> content) {}

  private record Level(
      BackupPart.Tree tree,
      String prefix,
      Path path,
      SecureDirectoryStream<Path> directory,
      Iterator<Path> names) {}

  private final Iterator<BackupPart.Tree> trees;
  private final Set<String> elsewhere;
  private final Deque<Level> levels = new ArrayDeque<>();
  private final Map<BackupPart.Tree, Boolean> unshared = new ConcurrentHashMap<>();
  private final AtomicLong unread = new AtomicLong();
  private final boolean laidOver;
  private final boolean readsAll;

  public TreeWalk(Backup backup) {
    this(backup, false, true);
  }

  /**
   * @param laidOver whether the data directory is an overlay on its tree
   * @param readsAll whether to read files that need not be copied as well
   */
  public TreeWalk(Backup backup, boolean laidOver, boolean readsAll) {
    this.laidOver = laidOver;
    this.readsAll = readsAll;
    this.trees = backup.trees().iterator();
    this.elsewhere = backup.linkedDirectories();
  }

  /**
   * Returns the next entry; empty after the last.
   *
   * @throws FindingException {@code backup-unreadable} when it cannot be read, {@code
   *     unsafe-archive} when a tree is not what its place says
   */
  synchronized Optional<Entry> next() {
    while (true) {
      if (levels.isEmpty()) {
        if (!trees.hasNext()) {
          return Optional.empty();
        }
        BackupPart.Tree tree = trees.next();
        enter(tree, tree.prefix(), tree.path(), null);
      }
      Level level = levels.peek();
      if (level.names().hasNext()) {
        return Optional.of(entry(level, level.names().next()));
      }
      leave();
    }
  }

  /** Returns the same as {@link #next}, with the content of a file opened. */
  synchronized Optional<Taken> nextOpened() throws InterruptedException {
    Optional<Entry> next = next();
    if (next.isEmpty()) {
      return Optional.empty();
    }
    Entry entry = next.get();
    if (entry.type() != MemberSource.Type.FILE) {
      return Optional.of(new Taken(entry, Optional.empty()));
    }
    try {
      Set<OpenOption> options = Set.of(StandardOpenOption.READ, NOFOLLOW_LINKS);
      return Optional.of(
          new Taken(
              entry,
              Optional.of(
                  levels.peek().directory().newByteChannel(entry.file().getFileName(), options))));
    } catch (ClosedByInterruptException e) {
      throw new InterruptedException();
    } catch (IOException e) {
      throw RawArchive.unreadable(entry.file(), 0, e);
    }
  }

  /** Returns whether this tree's files are in the data directory without being written there. */
  boolean inPlace(BackupPart.Tree of) {
    return laidOver && of.prefix().isEmpty();
  }

  /** Returns how the files of this tree were restored. */
  public String describeMethod(BackupPart.Tree of) {
    return inPlace(of) ? "overlaid" : mayShare(of) ? "shared" : "copied";
  }

  /** Returns whether it is worth trying to share the blocks of this tree's files. */
  boolean mayShare(BackupPart.Tree of) {
    return !unshared.containsKey(of);
  }

  /** Records that sharing failed and will fail for the tree's other files too. */
  void cannotShare(BackupPart.Tree of) {
    unshared.put(of, true);
  }

  /** Counts one more file as left unread, unless all files must be read; returns whether it did. */
  boolean skipUnreadable() {
    if (readsAll) {
      return false;
    }
    unread.incrementAndGet();
    return true;
  }

  /** Returns how many files were left unread. */
  public long unreadableCount() {
    return unread.get();
  }

  private Entry entry(Level level, Path name) {
    Path file = level.path().resolve(name);
    BasicFileAttributes attributes;
    try {
      attributes =
          level
              .directory()
              .getFileAttributeView(name, BasicFileAttributeView.class, NOFOLLOW_LINKS)
              .readAttributes();
    } catch (IOException e) {
      throw RawArchive.unreadable(file, 0, e);
    }
    String named = level.prefix() + FileNames.of(name);
    boolean stray =
        (attributes.isDirectory() && FileLayout.isForeignDirectory(named))
            || (levels.size() == 1 && !isAtHome(level.tree(), name.toString()));
    Entry entry = new Entry(named, file, level.tree(), attributes, stray);
    if (entry.type() == MemberSource.Type.DIRECTORY && !elsewhere.contains(named)) {
      enter(level.tree(), entry.name() + "/", file, level);
    }
    return entry;
  }

  @SuppressWarnings("StreamResourceLeak") // The level is closed when the walk leaves it.
  private void enter(BackupPart.Tree tree, String prefix, Path path, @Nullable Level from) {
    if (levels.size() == DEEPEST) {
      throw new FindingException(
          Reason.UNSAFE_ARCHIVE,
          path
              + " is nested deeper than PostgreSQL ever writes: more than "
              + DEEPEST
              + " directories");
    }
    SecureDirectoryStream<Path> directory = null;
    try {
      directory =
          secure(
              from == null
                  ? Files.newDirectoryStream(path)
                  : from.directory().newDirectoryStream(path.getFileName(), NOFOLLOW_LINKS));
      List<Path> names = new ArrayList<>();
      directory.forEach(entry -> names.add(entry.getFileName()));
      Collections.sort(names);
      if (from == null) {
        requireAtHome(tree, names);
      }
      levels.push(new Level(tree, prefix, path, directory, names.iterator()));
    } catch (DirectoryIteratorException e) {
      closeQuietly(directory);
      throw RawArchive.unreadable(path, 0, Objects.requireNonNull(e.getCause()));
    } catch (IOException e) {
      closeQuietly(directory);
      throw RawArchive.unreadable(path, 0, e);
    }
  }

  private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream) {
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    throw new IllegalStateException("this system cannot open a file relative to an open directory");
  }

  /**
   * Checks the target of a link to a tablespace or to the WAL: the link may be planted, so the
   * target must look like one.
   */
  private static void requireAtHome(BackupPart.Tree tree, List<Path> names) {
    if (names.stream().anyMatch(name -> isAtHome(tree, name.toString()))) {
      return;
    }
    names.stream()
        .map(Path::toString)
        .filter(name -> !FileLayout.isForeignDirectory(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new FindingException(
                  new Finding(
                      Reason.UNSAFE_ARCHIVE,
                      tree.prefix().substring(0, tree.prefix().length() - 1)
                          + " points to "
                          + tree.path()
                          + ", which contains "
                          + FileNames.shown(name)
                          + " and so is not a "
                          + (tree.tablespace().isPresent() ? "tablespace" : "directory with WAL"),
                      "do not start a server on this backup; find out who created the link",
                      null));
            });
  }

  /** Returns whether the root of the tree may hold this name. */
  private static boolean isAtHome(BackupPart.Tree tree, String name) {
    return tree.prefix().isEmpty()
        || (tree.prefix().equals(BackupPart.WAL) ? OF_WAL : OF_TABLESPACE).matcher(name).matches();
  }

  private void leave() {
    closeQuietly(levels.pop().directory());
  }

  private static void closeQuietly(@Nullable DirectoryStream<Path> directory) {
    try {
      if (directory != null) {
        directory.close();
      }
    } catch (IOException e) {
      // A failed close of a directory opened for reading loses nothing.
    }
  }

  @Override
  public synchronized void close() {
    while (!levels.isEmpty()) {
      leave();
    }
  }
}
