package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.postgres.Answers;
import io.pgproof.proof.RunId;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Look at checks: have they been made, and what came of them? Their findings do not end the process, for it tears down next. */
final class LookAtChecks extends Step {
  private final RunChecks runChecks;
  private final Stays stays;
  private final LongWork work;

  LookAtChecks(Trail trail, Withdrawals withdrawals, RunChecks runChecks, Stays stays, LongWork work) {
    super(trail, withdrawals);
    this.runChecks = runChecks;
    this.stays = stays;
    this.work = work;
  }

  @Override
  void perform(RunId run, DelegateExecution execution) {
    runChecks.begin(stays.of(run));
    Optional<Answers> answers = work.look(run, VerifyBackup.Message.CHECKS_ENDED);
    execution.setVariable(VerifyBackup.Variable.CHECKED, answers.isPresent());
    if (answers.isEmpty()) {
      Pause.longer(execution);
      return;
    }
    record(run, new Evidence.Checked(
        answers.get().checks().stream().map(Facts::of).toList(),
        answers.get().freshness(),
        answers.get().notChecked(),
        answers.get().findings().size()));
    note(run, answers.get().notes());
    answers.get().findings().forEach(finding -> record(run, Evidence.Found.of(finding)));
  }
}
