package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.postgres.Asked;
import io.pgproof.postgres.Examination;
import io.pgproof.postgres.PagesAfterRecovery;
import io.pgproof.postgres.RestoreTime;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.target.VerificationRequest;
import java.time.Duration;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Run checks: begins to check the restored database, as deeply as was asked. */
final class RunChecks extends Step {
  private final Sandbox sandbox;
  private final Stays stays;
  private final LongWork work;
  private final ProgressBoard progress;
  private final Requests requests;

  RunChecks(Trail trail, Withdrawals withdrawals, Sandbox sandbox, Stays stays, LongWork work, ProgressBoard progress,
      Requests requests) {
    super(trail, withdrawals);
    this.sandbox = sandbox;
    this.stays = stays;
    this.work = work;
    this.progress = progress;
    this.requests = requests;
  }

  @Override
  void perform(RunId run, DelegateExecution execution) {
    begin(stays.of(run));
    Pause.first(execution);
    record(run, new Evidence.ChecksBegun());
  }

  /** Begins to check, unless it is begun. */
  void begin(Stay stay) {
    RunId run = stay.run();
    VerificationRequest request = stay.request();
    RestoreTime restore = requests.restoreTime(run);
    Progress heard = progress.phase(run, "check");
    Duration limit = request.timeouts().checks();
    Duration statement = request.timeouts().statement();
    Asked asked = new Asked(request.database(), request.freshnessQuery(), request.assertions(), request.maxAge(),
        statement, request.zone());
    LongWork.Limit all = new LongWork.Limit(limit, Reason.CHECK_TIMEOUT, "the checks");
    work.begin(run, VerifyBackup.Message.CHECKS_ENDED, all, () -> stay.onSameBackup(() -> {
      PagesAfterRecovery.Judged pages = PagesAfterRecovery.judge(
          stay.server(sandbox), stay.restored().suspects(), stay.restoredFiles(), statement);
      return pages.answers().and(Examination.of(
          stay.recovered(sandbox), asked, request.depth(), pages.torn(), restore, limit, heard));
    }));
  }
}
