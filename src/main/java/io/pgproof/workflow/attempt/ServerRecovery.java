package io.pgproof.workflow.attempt;

import io.pgproof.postgres.recovery.RecoveryExpectation;
import io.pgproof.postgres.recovery.RecoveryResult;
import io.pgproof.postgres.recovery.RecoveryWatch;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.model.VerifyBackup;
import java.time.Duration;
import java.util.Optional;

/** Starts the server of an attempt and watches its recovery beside the engine. */
final class ServerRecovery {
  private static final Duration WATCH_ENDS_WITHIN = Duration.ofMinutes(1);

  private final Sandbox sandbox;
  private final BackgroundWork work;
  private final ProgressBoard progress;

  ServerRecovery(Sandbox sandbox, BackgroundWork work, ProgressBoard progress) {
    this.sandbox = sandbox;
    this.work = work;
    this.progress = progress;
  }

  /** Starts the container and begins to watch its server, unless it is begun. */
  void start(RestoreAttempt restoreAttempt) {
    RunId run = restoreAttempt.run();
    if (!work.isBegun(run, VerifyBackup.Message.RECOVERY_ENDED)) {
      sandbox.start(restoreAttempt.machine());
      Progress heard = progress.phase(run, "recover");
      Duration limit = restoreAttempt.request().limits().recoveryTimeout();
      // The watch enforces the limit and reports how far recovery came, unless it is stuck itself.
      work.startOnce(
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

  /** Returns the result, or empty while recovery is in progress. */
  Optional<RecoveryResult> poll(RunId run) {
    return work.poll(run, VerifyBackup.Message.RECOVERY_ENDED);
  }
}
