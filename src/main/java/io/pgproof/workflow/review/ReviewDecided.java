package io.pgproof.workflow.review;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.workflow.decide.DecisionDeniedException;
import io.pgproof.workflow.decide.DecisionRules;
import io.pgproof.workflow.decide.FourEyesRule;
import io.pgproof.workflow.model.ReviewResults;
import io.pgproof.workflow.notify.NotificationEvent;
import io.pgproof.workflow.notify.Notifier;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.camunda.bpm.engine.impl.identity.Authentication;

/**
 * Checks and records what a person decides in a review, through any interface. Only auditors
 * decide. A person who decided about a run since the period began may ask for action, but not sign.
 */
final class ReviewDecided implements TaskListener {
  private final EvidenceLog evidenceLog;
  private final FourEyesRule fourEyesRule;
  private final IdentityService identities;
  private final Notifier notifier;
  private final BoundedRecorder recorder;

  ReviewDecided(
      EvidenceLog evidenceLog,
      FourEyesRule fourEyesRule,
      IdentityService identities,
      Notifier notifier,
      BoundedRecorder recorder) {
    this.evidenceLog = evidenceLog;
    this.fourEyesRule = fourEyesRule;
    this.identities = identities;
    this.notifier = notifier;
    this.recorder = recorder;
  }

  @Override
  public void notify(DelegateTask task) {
    Authentication person = identities.getCurrentAuthentication();
    DayPeriod period = DayPeriod.ofKey(task.getExecution().getProcessBusinessKey());
    try {
      DecisionRules.Answer answer =
          DecisionRules.of(task.getTaskDefinitionKey()).read(task, person);
      if (answer.decision().equals(ReviewResults.Decision.SIGN)) {
        fourEyesRule.checkSign(period, answer.person());
      }
      decided(period, answer);
    } catch (DecisionDeniedException e) {
      recorder.refused(
          person.getUserId(),
          new ServerEvent.RequestRefused(
              "a decision in '" + task.getName() + "' of " + period,
              String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
      throw e;
    }
  }

  private void decided(DayPeriod period, DecisionRules.Answer answer) {
    boolean signed = answer.decision().equals(ReviewResults.Decision.SIGN);
    new ServerEvent.ReviewDecided(
            period,
            signed ? ServerEvent.ReviewDecided.SIGNED : ServerEvent.ReviewDecided.ACTION,
            answer.reason())
        .record(evidenceLog, answer.person());
    if (!signed) {
      notifier.notify(
          new NotificationEvent.ReviewActionAskedFor(
              period, answer.person(), String.valueOf(answer.reason())));
    }
  }
}
