package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.backup.Backup;
import io.pgproof.backup.BackupIdentity;
import io.pgproof.backup.Backups;
import io.pgproof.backup.DiskSpace;
import io.pgproof.backup.Places;
import io.pgproof.backup.RestoreOrder;
import io.pgproof.backup.Restored;
import io.pgproof.image.Image;
import io.pgproof.image.ImageStore;
import io.pgproof.postgres.RecoveryOrder;
import io.pgproof.proof.Depth;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.StateDirectory.RunDirectory;
import io.pgproof.state.StateDirectory;
import io.pgproof.state.Trees;
import io.pgproof.target.VerificationRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Restore files: begins the stay and the one pass over the backup. */
final class RestoreFiles extends Step {
  private final Requests requests;
  private final ImageStore images;
  private final Sandbox sandbox;
  private final StateDirectory state;
  private final WorkflowSettings settings;
  private final Stays stays;
  private final LongWork work;
  private final ProgressBoard progress;

  RestoreFiles(Trail trail, Withdrawals withdrawals, Requests requests, ImageStore images, Sandbox sandbox,
      StateDirectory state, WorkflowSettings settings, Stays stays, LongWork work, ProgressBoard progress) {
    super(trail, withdrawals);
    this.requests = requests;
    this.images = images;
    this.sandbox = sandbox;
    this.state = state;
    this.settings = settings;
    this.stays = stays;
    this.work = work;
    this.progress = progress;
  }

  @Override
  void perform(RunId run, DelegateExecution execution) throws Exception {
    begin(run);
    int attempt = requests.attempt(run) + 1;
    execution.setVariable(VerifyBackup.Variable.ATTEMPT, attempt);
    execution.setVariable(VerifyBackup.Variable.RESTORED, false);
    execution.setVariable(VerifyBackup.Variable.RECOVERED, false);
    execution.setVariable(VerifyBackup.Variable.CHECKED, false);
    Pause.first(execution);
    record(run, new Evidence.AttemptBegun(attempt));
  }

  @Override
  void undo(RunId run) throws Exception {
    work.stop(run);
    Trees.remove(state.run(run).path(), settings.removalTimeout());
    stays.end(run);
  }

  /** Begins the stay and its pass over the backup, unless it is begun. */
  void begin(RunId run) throws IOException, InterruptedException {
    if (work.isBegun(run, VerifyBackup.Message.RESTORE_ENDED)) {
      return;
    }
    VerificationRequest request = requests.of(run);
    String imageKey = requests.image(run);
    Image image = images.list().stream().filter(candidate -> candidate.key().equals(imageKey)).findFirst()
        .orElseThrow(() -> new IllegalStateException("image " + imageKey + " was removed in the meantime"));
    Path source = requests.backup(run);
    RunDirectory directory = state.run(run);
    DiskSpace space = new DiskSpace(settings.reserveBytes(), request.resources().diskBytes());
    Stay stay = new Stay(run, request, directory, image, sandbox.firstHostId(), space);
    // First, so that nobody takes the directory for a leftover.
    stays.begin(stay);
    Progress heard = progress.phase(run, "restore");
    Places places =
        new Places(directory.data(), directory.tablespaces(), RecoveryOrder.TABLESPACES, directory.walArchive());
    RestoreOrder order = new RestoreOrder(places, stay.hostUid(), stay.hostGid(), request.walArchive(), space,
        request.depth().atLeast(Depth.STANDARD),
        request.keep().isZero() ? Optional.of(directory.layers()) : Optional.empty(), request.recoveryTimeline());
    work.begin(run, VerifyBackup.Message.RESTORE_ENDED,
        new LongWork.Limit(request.timeouts().restore(), Reason.RESTORE_TIMEOUT, "the restore of " + source), () -> {
          // Not by the step, whose thread a disk that does not answer would hold.
          Trees.remove(directory.path());
          Files.createDirectories(directory.path());
          InspectBackup.Inspected inspected = inspected(run, source, request);
          stay.backup(inspected.backup());
          return restore(stay, inspected, order, heard);
        });
  }

  private Restored restore(Stay stay, InspectBackup.Inspected inspected, RestoreOrder order, Progress heard)
      throws IOException, InterruptedException {
    Backup backup = inspected.backup();
    BackupIdentity identity = inspected.identity();
    requests.inspected(stay.run()).otherThan(inspected.evidence()).ifPresent(other -> {
      throw new FindingException(Reason.BACKUP_CHANGED, "another backup lies in " + backup.directory() + " than was inspected: " + other);
    });
    List<Backup> ancestors = Backups.ancestors(backup, identity);
    return ancestors.isEmpty()
        ? Backups.restore(backup, identity, order, heard)
        : new CombineBackups(stay, sandbox, order, heard).run(backup, identity, ancestors);
  }

  /** From the inspection, or read again where that was made by an earlier process. */
  private InspectBackup.Inspected inspected(RunId run, Path source, VerificationRequest request) throws InterruptedException {
    return work.isBegun(run, VerifyBackup.Message.INSPECTION_ENDED)
        ? work.<InspectBackup.Inspected>look(run, VerifyBackup.Message.INSPECTION_ENDED).orElseThrow()
        : InspectBackup.inspect(source, request);
  }
}
