package io.pgproof.workflow.attempt;

import io.pgproof.backup.format.BackupIdentity;
import io.pgproof.backup.restore.Backups;
import io.pgproof.backup.restore.DiskSpace;
import io.pgproof.backup.restore.RestorePaths;
import io.pgproof.backup.restore.RestoreRequest;
import io.pgproof.backup.restore.RestoredBackup;
import io.pgproof.backup.restore.SpreadDirectory;
import io.pgproof.backup.source.Backup;
import io.pgproof.command.Trees;
import io.pgproof.evidence.RunRequests;
import io.pgproof.image.Image;
import io.pgproof.image.ImageStore;
import io.pgproof.postgres.recovery.RecoveryRequest;
import io.pgproof.proof.Depth;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.StateDirectory;
import io.pgproof.state.StateDirectory.RunDirectory;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.engine.WorkflowSettings;
import io.pgproof.workflow.model.VerifyBackup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Begins an attempt and makes, beside the engine, its single pass over the backup. */
final class BackupRestore {
  private final RunRequests runRequests;
  private final ImageStore images;
  private final Sandbox sandbox;
  private final StateDirectory state;
  private final WorkflowSettings settings;
  private final RestoreAttempts restoreAttempts;
  private final BackupInspection inspection;
  private final BackgroundWork work;
  private final ProgressBoard progress;

  BackupRestore(
      RunRequests runRequests,
      ImageStore images,
      Sandbox sandbox,
      StateDirectory state,
      WorkflowSettings settings,
      RestoreAttempts restoreAttempts,
      BackupInspection inspection,
      BackgroundWork work,
      ProgressBoard progress) {
    this.runRequests = runRequests;
    this.images = images;
    this.sandbox = sandbox;
    this.state = state;
    this.settings = settings;
    this.restoreAttempts = restoreAttempts;
    this.inspection = inspection;
    this.work = work;
    this.progress = progress;
  }

  /** Begins the attempt and its pass over the backup, unless it is begun. */
  void start(RunId run) {
    if (work.isBegun(run, VerifyBackup.Message.RESTORE_ENDED)) {
      return;
    }
    VerificationRequest request = runRequests.of(run);
    String imageKey = runRequests.image(run);
    Image image =
        images.list().stream()
            .filter(candidate -> candidate.key().equals(imageKey))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "image " + imageKey + " was removed after it was found"));
    Path source = runRequests.backup(run);
    RunDirectory directory = state.run(run);
    DiskSpace space = new DiskSpace(settings.reserve(), request.resources().diskBytes());
    RestoreAttempt restoreAttempt =
        new RestoreAttempt(run, request, directory, image, sandbox.firstHostId(), space);
    // First, so that the directory is not taken for a leftover.
    restoreAttempts.add(restoreAttempt);
    Progress heard = progress.phase(run, "restore");
    RestorePaths restorePaths =
        new RestorePaths(
            directory.data(),
            directory.tablespaces(),
            RecoveryRequest.TABLESPACES,
            directory.walArchive());
    RestoreRequest order =
        new RestoreRequest(
            restorePaths,
            restoreAttempt.hostUid(),
            restoreAttempt.hostGid(),
            request.replay().walArchive(),
            space,
            request.depth().atLeast(Depth.STANDARD),
            request.keep().isZero() ? Optional.of(directory.layers()) : Optional.empty(),
            request.replay().recoveryTimeline());
    Duration limit = request.limits().timeouts().restore();
    work.startOnce(
        run,
        VerifyBackup.Message.RESTORE_ENDED,
        new BackgroundWork.Limit(limit, Reason.RESTORE_TIMEOUT, "the restore of " + source),
        () ->
            SecondReading.confirm(
                source.toString(),
                limit,
                () -> {
                  // Not in the step, because a disk that does not answer would block its thread.
                  Trees.remove(directory.path());
                  SpreadDirectory.create(state.runs());
                  Files.createDirectory(directory.path());
                  BackupInspection.Inspected inspected = inspection.result(run);
                  restoreAttempt.backup(inspected.backup());
                  return restore(restoreAttempt, inspected, order, heard);
                }));
  }

  private RestoredBackup restore(
      RestoreAttempt restoreAttempt,
      BackupInspection.Inspected inspected,
      RestoreRequest order,
      Progress heard)
      throws IOException, InterruptedException {
    Backup backup = inspected.backup();
    BackupIdentity identity = inspected.identity();
    runRequests
        .inspected(restoreAttempt.run())
        .otherThan(inspected.evidence())
        .ifPresent(
            other -> {
              throw new FindingException(
                  Reason.BACKUP_CHANGED,
                  backup.directory() + " contains another backup than at its inspection: " + other);
            });
    List<Backup> ancestors = Backups.ancestors(backup, identity);
    return ancestors.isEmpty()
        ? Backups.restore(backup, identity, order, heard)
        : new CombineBackups(restoreAttempt, sandbox, order, heard)
            .run(backup, identity, ancestors);
  }

  /** Returns the result, or empty while the restore is in progress. */
  Optional<RestoredBackup> poll(RunId run) {
    return work.poll(run, VerifyBackup.Message.RESTORE_ENDED);
  }

  /** Ends the attempt and removes what the restore has written. */
  void undo(RunId run) throws IOException {
    work.stop(run);
    Trees.remove(state.run(run).path(), settings.removalTimeout());
    restoreAttempts.remove(run);
  }
}
