package io.pgproof.image;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Adds the first host ID to every owner below a directory, so that the IDs inside a machine are
 * correct.
 *
 * <p>The kernel drops file capabilities with every change of owner. They are not restored: as
 * written here they would have no effect in a user namespace, and the server needs none.
 */
final class OwnerShift extends SimpleFileVisitor<Path> {
  private static final int SET_ID_BITS = 06000;
  private static final int PERMISSIONS = 07777;
  private static final int TYPE = 0170000;
  private static final int REGULAR = 0100000;
  private static final int BLOCK = 4096;

  private final int shift;
  private final Set<Object> linked = new HashSet<>();
  private long bytes;

  private OwnerShift(int shift) {
    this.shift = shift;
  }

  /**
   * Shifts the directory and everything below it. For symbolic links, the link itself is shifted,
   * never its target.
   *
   * @return total size on disk in bytes, in whole blocks
   */
  static long apply(Path root, int shift) throws IOException {
    OwnerShift walk = new OwnerShift(shift);
    Files.walkFileTree(root, walk);
    return walk.bytes;
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
      throws IOException {
    return shift(directory, attributes);
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    return shift(file, attributes);
  }

  private FileVisitResult shift(Path path, BasicFileAttributes attributes) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      return FileVisitResult.TERMINATE;
    }
    Map<String, Object> inode =
        Files.readAttributes(path, "unix:mode,uid,gid,ino,nlink", LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isDirectory() && number(inode, "nlink") > 1 && !linked.add(inode.get("ino"))) {
      return FileVisitResult.CONTINUE;
    }
    if (!attributes.isSymbolicLink()) {
      bytes += (attributes.size() + BLOCK - 1) / BLOCK * BLOCK;
    }
    Files.setAttribute(path, "unix:uid", number(inode, "uid") + shift, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:gid", number(inode, "gid") + shift, LinkOption.NOFOLLOW_LINKS);
    int mode = number(inode, "mode");
    if ((mode & TYPE) == REGULAR && (mode & SET_ID_BITS) != 0) {
      Files.setAttribute(path, "unix:mode", mode & PERMISSIONS, LinkOption.NOFOLLOW_LINKS);
    }
    return FileVisitResult.CONTINUE;
  }

  private static int number(Map<String, Object> inode, String name) {
    return (Integer) Objects.requireNonNull(inode.get(name), name);
  }
}
