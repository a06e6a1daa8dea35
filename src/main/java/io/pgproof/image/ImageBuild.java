package io.pgproof.image;

import io.pgproof.command.Ended;
import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills a directory with a finished image: unpacked, furnished, owners shifted, described, and on disk. */
final class ImageBuild {
  private static final Pattern VERSION = Pattern.compile("postgres \\(PostgreSQL\\) (\\S+).*");
  private static final String USER = "postgres";
  private static final List<String> MOUNT_POINTS = List.of("data", "settings", "socket", "log", "wal", "out");

  private final Mmdebstrap mmdebstrap;
  private final HostPrograms programs;
  private final Clock clock;

  ImageBuild(Mmdebstrap mmdebstrap, HostPrograms programs, Clock clock) {
    this.mmdebstrap = mmdebstrap;
    this.programs = programs;
    this.clock = clock;
  }

  /** @throws InterruptedException when the calling thread is interrupted; what is in the directory is no image then */
  void into(Path directory, Recipe recipe, Consumer<String> said) throws IOException, InterruptedException {
    // The directories above keep strangers out; from here on, the machine's own users must get through.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path rootfs = directory.resolve(ImageRecord.ROOTFS);
    List<String> warnings = mmdebstrap.unpack(recipe, rootfs, said);
    String version = version(recipe, rootfs);
    User user = User.named(USER, Files.readString(rootfs.resolve("etc/passwd")))
        .orElseThrow(() -> broken(recipe, "it has no user " + USER, null));
    makeMountPoints(rootfs, user);
    said.accept("shifting owners by " + recipe.firstHostId());
    long bytes = OwnerShift.apply(rootfs, recipe.firstHostId());
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedException();
    }
    // Only what is on disk may be called finished: a power cut must not leave an image with empty files.
    programs.run(new HostCommand(Duration.ofMinutes(10), "sync", "--file-system", rootfs.toString()));
    new ImageRecord(recipe.key(), recipe.major(), version, user.uid, user.gid, recipe.binDirectory(),
        clock.instant().truncatedTo(ChronoUnit.MILLIS), bytes, warnings).write(directory);
  }

  /** Asks the server itself, which also shows that it and its libraries are there and run on this machine. */
  private String version(Recipe recipe, Path rootfs) {
    Ended ended = programs.run(new HostCommand(
        Duration.ofMinutes(1), "chroot", rootfs.toString(), recipe.binDirectory() + "/postgres", "--version"));
    Matcher version = VERSION.matcher(ended.out().strip());
    if (!ended.succeeded() || !version.matches()) {
      throw broken(recipe, "its server does not tell its version", ended.describe());
    }
    return version.group(1);
  }

  private static void makeMountPoints(Path rootfs, User user) throws IOException {
    Path top = Files.createDirectory(rootfs.resolve("pgproof"));
    for (String name : MOUNT_POINTS) {
      Path made = Files.createDirectory(top.resolve(name));
      Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwx------"));
      Files.setAttribute(made, "unix:uid", user.uid);
      Files.setAttribute(made, "unix:gid", user.gid);
    }
  }

  private static FindingException broken(Recipe recipe, String what, String words) {
    return new FindingException(Finding.of(Reason.NO_IMAGE,
        "the image of PostgreSQL " + recipe.major() + " from " + recipe.suite() + " was built, but " + what,
        "look at the recipe's packages: " + String.join(", ", recipe.packages()), words));
  }

  /** A line of {@code /etc/passwd}. */
  record User(int uid, int gid) {
    static java.util.Optional<User> named(String name, String passwd) {
      return passwd.lines().map(line -> line.split(":")).filter(parts -> parts.length > 3 && parts[0].equals(name))
          .map(parts -> new User(Integer.parseInt(parts[2]), Integer.parseInt(parts[3]))).findFirst();
    }
  }
}
