package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.target.VerificationRequest;
import java.time.Duration;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Reach verdict: from the trail, and from nothing else; gives the engine the few facts that its gateways and forms need. */
final class ReachVerdict implements JavaDelegate {
  private final Trail trail;
  private final Turns turns;

  ReachVerdict(Trail trail, Turns turns) {
    this.trail = trail;
    this.turns = turns;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    // Whichever way it came here, its stay is over and undone.
    turns.giveBack(run);
    RunStory story = RunStory.of(trail.of(run));
    Verdict verdict = story.verdict();
    execution.setVariable(VerifyBackup.Variable.VERDICT, verdict.word());
    execution.setVariable(VerifyBackup.Variable.WITHDRAWN, story.endedByWithdrawal());
    execution.setVariable(VerifyBackup.Variable.REASON, verdict.reason().code());
    execution.setVariable(VerifyBackup.Variable.MESSAGE, Words.shortened(verdict.message()));
    execution.setVariable(VerifyBackup.Variable.HINT, Words.shortened(verdict.hint()));
    execution.setVariable(VerifyBackup.Variable.WORDS, Words.shortened(story.words()));
    execution.setVariable(VerifyBackup.Variable.EVIDENCE, "./pgproof show " + run);
    Report.FreshnessFacts freshness = story.freshness();
    if (freshness != null && freshness.newest() != null) {
      tell(freshness, story.asked().request(), execution);
    }
  }

  private static void tell(Report.FreshnessFacts freshness, VerificationRequest request, DelegateExecution execution) {
    execution.setVariable(VerifyBackup.Variable.NEWEST, Words.time(freshness.newest()));
    execution.setVariable(VerifyBackup.Variable.NEWEST_SOURCE, Words.shortened(switch (freshness.source()) {
      case "query" -> request.freshnessQuery().orElse("") + " (in the database " + request.database() + ")";
      case "wal" -> "the last commit in the WAL";
      default -> "the last checkpoint, for the WAL holds no commit";
    }));
    execution.setVariable(VerifyBackup.Variable.AGE_TEXT, Words.duration(Duration.ofSeconds(freshness.ageSeconds())));
    long over = freshness.ageSeconds() - freshness.maxAgeSeconds();
    if (over > 0) {
      execution.setVariable(VerifyBackup.Variable.STALE_BY, Words.duration(Duration.ofSeconds(over)));
      execution.setVariable(VerifyBackup.Variable.STALE_SINCE,
          Words.time(freshness.newest().plusSeconds(freshness.maxAgeSeconds())));
    }
  }
}
