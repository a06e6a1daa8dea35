package io.pgproof;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.Mounts;
import io.pgproof.command.ProgramResult;
import io.pgproof.command.Trees;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A directory on a disk of its own whose power can be cut: what was not flushed to it by then is
 * lost. The disk is a file on XFS, where a copy of it is taken at once. Needs root, loop devices
 * and mkfs; the test is skipped where one is missing.
 */
public final class PowerCut implements AutoCloseable {
  private static final HostPrograms PROGRAMS = new HostPrograms();
  private static final long SHELF_BYTES = 8L << 30;

  private final String fileSystem;
  private final Path place;
  private final Path disk;
  private final Path afterCut;
  private final Path mounted;

  /**
   * @param fileSystem of the disk: {@code ext4} or {@code xfs}
   */
  public PowerCut(String fileSystem) throws IOException {
    this.fileSystem = fileSystem;
    place = Files.createTempDirectory(Path.of("/var/tmp"), "pgproof-");
    Path shelf = Files.createDirectory(place.resolve("shelf"));
    mounted = Files.createDirectory(place.resolve("state"));
    disk = shelf.resolve("disk");
    afterCut = shelf.resolve("after-cut");
    try {
      Path below = sparse(place.resolve("below"), SHELF_BYTES);
      assumeTrue(
          run("mkfs.xfs", "-q", below.toString())
              && run("mount", "-o", "loop", below.toString(), shelf.toString()),
          "no XFS in a file can be mounted here");
      assumeTrue(
          run("mkfs." + fileSystem, "-q", sparse(disk, SHELF_BYTES / 2).toString()) && mount(),
          "no " + fileSystem + " in a file can be mounted here");
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Empty, and of mode 0700, as a state directory. */
  public Path directory() {
    return mounted.resolve("pgproof");
  }

  /** Flushes everything that was written so far, so that a cut does not lose it. */
  public void flush() {
    require("sync", "--file-system", mounted.toString());
  }

  /** Takes what is on the disk at this moment; everything after it is lost with {@link #back}. */
  public void cut() {
    require("cp", "--reflink=always", disk.toString(), afterCut.toString());
  }

  /** The power is back, with what was on the disk at the cut. Whoever used it has ended. */
  public void back() throws IOException {
    List<Path> mounts = new ArrayList<>(Mounts.within(mounted));
    Collections.reverse(mounts);
    mounts.forEach(mount -> require("umount", "--lazy", mount.toString()));
    require("mv", afterCut.toString(), disk.toString());
    if (!mount()) {
      throw new AssertionError("the disk cannot be mounted after the cut");
    }
  }

  @Override
  public void close() throws IOException {
    Trees.remove(place);
  }

  private boolean mount() throws IOException {
    // A process that has the mounts for itself may keep that of the disk before the cut, for which
    // XFS would refuse this one.
    if (!run(
        "mount",
        "-o",
        fileSystem.equals("xfs") ? "loop,nouuid" : "loop",
        disk.toString(),
        mounted.toString())) {
      return false;
    }
    Files.createDirectories(
        directory(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    return true;
  }

  private static Path sparse(Path file, long bytes) throws IOException {
    try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
      made.setLength(bytes);
    }
    return file;
  }

  private static boolean run(String... line) {
    return PROGRAMS.has(line[0]) && ended(line).succeeded();
  }

  private static void require(String... line) {
    ProgramResult programResult = ended(line);
    if (!programResult.succeeded()) {
      throw new AssertionError(programResult.describe());
    }
  }

  private static ProgramResult ended(String... line) {
    return PROGRAMS.run(new HostCommand(Duration.ofMinutes(1), line));
  }
}
