package io.pgproof.backup.restore;

import io.pgproof.backup.binding.Libc;
import io.pgproof.backup.binding.LibraryMissingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Mounts a directory as an overlay on a tree that is only read: writes go elsewhere, and everything
 * in the tree appears to belong to another user. This is an overlay on an idmapped lower layer
 * (source: the manual page mount_setattr(2) and the kernel's {@code overlayfs.rst}; Linux 5.19 or
 * newer).
 */
final class Overlay {
  private static final int OWNER_MAY = 0600;
  private static final int OWNER_MAY_ENTER = 0700;
  private static final int REGULAR = 0100000;
  private static final int DIRECTORY = 0040000;
  private static final int TYPE = 0170000;
  private static final long ENDS_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(5);

  private Overlay() {}

  private record Owner(int uid, int gid) {}

  /**
   * @param tree is never written to; may be a link to a directory
   * @param uid owner of everything in {@code merged} afterwards, as a UID of the host
   * @param merged an empty directory
   * @param beside a directory to create for the written files, on a file system that can be an
   *     upper layer
   * @return whether {@code merged} is the overlay now; otherwise nothing is mounted, and {@code
   *     beside} may exist
   */
  static boolean mountOver(Path tree, int uid, int gid, Path merged, Path beside)
      throws InterruptedException {
    try {
      // A link has its own owner, and may soon lead elsewhere.
      Path real = tree.toRealPath();
      Optional<Owner> owner = onlyOwner(real);
      // Each of these characters has a meaning in the options of an overlay.
      if (owner.isEmpty() || beside.toString().matches(".*[,:\\\\].*")) {
        return false;
      }
      return mountOver(Libc.load(), real, owner.get(), new Owner(uid, gid), merged, beside);
    } catch (IOException | LibraryMissingException | UnsatisfiedLinkError e) {
      return false;
    }
  }

  /**
   * Returns the single owner of all files, if a server that runs as this owner could use all of
   * them.
   */
  private static Optional<Owner> onlyOwner(Path tree) throws IOException {
    Owner owner = null;
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path path : (Iterable<Path>) all::iterator) {
        Map<String, Object> found =
            Files.readAttributes(path, "unix:uid,gid,mode", LinkOption.NOFOLLOW_LINKS);
        Owner own = new Owner(number(found, "uid"), number(found, "gid"));
        int mode = number(found, "mode");
        int needed =
            (mode & TYPE) == DIRECTORY ? OWNER_MAY_ENTER : (mode & TYPE) == REGULAR ? OWNER_MAY : 0;
        if ((owner != null && !owner.equals(own)) || (mode & needed) != needed) {
          return Optional.empty();
        }
        owner = own;
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return Optional.ofNullable(owner);
  }

  private static int number(Map<String, Object> attributes, String name) {
    return (Integer) Objects.requireNonNull(attributes.get(name), name);
  }

  private static boolean mountOver(
      Libc libc, Path tree, Owner from, Owner to, Path merged, Path beside)
      throws IOException, InterruptedException {
    Path lower = Files.createDirectories(beside.resolve("lower"));
    Path upper = Files.createDirectories(beside.resolve("upper"));
    Path work = Files.createDirectories(beside.resolve("work"));
    Files.setAttribute(upper, "unix:uid", to.uid());
    Files.setAttribute(upper, "unix:gid", to.gid());
    Files.setPosixFilePermissions(upper, PosixFilePermissions.fromString("rwx------"));
    if (!attach(libc, tree, from, to, lower)) {
      return false;
    }
    try {
      String layers =
          "lowerdir="
              + lower
              + ",upperdir="
              + upper
              + ",workdir="
              + work
              + ",index=off,metacopy=off";
      return mount(libc, merged, layers + ",volatile") || mount(libc, merged, layers);
    } finally {
      // The overlay keeps its own clone.
      libc.umount2(c(lower), Libc.MNT_DETACH);
    }
  }

  private static boolean mount(Libc libc, Path merged, String options) {
    return libc.mount(
            c("pgproof"),
            c(merged),
            c("overlay"),
            Libc.MS_NOSUID | Libc.MS_NODEV | Libc.MS_NOEXEC,
            c(options))
        == 0;
  }

  private static boolean attach(Libc libc, Path tree, Owner from, Owner to, Path lower)
      throws IOException, InterruptedException {
    int clone =
        libc.open_tree(Libc.AT_FDCWD, c(tree), Libc.OPEN_TREE_CLONE | Libc.OPEN_TREE_CLOEXEC);
    if (clone < 0) {
      return false;
    }
    try {
      int namespace = namespace(libc, from, to);
      if (namespace < 0) {
        return false;
      }
      try {
        long[] attributes = {
          Libc.MOUNT_ATTR_IDMAP
              | Libc.MOUNT_ATTR_RDONLY
              | Libc.MOUNT_ATTR_NOSUID
              | Libc.MOUNT_ATTR_NODEV
              | Libc.MOUNT_ATTR_NOEXEC,
          0,
          0,
          namespace
        };
        return libc.mount_setattr(
                    clone,
                    c(""),
                    Libc.AT_EMPTY_PATH,
                    attributes,
                    (long) Long.BYTES * attributes.length)
                == 0
            && libc.move_mount(clone, c(""), Libc.AT_FDCWD, c(lower), Libc.MOVE_MOUNT_F_EMPTY_PATH)
                == 0;
      } finally {
        libc.close(namespace);
      }
    } finally {
      libc.close(clone);
    }
  }

  /**
   * Returns the descriptor of a user namespace that maps one owner to the other, which only the
   * descriptor keeps alive; -1 when none can be created.
   */
  private static int namespace(Libc libc, Owner from, Owner to)
      throws IOException, InterruptedException {
    // The process ends when its input ends, and therefore also when this process ends.
    Process holder =
        new ProcessBuilder("unshare", "--user", "--", "cat").redirectErrorStream(true).start();
    try {
      Path process = Path.of("/proc", Long.toString(holder.pid()));
      Path ours = Files.readSymbolicLink(Path.of("/proc/self/ns/user"));
      long began = System.nanoTime();
      while (Files.readSymbolicLink(process.resolve("ns/user")).equals(ours)) {
        if (!holder.isAlive() || System.nanoTime() - began > ENDS_WITHIN_NANOS) {
          return -1;
        }
        Thread.sleep(1);
      }
      Files.writeString(process.resolve("uid_map"), from.uid() + " " + to.uid() + " 1\n");
      Files.writeString(process.resolve("gid_map"), from.gid() + " " + to.gid() + " 1\n");
      return libc.open(c(process.resolve("ns/user")), Libc.O_RDONLY | Libc.O_CLOEXEC);
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }

  private static byte[] c(Object words) {
    return (words + "\0").getBytes(StandardCharsets.UTF_8);
  }
}
