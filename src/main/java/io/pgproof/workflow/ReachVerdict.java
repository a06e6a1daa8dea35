package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import java.time.Duration;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Reach verdict: from the trail, and from nothing else; gives the engine the few facts that its gateways and forms need. */
final class ReachVerdict implements JavaDelegate {
  private static final int LONGEST_TEXT = 3_500;

  private final Trail trail;

  ReachVerdict(Trail trail) {
    this.trail = trail;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    RunStory story = RunStory.of(trail.of(run));
    Verdict verdict = story.verdict();
    execution.setVariable(VerifyBackup.Variable.VERDICT, verdict.word());
    execution.setVariable(VerifyBackup.Variable.WITHDRAWN, story.endedByWithdrawal());
    execution.setVariable(VerifyBackup.Variable.REASON, verdict.reason().code());
    execution.setVariable(VerifyBackup.Variable.MESSAGE, shortened(verdict.message()));
    execution.setVariable(VerifyBackup.Variable.HINT, shortened(verdict.hint()));
    execution.setVariable(VerifyBackup.Variable.WORDS, shortened(story.words()));
    Report.FreshnessFacts freshness = story.freshness();
    execution.setVariable(VerifyBackup.Variable.NEWEST, freshness == null || freshness.newest() == null
        ? null
        : Words.time(freshness.newest()));
    execution.setVariable(VerifyBackup.Variable.AGE_TEXT, freshness == null || freshness.ageSeconds() == null
        ? null
        : Words.duration(Duration.ofSeconds(freshness.ageSeconds())));
  }

  private static String shortened(String text) {
    return text == null || text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + " …";
  }
}
