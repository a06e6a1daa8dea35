package io.pgproof.workflow.engine;

import io.pgproof.evidence.RunProjection;
import io.pgproof.proof.Conclusion;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Launcher;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.model.VerifyBackup;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.camunda.bpm.engine.delegate.VariableScope;

/**
 * Sets the variables of the verdict that gateways and forms need, only from the evidence log:
 * earlier values of these variables are replaced.
 */
public final class VerdictVariables {
  /** Only some verdicts have them. */
  private static final List<String> OF_FRESHNESS =
      List.of(
          VerifyBackup.Variable.NEWEST,
          VerifyBackup.Variable.NEWEST_SOURCE,
          VerifyBackup.Variable.AGE_TEXT,
          VerifyBackup.Variable.STALE_BY,
          VerifyBackup.Variable.STALE_SINCE);

  private VerdictVariables() {}

  public static void set(RunId run, RunProjection story, VariableScope execution) {
    Conclusion conclusion = story.conclusion();
    execution.setVariable(VerifyBackup.Variable.VERDICT, story.verdict().word());
    execution.setVariable(VerifyBackup.Variable.REASON, conclusion.reason().code());
    execution.setVariable(
        VerifyBackup.Variable.MESSAGE, HumanFormat.shortened(conclusion.message()));
    execution.setVariable(VerifyBackup.Variable.HINT, HumanFormat.shortened(conclusion.hint()));
    execution.setVariable(
        VerifyBackup.Variable.WORDS, HumanFormat.shortened(story.programOutput()));
    execution.setVariable(VerifyBackup.Variable.EVIDENCE, Launcher.COMMAND + " show " + run);
    Report.FreshnessFacts freshness = story.freshness();
    execution.removeVariables(OF_FRESHNESS);
    if (freshness != null && freshness.newest() != null && freshness.ageSeconds() != null) {
      setFreshness(
          freshness,
          freshness.newest(),
          freshness.ageSeconds(),
          story.asked().request(),
          execution);
    }
  }

  private static void setFreshness(
      Report.FreshnessFacts freshness,
      Instant newest,
      long ageSeconds,
      VerificationRequest request,
      VariableScope execution) {
    execution.setVariable(VerifyBackup.Variable.NEWEST, HumanFormat.time(newest));
    execution.setVariable(
        VerifyBackup.Variable.NEWEST_SOURCE,
        HumanFormat.shortened(
            switch (freshness.source()) {
              case "query" ->
                  request.queries().freshnessQuery().orElse("")
                      + " (in the database "
                      + request.queries().database()
                      + ")";
              case "wal" -> "the last commit in the WAL";
              default -> "the last checkpoint, because the WAL contains no commit";
            }));
    execution.setVariable(
        VerifyBackup.Variable.AGE_TEXT, HumanFormat.duration(Duration.ofSeconds(ageSeconds)));
    long over = ageSeconds - freshness.maxAgeSeconds();
    if (over > 0) {
      execution.setVariable(
          VerifyBackup.Variable.STALE_BY, HumanFormat.duration(Duration.ofSeconds(over)));
      execution.setVariable(
          VerifyBackup.Variable.STALE_SINCE,
          HumanFormat.time(newest.plusSeconds(freshness.maxAgeSeconds())));
    }
  }
}
