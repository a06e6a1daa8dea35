package io.pgproof.workflow.attempt;

import io.pgproof.backup.pages.RestoredFiles;
import io.pgproof.backup.restore.DiskSpace;
import io.pgproof.backup.restore.RestoredBackup;
import io.pgproof.backup.source.Backup;
import io.pgproof.backup.source.SourceFiles;
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
import io.pgproof.state.Trees;
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

/**
 * One stay in the container: what its steps tell each other. It lives in memory alone, for a stay
 * is never resumed by another process.
 */
final class RestoreAttempt {
  private final RunId run;
  private final VerificationRequest request;
  private final RunDirectory directory;
  private final Image image;
  private final int firstHostId;
  private final DiskSpace space;
  private final AtomicBoolean cutOff = new AtomicBoolean();
  private volatile Backup backup;
  private volatile RestoredBackup restoredBackup;
  private volatile RecoveryResult reached;
  private volatile SourceSettings source;

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
    return need(backup, "inspected");
  }

  void backup(Backup value) {
    backup = value;
  }

  MachineId machine() {
    return new MachineId(directory.machineName(), directory.machine());
  }

  /** The server's user as counted on the host. */
  int hostUid() {
    return firstHostId + image.uid();
  }

  /** The server's group as counted on the host. */
  int hostGid() {
    return firstHostId + image.gid();
  }

  /** Whether its container was ended because of the disk. */
  boolean cutOff() {
    return cutOff.get();
  }

  /** Whether nobody had cut it off before. */
  boolean cutOffNow() {
    return cutOff.compareAndSet(false, true);
  }

  /**
   * Bytes that all it wrote takes on the file system; a walk of its directory. What a server writes
   * into blocks that it shares with the backup is not told apart, and not counted.
   *
   * @throws IOException when that cannot be told, or not within the limit
   */
  long taken(Duration limit) throws IOException {
    return Math.max(0, Trees.allocated(directory.path(), limit) - space.shared());
  }

  /** Makes a directory that the server may write to, and nobody else. */
  void makeForServer(Path made) throws IOException {
    Files.createDirectories(made);
    Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwx------"));
    own(made);
  }

  /** Gives a file to the server. */
  void own(Path file) throws IOException {
    Files.setAttribute(file, "unix:uid", hostUid());
    Files.setAttribute(file, "unix:gid", hostGid());
  }

  RestoredBackup restored() {
    return need(restoredBackup, "restored");
  }

  void restored(RestoredBackup value) {
    restoredBackup = value;
  }

  /**
   * Does work on the restored copy; what it finds counts only where the backup, which the copy may
   * go on to read, is still the same.
   *
   * @throws FindingException {@code backup-changed} where it is not, whatever the work found
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
    return need(reached, "recovered");
  }

  void reached(RecoveryResult value) {
    reached = value;
  }

  RecoveryRequest recoveryOrder() {
    return new RecoveryRequest(
        directory.data(),
        directory.settings(),
        restored().identity().postgresMajor(),
        restored().control(),
        hostUid(),
        hostGid(),
        request.walArchive().isPresent(),
        image.binDirectory(),
        restored().replay());
  }

  /** Reads the source's own settings, once: the next step takes them away, and may be repeated. */
  void noteSource() {
    if (source == null) {
      source = SourceSettings.of(recoveryOrder());
    }
  }

  /** Names of databases that may be in the copy; the one that is to be asked comes first. */
  private List<String> databases() {
    List<String> names = new ArrayList<>(List.of(request.database()));
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
        request.superuser(),
        restored().identity().postgresMajor(),
        databases());
  }

  /** The server in the stay's container, once it was started. */
  RunningServer server(Sandbox sandbox) {
    return new RunningServer(
        address(),
        directory.serverLog(),
        () -> sandbox.running(machine()),
        () -> sandbox.ranOutOfMemory(machine()));
  }

  /** The copy in the stay's container, once it has recovered. */
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
        need(source, "prepared"));
  }

  private <T> T need(T value, String what) {
    if (value == null) {
      throw new IllegalStateException("run " + run + " was not " + what + " yet");
    }
    return value;
  }
}
