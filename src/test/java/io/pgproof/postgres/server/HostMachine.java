package io.pgproof.postgres.server;

import io.pgproof.backup.format.PostgresVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs PostgreSQL's programs of this host in namespaces of their own, with the paths that a machine
 * gives them and no network; everything of it is gone with its first process.
 *
 * <p>{@code PGPROOF_TEST_ROOTFS} names another root file system to take the programs from, to try
 * another version.
 */
public final class HostMachine {
  public static final Path ROOTFS =
      Path.of(System.getenv().getOrDefault("PGPROOF_TEST_ROOTFS", "/"));

  public static final int MAJOR = major();
  public static final String BIN = "/usr/lib/postgresql/" + MAJOR + "/bin";
  public static final int UID = id(2);
  public static final int GID = id(3);

  /**
   * $1 an empty directory, $2 the root file system, $3 user and group, then pairs of mounts, {@code
   * --}, the line.
   */
  private static final String ENTER =
      """
      set -e
      root=$1 from=$2 user=$3
      shift 3
      mount -t tmpfs -o mode=755 none "$root"
      for name in bin sbin lib lib32 lib64 libx32 usr etc; do
        if [ -L "$from/$name" ]; then cp -P "$from/$name" "$root/$name"
        elif [ -d "$from/$name" ]; then mkdir "$root/$name"; mount --rbind "$from/$name" "$root/$name"
        fi
      done
      mkdir "$root/dev" "$root/proc" "$root/tmp"
      mount -t tmpfs -o mode=755 none "$root/dev"
      for name in null zero random urandom; do
        touch "$root/dev/$name"; mount --bind "/dev/$name" "$root/dev/$name"
      done
      mkdir "$root/dev/shm"; mount -t tmpfs -o mode=1777 none "$root/dev/shm"
      mount -t proc none "$root/proc"
      chmod 1777 "$root/tmp"
      while [ "$1" != -- ]; do
        mkdir -p "$root$2"; mount --bind "$1" "$root$2"; shift 2
      done
      shift
      # Not exec: a change of user would undo --kill-child.
      chroot --userspec="$user" "$root" "$@"
      exit
      """;

  private HostMachine() {}

  public static boolean available() {
    return MAJOR > 0 && "root".equals(System.getProperty("user.name"));
  }

  /** Starts a program; {@code mounts} are directories of the host and their paths inside. */
  public static Process start(Path home, Map<Path, String> mounts, Path output, List<String> line)
      throws IOException {
    Path root = Files.createTempDirectory(home, "root");
    List<String> whole =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                "--net",
                "--ipc",
                "--pid",
                "--fork",
                "--kill-child",
                "/bin/sh",
                "-c",
                ENTER,
                "sh",
                root.toString(),
                ROOTFS.toString(),
                UID + ":" + GID));
    mounts.forEach((host, inside) -> whole.addAll(List.of(host.toString(), inside)));
    whole.add("--");
    whole.addAll(line);
    return new ProcessBuilder(whole)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
        .start();
  }

  /** Runs a program to its end and returns what it wrote. */
  public static String run(Path home, Map<Path, String> mounts, List<String> line)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(home, "output", "");
    Process process = start(home, mounts, output, line);
    try {
      if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IOException(line + " failed:\n" + Files.readString(output));
      }
      return Files.readString(output);
    } finally {
      process.destroyForcibly();
    }
  }

  /** A directory that the server's user owns. */
  public static Path owned(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.setAttribute(directory, "unix:uid", UID);
    Files.setAttribute(directory, "unix:gid", GID);
    return directory;
  }

  public static PostgresVersion version() {
    return PostgresVersion.of(MAJOR).orElseThrow();
  }

  private static int major() {
    Path versions = ROOTFS.resolve("usr/lib/postgresql");
    if (!Files.isDirectory(versions)) {
      return 0;
    }
    try (var listed = Files.list(versions)) {
      return listed
          .filter(version -> Files.isExecutable(version.resolve("bin/postgres")))
          .map(version -> version.getFileName().toString())
          .filter(name -> name.matches("[0-9]{2}"))
          .mapToInt(Integer::parseInt)
          .max()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  private static int id(int field) {
    try (var lines = Files.lines(ROOTFS.resolve("etc/passwd"))) {
      return lines
          .map(line -> line.split(":"))
          .filter(fields -> fields[0].equals("postgres"))
          .mapToInt(fields -> Integer.parseInt(fields[field]))
          .findFirst()
          .orElse(-1);
    } catch (IOException e) {
      return -1;
    }
  }
}
