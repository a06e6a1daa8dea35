package io.pgproof.workflow.attempt;

import io.pgproof.backup.pages.RestoredFiles;
import io.pgproof.backup.restore.DiskSpace;
import io.pgproof.backup.restore.RestoredBackup;
import io.pgproof.backup.source.Backup;
import io.pgproof.backup.source.SourceFiles;
import io.pgproof.command.Trees;
import io.pgproof.image.Image;
import io.pgproof.postgres.check.RecoveredCopy;
import io.pgproof.postgres.recovery.RecoveryRequest;
import io.pgproof.postgres.recovery.RecoveryResult;
import io.pgproof.postgres.recovery.ServerMachine;
import io.pgproof.postgres.recovery.SourceSettings;
import io.pgproof.postgres.server.RunningServer;
import io.pgproof.postgres.server.ServerAddress;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.RunId;
import io.pgproof.sandbox.MachineId;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.StateDirectory.RunDirectory;
import io.pgproof.target.VerificationRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One attempt in the container: the data that its steps share. It is only in memory, because an
 * attempt is never resumed by another process.
 */
final class RestoreAttempt {
  private final RunId run;
  private final VerificationRequest request;
  private final RunDirectory directory;
  private final Image image;
  private final int firstHostId;
  private final DiskSpace space;
  private final AtomicBoolean cutOff = new AtomicBoolean();
  private volatile @Nullable Backup backup;
  private volatile @Nullable RestoredBackup restoredBackup;
  private volatile @Nullable RecoveryResult reached;
  private volatile @Nullable SourceSettings source;

  RestoreAttempt(
      RunId run,
      VerificationRequest request,
      RunDirectory directory,
      Image image,
      int firstHostId,
      DiskSpace space) {
    this.run = run;
    this.request = request;
    this.directory = directory;
    this.image = image;
    this.firstHostId = firstHostId;
    this.space = space;
  }

  RunId run() {
    return run;
  }

  VerificationRequest request() {
    return request;
  }

  RunDirectory directory() {
    return directory;
  }

  Image image() {
    return image;
  }

  Backup backup() {
    return require(backup, "inspected");
  }

  void backup(Backup value) {
    backup = value;
  }

  MachineId machine() {
    return new MachineId(directory.machineName(), directory.machine());
  }

  /** UID of the server's user on the host. */
  int hostUid() {
    return firstHostId + image.uid();
  }

  /** GID of the server's group on the host. */
  int hostGid() {
    return firstHostId + image.gid();
  }

  /** Returns whether the attempt's container was ended because of the disk. */
  boolean cutOff() {
    return cutOff.get();
  }

  /** Marks the attempt as cut off; returns false if it was cut off before. */
  boolean cutOffNow() {
    return cutOff.compareAndSet(false, true);
  }

  /**
   * Returns the bytes that everything it wrote takes on the file system; walks its directory. Data
   * that a server writes into blocks that it shares with the backup cannot be told apart, and are
   * not counted.
   *
   * @throws IOException when this cannot be determined, or not within the limit
   */
  long bytesOnDisk(Duration limit) throws IOException {
    return Math.max(0, Trees.allocated(directory.path(), limit) - space.shared());
  }

  /** Creates a directory that only the server may write to. */
  void makeForServer(Path made) throws IOException {
    Files.createDirectories(made);
    Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwx------"));
    chown(made);
  }

  /** Makes the server the owner of a file. */
  void chown(Path file) throws IOException {
    Files.setAttribute(file, "unix:uid", hostUid());
    Files.setAttribute(file, "unix:gid", hostGid());
  }

  RestoredBackup restored() {
    return require(restoredBackup, "restored");
  }

  void restored(RestoredBackup value) {
    restoredBackup = value;
  }

  /**
   * Does work on the restored copy. Its result counts only if the backup is unchanged, because the
   * copy may still read from it.
   *
   * @throws FindingException {@code backup-changed} if the backup has changed, whatever the work
   *     found
   */
  <T> T onSameBackup(Callable<T> work) throws Exception {
    try {
      T result = work.call();
      requireSameBackup();
      return result;
    } catch (FindingException e) {
      requireSameBackup();
      throw e;
    }
  }

  private void requireSameBackup() {
    restored()
        .source()
        .flatMap(SourceFiles::changed)
        .ifPresent(
            finding -> {
              throw finding;
            });
  }

  RestoredFiles restoredFiles() throws IOException {
    return RestoredFiles.of(directory.data(), directory.tablespaces());
  }

  RecoveryResult reached() {
    return require(reached, "recovered");
  }

  void reached(RecoveryResult value) {
    reached = value;
  }

  RecoveryRequest recoveryOrder() {
    return new RecoveryRequest(
        directory.data(),
        directory.settings(),
        restored().identity().version(),
        restored().control(),
        hostUid(),
        hostGid(),
        request.replay().walArchive().isPresent(),
        image.binDirectory(),
        restored().replay());
  }

  /** Reads the source's own settings, once: the next step removes them, and may be repeated. */
  void noteSource() {
    if (source == null) {
      source = SourceSettings.of(recoveryOrder());
    }
  }

  /** Returns the names of databases that may be in the copy; the one to query comes first. */
  private List<String> databases() {
    List<String> names = new ArrayList<>(List.of(request.queries().database()));
    if (source != null) {
      names.addAll(source.databases());
    }
    return names;
  }

  private ServerAddress address() {
    return new ServerAddress(
        directory.socket(),
        hostUid(),
        restored().control().systemIdentifier(),
        request.queries().superuser(),
        restored().identity().version(),
        databases());
  }

  /** Returns the server in the attempt's container, once it was started. */
  RunningServer server(Sandbox sandbox) {
    return new RunningServer(
        address(),
        directory.serverLog(),
        () -> sandbox.running(machine()),
        () -> sandbox.ranOutOfMemory(machine()));
  }

  /** Returns the copy in the attempt's container, once it has recovered. */
  RecoveredCopy recovered(Sandbox sandbox) throws IOException {
    ServerMachine inside =
        new ServerMachine(
            sandbox, machine(), image.rootfs(), image.uid(), image.gid(), recoveryOrder());
    return new RecoveredCopy(
        server(sandbox),
        inside,
        restoredFiles(),
        reached(),
        restored().control(),
        require(source, "prepared"));
  }

  private <T> T require(@Nullable T value, String what) {
    if (value == null) {
      throw new IllegalStateException("run " + run + " was not " + what + " yet");
    }
    return value;
  }
}
