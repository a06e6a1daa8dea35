package io.pgproof.bench;

import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.ProgramResult;
import io.pgproof.image.Image;
import io.pgproof.sandbox.Sandbox;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Restores a backup as a person does, with {@code tar} and {@code pg_ctl}; the script {@code
 * by-hand} contains the ways. PostgreSQL and its programs are those of the image that pgproof uses.
 */
final class ByHand {
  private static final Duration LIMIT = Duration.ofHours(2);
  private static final String SCRIPT = "by-hand";

  private final HostPrograms programs;
  private final Sandbox sandbox;
  private final Image image;

  ByHand(HostPrograms programs, Sandbox sandbox, Image image) {
    this.programs = programs;
    this.sandbox = sandbox;
    this.image = image;
  }

  /**
   * Restores the backup.
   *
   * @param way such as {@code hand-fast}
   * @param work new directory, which the caller removes
   * @return the seconds of each phase, by its name
   */
  Map<String, Double> restore(String way, Path backup, Path work) throws IOException {
    Path script = work.resolve(SCRIPT);
    try (InputStream source = ByHand.class.getResourceAsStream(SCRIPT)) {
      Files.copy(Objects.requireNonNull(source, SCRIPT), script);
    }
    Path place = Files.createDirectory(work.resolve("place"));
    ProgramResult result =
        programs.run(
            new HostCommand(
                LIMIT,
                "unshare",
                "--mount",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc",
                "/bin/bash",
                script.toString(),
                way,
                backup.toString(),
                place.toString(),
                image.rootfs().toString(),
                image.binDirectory(),
                Integer.toString(sandbox.firstHostId() + image.uid()),
                Integer.toString(sandbox.firstHostId() + image.gid())));
    if (!result.succeeded()) {
      throw new BenchFailure("the restore by hand failed: " + way + ": " + result.describe());
    }
    Map<String, Double> phases = new LinkedHashMap<>();
    result
        .out()
        .lines()
        .map(line -> line.split(" "))
        .forEach(phase -> phases.put(phase[0], Double.valueOf(phase[1])));
    return phases;
  }
}
