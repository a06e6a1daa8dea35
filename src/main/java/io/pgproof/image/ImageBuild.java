package io.pgproof.image;

import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.ProgramResult;
import io.pgproof.image.ImageSource.Packages;
import io.pgproof.image.ImageSource.Tarball;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Builds a complete image in a directory: unpacks it, adds what a machine needs, shifts the owners,
 * writes its description, and syncs it to disk.
 */
final class ImageBuild {
  private static final Pattern VERSION =
      Pattern.compile("postgres \\(PostgreSQL\\) (([0-9]+)\\S*).*");
  private static final List<String> MOUNT_POINTS =
      List.of("data", "settings", "socket", "log", "wal", "out");
  private static final int IDS = 65_536;
  private static final String BEHIND_A_READ_ONLY_MOUNT =
      "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro,nodev,nosuid \"$0\" && exec \"$@\"";

  private final Mmdebstrap mmdebstrap;
  private final TarUnpacking tar;
  private final HostPrograms programs;
  private final Clock clock;

  ImageBuild(Mmdebstrap mmdebstrap, HostPrograms programs, Clock clock) {
    this.mmdebstrap = mmdebstrap;
    this.tar = new TarUnpacking(programs);
    this.programs = programs;
    this.clock = clock;
  }

  /**
   * @throws InterruptedException if the calling thread is interrupted; the directory then contains
   *     no valid image
   */
  void buildInto(Path directory, Recipe recipe, Consumer<String> said)
      throws IOException, InterruptedException {
    // The parent directories exclude other users; from here on, the machine's own users need
    // access.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path rootfs = directory.resolve(ImageRecord.ROOTFS);
    ImageSource source = recipe.source();
    List<String> warnings = unpack(recipe, rootfs, said);
    User user = user(source, rootfs);
    makeMountPoints(source, rootfs, user);
    said.accept("shifting user and group ids by " + recipe.firstHostId());
    long bytes = OwnerShift.apply(rootfs, recipe.firstHostId());
    String version = version(recipe, rootfs, user);
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedException();
    }
    new ImageRecord(
            recipe.key(),
            recipe.major(),
            version,
            user.uid,
            user.gid,
            source.binDirectory(),
            clock.instant().truncatedTo(ChronoUnit.MILLIS),
            bytes,
            warnings)
        .write(directory);
    // An image is complete only when it is on disk: a power failure must not leave an image with
    // empty files.
    ProgramResult programResult =
        programs.run(
            new HostCommand(Duration.ofMinutes(10), "sync", "--file-system", rootfs.toString()));
    if (!programResult.succeeded()) {
      throw new IOException("its files may not be on the disk: " + programResult.describe());
    }
  }

  private List<String> unpack(Recipe recipe, Path rootfs, Consumer<String> said)
      throws IOException {
    if (recipe.source() instanceof Packages packages) {
      return mmdebstrap.unpack(packages, rootfs, said);
    }
    tar.unpack((Tarball) recipe.source(), recipe.files().get(0), rootfs, said);
    return List.of();
  }

  private static User user(ImageSource source, Path rootfs) throws IOException {
    Path passwd = rootfs.resolve("etc/passwd");
    if (!Files.isRegularFile(passwd, LinkOption.NOFOLLOW_LINKS)
        || !passwd.toRealPath().startsWith(rootfs.toRealPath())) {
      throw broken(source, "it has no /etc/passwd, which a root file system has", null);
    }
    User user =
        User.parsePasswd(source.user(), Files.readString(passwd))
            .orElseThrow(() -> broken(source, "it has no user " + source.user(), null));
    if (user.uid <= 0 || user.gid <= 0 || user.uid >= IDS || user.gid >= IDS) {
      throw broken(
          source,
          "its user "
              + source.user()
              + " has the ids "
              + user.uid
              + " and "
              + user.gid
              + ", and a container has only ids from 1 to "
              + (IDS - 1)
              + " for it",
          null);
    }
    return user;
  }

  /**
   * Asks the server for its version. This also shows that the server, its libraries and a shell
   * exist and run on this machine.
   *
   * <p>The program is untrusted. It runs as its own user within the IDs of a machine, gains no
   * privileges, sees no network, no other process and no file outside the image, and cannot write
   * even to the image. It has a /proc, which some servers need to find their libraries.
   */
  private String version(Recipe recipe, Path rootfs, User user) {
    ImageSource source = recipe.source();
    String ids = recipe.firstHostId() + ",0," + IDS;
    ProgramResult programResult =
        programs.run(
            new HostCommand(
                Duration.ofMinutes(1),
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-c",
                BEHIND_A_READ_ONLY_MOUNT,
                rootfs.toString(),
                "setpriv",
                "--no-new-privs",
                "unshare",
                "--user",
                "--map-users=" + ids,
                "--map-groups=" + ids,
                "--mount",
                "--pid",
                "--net",
                "--ipc",
                "--uts",
                "--cgroup",
                "--fork",
                "--kill-child",
                "--root=" + rootfs,
                "--mount-proc",
                "--setgid=" + user.gid,
                "--setuid=" + user.uid,
                "/bin/sh",
                "-c",
                "exec env \"$0\" --version",
                source.binDirectory() + "/postgres"));
    Matcher version = VERSION.matcher(programResult.out().strip());
    if (!programResult.succeeded() || !version.matches()) {
      throw broken(source, "its server does not report its version", programResult.describe());
    }
    if (!version.group(2).equals(String.valueOf(source.major()))) {
      throw broken(source, "its server is PostgreSQL " + version.group(1), null);
    }
    return version.group(1);
  }

  private static void makeMountPoints(ImageSource source, Path rootfs, User user)
      throws IOException {
    Path top = rootfs.resolve("pgproof");
    if (Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
      throw broken(source, "it contains /pgproof, where pgproof mounts the restored files", null);
    }
    Files.createDirectory(top);
    for (String name : MOUNT_POINTS) {
      Path made = Files.createDirectory(top.resolve(name));
      Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwx------"));
      Files.setAttribute(made, "unix:uid", user.uid);
      Files.setAttribute(made, "unix:gid", user.gid);
    }
  }

  private static FindingException broken(ImageSource source, String what, @Nullable String words) {
    String look =
        source instanceof Packages packages
            ? "check its packages: " + String.join(", ", packages.packages())
            : "check the tarball, bin-directory ("
                + source.binDirectory()
                + ") and user ("
                + source.user()
                + ")";
    return new FindingException(
        new Finding(
            Reason.NO_IMAGE,
            "the image of PostgreSQL "
                + source.major()
                + " from "
                + source.describe()
                + " was built, but "
                + what,
            look,
            words));
  }

  /** A line of {@code /etc/passwd}. */
  record User(int uid, int gid) {
    static Optional<User> parsePasswd(String name, String passwd) {
      return passwd
          .lines()
          .map(line -> line.split(":"))
          .filter(parts -> parts.length > 3 && parts[0].equals(name))
          .map(parts -> new User(Integer.parseInt(parts[2]), Integer.parseInt(parts[3])))
          .findFirst();
    }
  }
}
