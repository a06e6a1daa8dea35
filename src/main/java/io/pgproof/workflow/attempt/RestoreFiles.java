package io.pgproof.workflow.attempt;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.backup.format.BackupIdentity;
import io.pgproof.backup.restore.Backups;
import io.pgproof.backup.restore.DiskSpace;
import io.pgproof.backup.restore.RestorePaths;
import io.pgproof.backup.restore.RestoreRequest;
import io.pgproof.backup.restore.RestoredBackup;
import io.pgproof.backup.source.Backup;
import io.pgproof.command.Trees;
import io.pgproof.evidence.Evidence;
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
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.PollBackoff;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.engine.Step;
import io.pgproof.workflow.engine.WorkflowSettings;
import io.pgproof.workflow.model.VerifyBackup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Restore files: begins the attempt and the single pass over the backup. */
final class RestoreFiles extends Step {
  private final RunRequests runRequests;
  private final ImageStore images;
  private final Sandbox sandbox;
  private final StateDirectory state;
  private final WorkflowSettings settings;
  private final RestoreAttempts restoreAttempts;
  private final BackgroundWork work;
  private final ProgressBoard progress;

  RestoreFiles(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      RunRequests runRequests,
      ImageStore images,
      Sandbox sandbox,
      StateDirectory state,
      WorkflowSettings settings,
      RestoreAttempts restoreAttempts,
      BackgroundWork work,
      ProgressBoard progress) {
    super(evidenceLog, cancellations);
    this.runRequests = runRequests;
    this.images = images;
    this.sandbox = sandbox;
    this.state = state;
    this.settings = settings;
    this.restoreAttempts = restoreAttempts;
    this.work = work;
    this.progress = progress;
  }

  @Override
  protected void perform(RunId run, DelegateExecution execution) throws Exception {
    begin(run);
    int attempt = runRequests.attempt(run) + 1;
    execution.setVariable(VerifyBackup.Variable.ATTEMPT, attempt);
    execution.setVariable(VerifyBackup.Variable.RESTORED, false);
    execution.setVariable(VerifyBackup.Variable.RECOVERED, false);
    execution.setVariable(VerifyBackup.Variable.CHECKED, false);
    PollBackoff.first(execution);
    record(run, new Evidence.AttemptBegun(attempt));
  }

  @Override
  protected void undo(RunId run) throws Exception {
    work.stop(run);
    Trees.remove(state.run(run).path(), settings.removalTimeout());
    restoreAttempts.end(run);
  }

  /** Begins the attempt and its pass over the backup, unless it is begun. */
  void begin(RunId run) throws IOException, InterruptedException {
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
                        "image " + imageKey + " was removed in the meantime"));
    Path source = runRequests.backup(run);
    RunDirectory directory = state.run(run);
    DiskSpace space = new DiskSpace(settings.reserve(), request.resources().diskBytes());
    RestoreAttempt restoreAttempt =
        new RestoreAttempt(run, request, directory, image, sandbox.firstHostId(), space);
    // First, so that the directory is not taken for a leftover.
    restoreAttempts.begin(restoreAttempt);
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
    work.begin(
        run,
        VerifyBackup.Message.RESTORE_ENDED,
        new BackgroundWork.Limit(
            request.limits().timeouts().restore(),
            Reason.RESTORE_TIMEOUT,
            "the restore of " + source),
        () -> {
          // Not in the step, because a disk that does not answer would block its thread.
          Trees.remove(directory.path());
          Files.createDirectories(directory.path());
          InspectBackup.Inspected inspected = inspected(run, source, request);
          restoreAttempt.backup(inspected.backup());
          return restore(restoreAttempt, inspected, order, heard);
        });
  }

  private RestoredBackup restore(
      RestoreAttempt restoreAttempt,
      InspectBackup.Inspected inspected,
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
                  "another backup lies in " + backup.directory() + " than was inspected: " + other);
            });
    List<Backup> ancestors = Backups.ancestors(backup, identity);
    return ancestors.isEmpty()
        ? Backups.restore(backup, identity, order, heard)
        : new CombineBackups(restoreAttempt, sandbox, order, heard)
            .run(backup, identity, ancestors);
  }

  /**
   * Returns the result of the inspection, or inspects again if an earlier process made the
   * inspection.
   */
  private InspectBackup.Inspected inspected(RunId run, Path source, VerificationRequest request)
      throws InterruptedException {
    return work.isBegun(run, VerifyBackup.Message.INSPECTION_ENDED)
        ? work.<InspectBackup.Inspected>look(run, VerifyBackup.Message.INSPECTION_ENDED)
            .orElseThrow()
        : InspectBackup.inspect(source, request);
  }
}
