package io.pgproof.workflow;

import io.pgproof.backup.Backup;
import io.pgproof.backup.BackupIdentity;
import io.pgproof.backup.Restored;
import io.pgproof.image.Image;
import io.pgproof.postgres.RecoveryOrder;
import io.pgproof.postgres.RecoveryReached;
import io.pgproof.postgres.RunningServer;
import io.pgproof.postgres.ServerAddress;
import io.pgproof.proof.RunId;
import io.pgproof.sandbox.MachineId;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.StateDirectory.RunDirectory;
import io.pgproof.target.VerificationRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * One stay in the container: what its steps tell each other. It lives in memory alone, for a stay is never resumed by another
 * process.
 */
final class Stay {
  private final RunId run;
  private final VerificationRequest request;
  private final RunDirectory directory;
  private final Image image;
  private final int firstHostId;
  private final Backup backup;
  private final BackupIdentity identity;
  private volatile Restored restored;
  private volatile RecoveryReached reached;

  Stay(RunId run, VerificationRequest request, RunDirectory directory, Image image, int firstHostId, Backup backup,
      BackupIdentity identity) {
    this.run = run;
    this.request = request;
    this.directory = directory;
    this.image = image;
    this.firstHostId = firstHostId;
    this.backup = backup;
    this.identity = identity;
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
    return backup;
  }

  BackupIdentity identity() {
    return identity;
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

  Restored restored() {
    return need(restored, "restored");
  }

  void restored(Restored value) {
    restored = value;
  }

  RecoveryReached reached() {
    return need(reached, "recovered");
  }

  void reached(RecoveryReached value) {
    reached = value;
  }

  RecoveryOrder recoveryOrder() {
    return new RecoveryOrder(directory.data(), directory.settings(), restored().identity().postgresMajor(),
        restored().control(), hostUid(), hostGid(), request.walArchive().isPresent(), image.binDirectory());
  }

  private ServerAddress address() {
    return new ServerAddress(directory.socket(), hostUid(), restored().control().systemIdentifier(), request.superuser(),
        restored().identity().postgresMajor());
  }

  /** The server in the stay's container, once it was started. */
  RunningServer server(Sandbox sandbox) {
    return new RunningServer(
        address(), directory.serverLog(), () -> sandbox.running(machine()), () -> sandbox.ranOutOfMemory(machine()));
  }

  private <T> T need(T value, String what) {
    if (value == null) {
      throw new IllegalStateException("run " + run + " was not " + what + " yet");
    }
    return value;
  }
}
