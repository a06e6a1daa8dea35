package io.pgproof.cli;

import io.pgproof.backup.restore.Backups;
import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.image.ImageSources;
import io.pgproof.sandbox.Sandbox.Lack;
import io.pgproof.sandbox.lxc.LxcSandbox;
import io.pgproof.state.StateDirectory;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Checks what pgproof needs of this machine. */
final class HostRequirements {
  private static final long FREE_BYTES_WANTED = 5L << 30;

  private HostRequirements() {}

  /** Returns what is missing, each with the command that fixes it. */
  static List<Lack> lacks(HostPrograms programs, StateDirectory state) {
    List<Lack> lacks = new ArrayList<>(new LxcSandbox(programs).lacks());
    needProgram(lacks, "mmdebstrap", "mmdebstrap", "images cannot be built");
    lacks.addAll(ImageSources.lacks(state.imageSources(), programs));
    Backups.missing()
        .forEach(
            missing ->
                lacks.add(
                    new Lack(
                        missing.what() + ": backups compressed with it cannot be read",
                        missing.mend(),
                        missing.byHand())));
    Path existing =
        Stream.iterate(state.path(), Objects::nonNull, Path::getParent)
            .filter(Files::exists)
            .findFirst()
            .orElseThrow();
    long free = new File(existing.toString()).getUsableSpace();
    if (free < FREE_BYTES_WANTED) {
      lacks.add(
          Lack.byHand(
              "the file system of the state directory "
                  + state.path()
                  + " has "
                  + (free >> 20)
                  + " MiB free, an image and a restored backup need more",
              "free space on the file system of "
                  + existing
                  + ", or use another state directory with --state"));
    }
    return lacks;
  }

  static HostCommand shell(String line, Duration limit) {
    return new HostCommand(limit, "/bin/sh", "-c", line);
  }

  private static void needProgram(
      List<Lack> lacks, String program, String debianPackage, String consequence) {
    for (String directory : List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")) {
      if (Files.isExecutable(Path.of(directory, program))) {
        return;
      }
    }
    lacks.add(
        new Lack(
            "the program " + program + " is missing: " + consequence,
            "apt-get install -y " + debianPackage));
  }
}
