package io.pgproof.workflow.attempt;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.backup.format.BackupIdentity;
import io.pgproof.backup.restore.Backups;
import io.pgproof.backup.source.Backup;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunRequests;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.proof.UsageException;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.PollBackoff;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.engine.Step;
import io.pgproof.workflow.model.VerifyBackup;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/**
 * Inspect backup: begins to read the backup's description of itself before it is unpacked, or looks
 * whether this has ended.
 */
final class InspectBackup extends Step {
  private final RunRequests runRequests;
  private final BackgroundWork work;
  private final ProgressBoard progress;

  InspectBackup(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      RunRequests runRequests,
      BackgroundWork work,
      ProgressBoard progress) {
    super(evidenceLog, cancellations);
    this.runRequests = runRequests;
    this.work = work;
    this.progress = progress;
  }

  /** A backup and its description of itself. */
  record Inspected(Backup backup, BackupIdentity identity) {
    Evidence.Inspected evidence() {
      return new Evidence.Inspected(
          new Report.BackupFacts(
              backup.directory().toString(),
              backup.formatWord(identity),
              String.valueOf(identity.version().major()),
              identity.systemIdentifier().orElse(null),
              identity.label().startTime(),
              identity.label().startLsn().toString(),
              identity.bytes(),
              List.of(),
              null),
          identity.label().timeline().isPresent() ? identity.label().timeline().getAsInt() : null);
    }
  }

  @Override
  protected void perform(RunId run, DelegateExecution execution) {
    boolean begun = work.isBegun(run, VerifyBackup.Message.INSPECTION_ENDED);
    if (!begun) {
      progress.phase(run, "inspect");
      begin(run);
      PollBackoff.first(execution);
    }
    Optional<Inspected> look =
        begun ? work.look(run, VerifyBackup.Message.INSPECTION_ENDED) : Optional.empty();
    execution.setVariable(VerifyBackup.Variable.INSPECTED, look.isPresent());
    if (look.isEmpty()) {
      if (begun) {
        PollBackoff.longer(execution);
      }
      return;
    }
    Backup backup = look.get().backup();
    backup
        .choice()
        .ifPresent(
            choice -> {
              execution.setVariable(
                  VerifyBackup.Variable.BACKUP_PATH, backup.directory().toString());
              record(run, Evidence.Chosen.of(backup.directory(), choice));
            });
    record(run, look.get().evidence());
  }

  private void begin(RunId run) {
    VerificationRequest request = runRequests.of(run);
    Path directory = runRequests.backup(run);
    work.begin(
        run,
        VerifyBackup.Message.INSPECTION_ENDED,
        new BackgroundWork.Limit(
            request.limits().timeouts().inspection(),
            Reason.INSPECTION_TIMEOUT,
            "the inspection of " + directory),
        () -> inspect(directory, request));
  }

  /**
   * Inspects the backup. No client waits who could get a refusal, so an error that a client would
   * see at once becomes a finding here.
   */
  static Inspected inspect(Path directory, VerificationRequest request)
      throws InterruptedException {
    try {
      Backup backup = Backups.find(directory);
      return new Inspected(backup, Backups.inspect(backup, request.replay().walArchive()));
    } catch (UsageException e) {
      throw new FindingException(e.finding(), e);
    }
  }
}
