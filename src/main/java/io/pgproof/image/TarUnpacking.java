package io.pgproof.image;

import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.ProgramMissingException;
import io.pgproof.command.ProgramResult;
import io.pgproof.image.ImageSource.Tarball;
import io.pgproof.proof.MachineError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Unpacks a root file system with tar(1).
 *
 * <p>GNU tar writes nothing outside a directory that was empty. It refuses a name with {@code ..},
 * treats an absolute name as relative to the directory, and creates links that point elsewhere only
 * after everything else.
 */
final class TarUnpacking {
  private static final Duration LIMIT = Duration.ofMinutes(30);

  private final HostPrograms programs;

  TarUnpacking(HostPrograms programs) {
    this.programs = programs;
  }

  /**
   * Creates {@code rootfs}.
   *
   * @param sha256 SHA-256 of the tarball
   * @throws io.pgproof.proof.FindingException {@code no-image} with the output of tar, or if the
   *     tarball changed in the meantime
   */
  void unpack(Tarball source, String sha256, Path rootfs, Consumer<String> said)
      throws IOException {
    source
        .decoder()
        .filter(decoder -> !programs.has(decoder.program))
        .ifPresent(
            decoder -> {
              throw missing(source, decoder.program, decoder.debianPackage);
            });
    said.accept("unpacking " + source.file());
    Map<String, Object> before = KnownDigests.identity(source.file());
    Files.createDirectory(rootfs);
    ProgramResult programResult;
    try {
      // The machine gets its own /dev, so no device nodes of the tarball are created.
      programResult =
          programs.run(
              new HostCommand(
                  LIMIT,
                  "tar",
                  "--extract",
                  "--file=" + source.file(),
                  "--directory=" + rootfs,
                  "--numeric-owner",
                  "--same-owner",
                  "--preserve-permissions",
                  "--anchored",
                  "--exclude=dev/*",
                  "--exclude=./dev/*"));
    } catch (ProgramMissingException e) {
      throw missing(source, "tar", "tar");
    }
    if (!programResult.succeeded()) {
      throw failed(source, programResult);
    }
    if (!KnownDigests.identity(source.file()).equals(before)
        || !KnownDigests.of(source.file()).equals(sha256)) {
      throw source.notBuilt(
          "it was changed while it was unpacked", "build again when nothing writes to it", null);
    }
  }

  private static RuntimeException failed(Tarball source, ProgramResult programResult) {
    List<String> lines = programResult.err().lines().toList();
    String words =
        String.join("\n", lines.subList(0, Math.min(lines.size(), Mmdebstrap.LAST_LINES)));
    if (programResult.timedOut()) {
      return source.notBuilt(
          "tar did not end within " + LIMIT.toSeconds() + " s",
          "check the speed of the disk",
          words);
    }
    if (MachineError.isDiskFull(words)) {
      return source.notBuilt("the disk is full", Mmdebstrap.FREE_SPACE, words);
    }
    return source.notBuilt(
        lines.isEmpty() ? "tar ended with status " + programResult.status() : lines.get(0),
        "check the tarball: it must contain a root file system at its top level, and no name with ..",
        words);
  }

  private static RuntimeException missing(Tarball source, String program, String debianPackage) {
    return source.notBuilt(
        program + " is not installed", "install it with: apt-get install " + debianPackage, null);
  }
}
