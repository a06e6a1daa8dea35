package io.pgproof.workflow.attempt;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.postgres.recovery.RecoveryExpectation;
import io.pgproof.postgres.recovery.RecoveryWatch;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.PollBackoff;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.engine.Step;
import io.pgproof.workflow.model.VerifyBackup;
import java.time.Duration;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/**
 * Start server: starts the container, which starts the server; from then on its recovery is
 * watched.
 */
final class StartServer extends Step {
  private static final Duration WATCH_ENDS_WITHIN = Duration.ofMinutes(1);

  private final Sandbox sandbox;
  private final RestoreAttempts restoreAttempts;
  private final BackgroundWork work;
  private final ProgressBoard progress;

  StartServer(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      Sandbox sandbox,
      RestoreAttempts restoreAttempts,
      BackgroundWork work,
      ProgressBoard progress) {
    super(evidenceLog, cancellations);
    this.sandbox = sandbox;
    this.restoreAttempts = restoreAttempts;
    this.work = work;
    this.progress = progress;
  }

  @Override
  protected void perform(RunId run, DelegateExecution execution) {
    RestoreAttempt restoreAttempt = restoreAttempts.of(run);
    begin(restoreAttempt);
    PollBackoff.first(execution);
    record(run, new Evidence.Started(restoreAttempt.directory().machineName()));
  }

  /** Starts the container and begins to watch its server, unless it is begun. */
  void begin(RestoreAttempt restoreAttempt) {
    RunId run = restoreAttempt.run();
    if (!work.isBegun(run, VerifyBackup.Message.RECOVERY_ENDED)) {
      sandbox.start(restoreAttempt.machine());
      Progress heard = progress.phase(run, "recover");
      Duration limit = restoreAttempt.request().limits().recoveryTimeout();
      // The watch enforces the limit and reports how far recovery came, unless it is stuck itself.
      work.begin(
          run,
          VerifyBackup.Message.RECOVERY_ENDED,
          new BackgroundWork.Limit(
              limit.plus(WATCH_ENDS_WITHIN), Reason.RECOVERY_TIMEOUT, "the watch over recovery"),
          () ->
              restoreAttempt.onSameBackup(
                  () ->
                      RecoveryWatch.await(
                          restoreAttempt.server(sandbox),
                          RecoveryExpectation.of(restoreAttempt.restored()),
                          limit,
                          heard)));
    }
  }
}
