package io.pgproof.backup.restore;

import io.pgproof.backup.archive.FileNames;
import io.pgproof.backup.format.BackupPart;
import io.pgproof.backup.format.FileLayout;
import io.pgproof.backup.source.Tablespaces;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.MachineError;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A data directory under construction, with the tablespaces beside it. It creates only new
 * directories, new regular files and the links to tablespaces; it opens nothing that already exists
 * and follows no link.
 *
 * <p>Safe for several threads. No other program may write below it at the same time. Directories
 * have mode 0700, files 0600, and both have the requested owner. Nothing is synced, because a copy
 * damaged by a crash is discarded.
 */
final class DataDirectory {
  private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final Set<StandardOpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private final Path root;
  private final RestorePaths restorePaths;
  private final Tablespaces tablespaces;
  private final int uid;
  private final int gid;
  private final DiskSpace space;
  private final Set<String> directories = new HashSet<>();
  private boolean laidOver;
  private boolean foreignUser;
  private boolean foreignGroup;

  DataDirectory(RestoreRequest order, Tablespaces tablespaces) {
    this.restorePaths = order.places();
    this.root = restorePaths.data();
    this.tablespaces = tablespaces;
    this.uid = order.uid();
    this.gid = order.gid();
    this.space = order.space();
  }

  /** Creates the directory, and the one beside it if there are tablespaces. */
  void create() throws IOException {
    Files.createDirectory(root, DIRECTORY);
    foreignUser =
        !Integer.valueOf(uid)
            .equals(Files.getAttribute(root, "unix:uid", LinkOption.NOFOLLOW_LINKS));
    foreignGroup =
        !Integer.valueOf(gid)
            .equals(Files.getAttribute(root, "unix:gid", LinkOption.NOFOLLOW_LINKS));
    chown(root);
    if (!tablespaces.oids().isEmpty()) {
      chown(Files.createDirectory(restorePaths.tablespaces(), DIRECTORY));
    }
  }

  /**
   * Records that the directory is an overlay on a tree; removes the links whose names separate
   * parts provide.
   */
  void markOverlaid(Set<String> elsewhere) throws IOException {
    laidOver = true;
    for (String name : elsewhere) {
      Path link = root.resolve(name);
      if (Files.isSymbolicLink(link)) {
        Files.delete(link);
      }
    }
  }

  /**
   * Removes an entry that must not be restored, if the directory is an overlay on a tree that holds
   * it.
   */
  void exclude(String name) throws IOException {
    if (laidOver && tablespaces.nameBelowTablespaces(name).isEmpty()) {
      Files.deleteIfExists(path(name));
    }
  }

  /**
   * Creates the directories that must exist even when they are empty; returns those that were
   * missing.
   */
  List<String> complete() throws IOException {
    List<String> made = new ArrayList<>();
    for (String name : FileLayout.MAY_BE_EMPTY) {
      if (!Files.isDirectory(path(name), LinkOption.NOFOLLOW_LINKS)) {
        directory(name, root.toString());
        made.add(name);
      }
    }
    return made;
  }

  /** Throws {@code disk-full} when the backup needs more space than there is. */
  void require(long expected) throws IOException {
    space.require("the backup", expected, root);
  }

  /** Throws {@code disk-full} when a file is too large, before it is written. */
  void require(String file, long size, String archive) throws IOException {
    space.requireForFile(FileNames.shown(file) + " of " + archive, size, root);
  }

  /** Creates the links to the tablespaces, as the server will follow them. */
  void link() throws IOException {
    for (String oid : tablespaces.oids()) {
      // This covers an empty tablespace too.
      directory(BackupPart.TABLESPACES + oid, root.toString());
      chown(
          Files.createSymbolicLink(
              root.resolve(BackupPart.TABLESPACES).resolve(oid),
              Path.of(restorePaths.tablespacesInside(), oid)));
    }
  }

  /**
   * Creates a directory and its parents; a directory created earlier is left unchanged.
   *
   * @param name free of any {@link FileNames#objection}
   */
  synchronized void directory(String name, String archive) throws IOException {
    if (name.isEmpty() || directories.contains(name)) {
      return;
    }
    directory(parent(name), archive);
    Path path = path(name);
    if (laidOver && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      directories.add(name);
      return;
    }
    try {
      Files.createDirectory(path, DIRECTORY);
    } catch (FileAlreadyExistsException e) {
      throw new FindingException(
          Reason.UNSAFE_ARCHIVE,
          archive + " contains " + FileNames.shown(name) + " as a file and as a directory");
    } catch (IOException e) {
      throw failed(path, e);
    }
    chown(path);
    directories.add(name);
  }

  /** Opens a new file for writing from its start; creates its parents. */
  FileChannel file(String name, String archive) throws IOException {
    directory(parent(name), archive);
    Path path = path(name);
    FileChannel channel;
    try {
      channel = FileChannel.open(path, NEW, FILE);
    } catch (FileAlreadyExistsException e) {
      throw duplicateMember(name, archive);
    } catch (IOException e) {
      throw failed(path, e);
    }
    try {
      chown(path);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    return channel;
  }

  /**
   * Counts written bytes; ends the restore with {@code disk-full} when the bound or the reserve is
   * reached.
   */
  void countWritten(long bytes) throws IOException {
    space.countWritten(bytes, root);
  }

  /** Records that a file of this size shares its blocks with the backup. */
  void shared(long bytes) {
    space.shares(bytes);
  }

  /**
   * Returns the exception for a failed write below this directory: {@code disk-full}, or another
   * fault of the environment.
   */
  RuntimeException failed(Path path, IOException cause) {
    // The C library's message is in the language of the process, so the free space is checked as
    // well.
    if (MachineError.isDiskFull(cause) || DiskSpace.isUsedUp(root)) {
      return new FindingException(
          Finding.of(Reason.DISK_FULL, path + " cannot be written: no space is left"), cause);
    }
    return new UncheckedIOException(path + " cannot be written", cause);
  }

  Path path(String name) {
    return tablespaces
        .nameBelowTablespaces(name)
        .map(beside -> FileNames.below(restorePaths.tablespaces(), beside))
        .orElseGet(() -> FileNames.below(root, name))
        .orElseThrow(() -> FileNames.inexpressible(name));
  }

  private static String parent(String name) {
    return name.substring(0, Math.max(name.lastIndexOf('/'), 0));
  }

  private void chown(Path path) throws IOException {
    if (foreignUser) {
      Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
    }
    if (foreignGroup) {
      Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
    }
  }

  /**
   * Returns a finding that is not held against the backup: tar lets the later member win, and
   * people who append to an archive intend that.
   */
  private static FindingException duplicateMember(String name, String archive) {
    return new FindingException(
        new Finding(
            Reason.FORMAT_UNSUPPORTED,
            archive
                + " contains "
                + FileNames.shown(name)
                + " a second time, and pgproof does not choose between the two",
            "unpack the archives with tar in the order in which they are restored, and verify the directory",
            null));
  }
}
