package io.pgproof.workflow.attempt;

import io.pgproof.evidence.RunRequests;
import io.pgproof.postgres.check.CheckResults;
import io.pgproof.postgres.check.CheckRunner;
import io.pgproof.postgres.check.PagesAfterRecovery;
import io.pgproof.postgres.check.UserChecks;
import io.pgproof.postgres.recovery.RestoreTime;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.model.VerifyBackup;
import java.time.Duration;
import java.util.Optional;

/** Checks the restored database beside the engine, to the requested depth. */
final class DatabaseChecks {
  private final RunRequests runRequests;
  private final Sandbox sandbox;
  private final BackgroundWork work;
  private final ProgressBoard progress;

  DatabaseChecks(
      RunRequests runRequests, Sandbox sandbox, BackgroundWork work, ProgressBoard progress) {
    this.runRequests = runRequests;
    this.sandbox = sandbox;
    this.work = work;
    this.progress = progress;
  }

  /** Begins the checks, unless they are begun. */
  void start(RestoreAttempt restoreAttempt) {
    RunId run = restoreAttempt.run();
    VerificationRequest request = restoreAttempt.request();
    RestoreTime restore = runRequests.restoreTime(run);
    Progress heard = progress.phase(run, "check");
    Duration limit = request.limits().timeouts().checks();
    Duration statement = request.limits().timeouts().statement();
    UserChecks userChecks =
        new UserChecks(
            request.queries().database(),
            request.queries().freshnessQuery(),
            request.queries().assertions(),
            request.maxAge(),
            statement,
            request.queries().zone());
    BackgroundWork.Limit all = new BackgroundWork.Limit(limit, Reason.CHECK_TIMEOUT, "the checks");
    work.startOnce(
        run,
        VerifyBackup.Message.CHECKS_ENDED,
        all,
        () ->
            restoreAttempt.onSameBackup(
                () -> {
                  PagesAfterRecovery.Judged pages =
                      PagesAfterRecovery.judge(
                          restoreAttempt.server(sandbox),
                          restoreAttempt.restored().suspects(),
                          restoreAttempt.restoredFiles(),
                          statement);
                  return pages
                      .answers()
                      .and(
                          CheckRunner.of(
                              restoreAttempt.recovered(sandbox),
                              userChecks,
                              request.depth(),
                              pages.torn(),
                              restore,
                              limit,
                              heard));
                }));
  }

  /** Returns the results, or empty while the checks are in progress. */
  Optional<CheckResults> poll(RunId run) {
    return work.poll(run, VerifyBackup.Message.CHECKS_ENDED);
  }
}
