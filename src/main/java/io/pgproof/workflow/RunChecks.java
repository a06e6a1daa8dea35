package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.postgres.Asked;
import io.pgproof.postgres.PagesAfterRecovery;
import io.pgproof.postgres.Questions;
import io.pgproof.proof.RunId;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.target.VerificationRequest;
import java.time.Duration;
import java.time.Instant;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Run checks: begins asking the restored database. */
final class RunChecks extends Step {
  private static final Duration STATEMENT_LIMIT = Duration.ofMinutes(10);

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
  }

  /** Begins to ask, unless it is begun. */
  void begin(Stay stay) {
    RunId run = stay.run();
    VerificationRequest request = stay.request();
    Instant startedAt = requests.askedAt(run);
    progress.phase(run, "check");
    Asked asked = new Asked(request.database(), request.freshnessQuery(), request.assertions(), request.maxAge(),
        STATEMENT_LIMIT, request.zone());
    work.begin(run, VerifyBackup.Message.CHECKS_ENDED, () -> PagesAfterRecovery
        .judge(stay.server(sandbox), stay.restored().suspects(), stay.restoredFiles(), STATEMENT_LIMIT)
        .and(Questions.ask(stay.server(sandbox), asked, stay.reached(), stay.restored().control(), startedAt)));
  }
}
