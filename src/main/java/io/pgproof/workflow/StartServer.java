package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.postgres.RecoveryExpectation;
import io.pgproof.postgres.RecoveryWatch;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.sandbox.Sandbox;
import java.time.Duration;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Start server: the container's start is the server's start; its recovery is watched from then on. */
final class StartServer extends Step {
  private static final Duration WATCH_ENDS_WITHIN = Duration.ofMinutes(1);

  private final Sandbox sandbox;
  private final Stays stays;
  private final LongWork work;
  private final ProgressBoard progress;

  StartServer(Trail trail, Withdrawals withdrawals, Sandbox sandbox, Stays stays, LongWork work, ProgressBoard progress) {
    super(trail, withdrawals);
    this.sandbox = sandbox;
    this.stays = stays;
    this.work = work;
    this.progress = progress;
  }

  @Override
  void perform(RunId run, DelegateExecution execution) {
    Stay stay = stays.of(run);
    begin(stay);
    Pause.first(execution);
    record(run, new Evidence.Started(stay.directory().machineName()));
  }

  /** Starts the container and begins to watch its server, unless it is begun. */
  void begin(Stay stay) {
    RunId run = stay.run();
    if (!work.isBegun(run, VerifyBackup.Message.RECOVERY_ENDED)) {
      sandbox.start(stay.machine());
      Progress heard = progress.phase(run, "recover");
      Duration limit = stay.request().recoveryTimeout();
      // The watch keeps the limit and tells how far recovery came, unless it is stuck itself.
      work.begin(run, VerifyBackup.Message.RECOVERY_ENDED,
          new LongWork.Limit(limit.plus(WATCH_ENDS_WITHIN), Reason.RECOVERY_TIMEOUT, "the watch over recovery"),
          () -> stay.onSameBackup(() ->
              RecoveryWatch.await(stay.server(sandbox), RecoveryExpectation.of(stay.restored()), limit, heard)));
    }
  }
}
