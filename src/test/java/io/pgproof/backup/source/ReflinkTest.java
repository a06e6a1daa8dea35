package io.pgproof.backup.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgproof.backup.archive.ExpectedFinding;
import io.pgproof.backup.restore.Backups;
import io.pgproof.backup.restore.CraftedBackup;
import io.pgproof.backup.restore.DiskSpace;
import io.pgproof.backup.restore.RestoreRequest;
import io.pgproof.backup.restore.RestoredBackup;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Needs root, loop devices, and the mkfs of the file system; skipped where one is missing. */
@Tag("container")
class ReflinkTest {
  private static final int BIG = 64 << 20;

  @TempDir Path directory;
  private Path mounted;

  @AfterEach
  void unmount() throws Exception {
    if (mounted != null) {
      run("umount", mounted.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"btrfs", "xfs"})
  void aPlainBackupOnTheSameFileSystemIsSharedAndStillChecked(String fileSystem) throws Exception {
    mount(fileSystem);
    CraftedBackup backup = big();
    long before = free();
    Backup found = backup.find();
    DiskSpace space = new DiskSpace(1 << 20, Optional.of(BIG / 2L));
    RestoreRequest order =
        new RestoreRequest(
            backup.places(), CraftedBackup.UID, CraftedBackup.GID, Optional.empty(), space, true);
    RestoredBackup restoredBackup =
        Backups.restore(found, Backups.inspect(found), order, (done, total, note) -> {});

    assertThat(space.shared()).isGreaterThanOrEqualTo(BIG);
    assertThat(backup.data().resolve("base/5/big"))
        .hasBinaryContent(backup.files.get("base/5/big"));
    assertThat(before - free()).as("space taken by a copy of %d bytes", BIG).isLessThan(BIG / 2);
    assertThat(restoredBackup.checks().get(1).detail()).isEqualTo("5 files, CRC32C");
    assertThat(Files.getAttribute(backup.data().resolve("base/5/big"), "unix:uid"))
        .isEqualTo(CraftedBackup.UID);
    Files.write(backup.data().resolve("base/5/big"), new byte[8192]);
    assertThat(backup.directory.resolve("base/5/big"))
        .hasBinaryContent(backup.files.get("base/5/big"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"btrfs", "xfs"})
  void damageInASharedFileIsFound(String fileSystem) throws Exception {
    mount(fileSystem);
    CraftedBackup backup = big();
    try (RandomAccessFile file =
        new RandomAccessFile(backup.directory.resolve("base/5/big").toFile(), "rw")) {
      file.seek(BIG / 2);
      file.write(file.read() ^ 1);
    }

    ExpectedFinding.expect(
        Reason.MANIFEST_MISMATCH,
        "base/5/big does not match backup_manifest",
        () -> backup.restore());
  }

  @Test
  void aFailedShareLeavesTheFileUnchanged() throws Exception {
    Path from = Files.write(directory.resolve("from"), new byte[8192]);
    Path to =
        Files.createFile(
            Path.of("/dev/shm").resolve("pgproof-reflink-" + ProcessHandle.current().pid()));
    try {
      assertThat(Reflink.clone(from, key(from), to)).isFalse();
      assertThat(to).isEmptyFile();
    } finally {
      Files.delete(to);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"btrfs", "xfs"})
  void aReplacedFileIsNotShared(String fileSystem) throws Exception {
    mount(fileSystem);
    Path file = Files.write(mounted.resolve("file"), new byte[8192]);
    Path other = Files.write(mounted.resolve("other"), new byte[8192]);
    Path copy = Files.createFile(mounted.resolve("copy"));

    assertThat(Reflink.clone(file, key(other), copy)).isFalse();
    assertThat(Reflink.clone(file, key(file), copy)).isTrue();
  }

  private static Object key(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  private CraftedBackup big() {
    CraftedBackup backup = new CraftedBackup(mounted.resolve("backup"));
    byte[] content = new byte[BIG];
    new Random(1).nextBytes(content);
    backup.files.put("base/5/big", content);
    backup.files.remove("tablespace_map");
    return backup.writePlain();
  }

  private long free() throws Exception {
    run("sync", "--file-system", mounted.toString());
    return Files.getFileStore(mounted).getUsableSpace();
  }

  private void mount(String fileSystem) throws Exception {
    Path image = directory.resolve("image");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(1L << 30);
    }
    assumeTrue(
        run("sh", "-c", "command -v mkfs." + fileSystem),
        "mkfs." + fileSystem + " is not installed");
    assumeTrue(run("mkfs." + fileSystem, "-q", image.toString()), "mkfs." + fileSystem + " failed");
    Path place = Files.createDirectory(directory.resolve("mounted"));
    assumeTrue(
        run("mount", "-o", "loop", image.toString(), place.toString()),
        "this kernel mounts no " + fileSystem);
    mounted = place;
  }

  private static boolean run(String... line) throws Exception {
    Process process =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0;
  }
}
