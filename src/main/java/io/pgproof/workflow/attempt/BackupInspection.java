package io.pgproof.workflow.attempt;

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
import io.pgproof.workflow.model.VerifyBackup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads, beside the engine, the backup's description of itself before it is unpacked. */
public final class BackupInspection {
  private final RunRequests runRequests;
  private final BackgroundWork work;

  BackupInspection(RunRequests runRequests, BackgroundWork work) {
    this.runRequests = runRequests;
    this.work = work;
  }

  /** A backup and its description of itself. */
  public record Inspected(Backup backup, BackupIdentity identity) {
    public Evidence.Inspected evidence() {
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

  public boolean isBegun(RunId run) {
    return work.isBegun(run, VerifyBackup.Message.INSPECTION_ENDED);
  }

  public void start(RunId run) {
    VerificationRequest request = runRequests.of(run);
    Path directory = runRequests.backup(run);
    Duration limit = request.limits().timeouts().inspection();
    work.startOnce(
        run,
        VerifyBackup.Message.INSPECTION_ENDED,
        new BackgroundWork.Limit(
            limit, Reason.INSPECTION_TIMEOUT, "the inspection of " + directory),
        () ->
            SecondReading.confirm(directory.toString(), limit, () -> inspect(directory, request)));
  }

  /** Returns the result, or empty while the inspection is in progress. */
  public Optional<Inspected> poll(RunId run) {
    return work.poll(run, VerifyBackup.Message.INSPECTION_ENDED);
  }

  /** Returns the result; inspects again if an earlier process made the inspection. */
  Inspected result(RunId run) throws InterruptedException {
    return isBegun(run)
        ? poll(run).orElseThrow()
        : inspect(runRequests.backup(run), runRequests.of(run));
  }

  /**
   * Inspects the backup. No client waits who could get a refusal, so an error that a client would
   * see at once becomes a finding here.
   */
  private static Inspected inspect(Path directory, VerificationRequest request)
      throws InterruptedException {
    try {
      Backup backup = Backups.find(directory);
      return new Inspected(backup, Backups.inspect(backup, request.replay().walArchive()));
    } catch (UsageException e) {
      throw new FindingException(e.finding(), e);
    }
  }
}
