package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.backup.Backup;
import io.pgproof.backup.BackupIdentity;
import io.pgproof.backup.Backups;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import java.util.List;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Inspect backup: what it says of itself before it is unpacked. */
final class InspectBackup extends Step {
  private final Requests requests;
  private final ProgressBoard progress;

  InspectBackup(Trail trail, Withdrawals withdrawals, Requests requests, ProgressBoard progress) {
    super(trail, withdrawals);
    this.requests = requests;
    this.progress = progress;
  }

  @Override
  void perform(RunId run, DelegateExecution execution) throws InterruptedException {
    progress.phase(run, "inspect");
    VerificationRequest request = requests.of(run);
    Backup backup = Backups.find(requests.backup(run));
    BackupIdentity identity = Backups.inspect(backup, request.walArchive());
    execution.setVariable(VerifyBackup.Variable.POSTGRES_MAJOR, identity.postgresMajor());
    record(run, new Evidence.Inspected(new Report.BackupFacts(
        backup.directory().toString(),
        Facts.format(backup, identity),
        String.valueOf(identity.postgresMajor()),
        identity.systemIdentifier().orElse(null),
        identity.label().startTime(),
        identity.label().startLsn().toString(),
        identity.bytes(),
        List.of(),
        null)));
  }
}
