package io.pgproof.workflow.review;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.ReviewHistory.Review;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.target.VerificationRequest.Patience;
import io.pgproof.workflow.notify.NotificationEvent;
import io.pgproof.workflow.notify.Notifier;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Remind reviewers: nobody has decided in the review yet. */
final class RemindReviewers implements JavaDelegate {
  private final EvidenceLog evidenceLog;
  private final Notifier notifier;

  RemindReviewers(EvidenceLog evidenceLog, Notifier notifier) {
    this.evidenceLog = evidenceLog;
    this.notifier = notifier;
  }

  @Override
  public void execute(DelegateExecution execution) {
    Review review = OpenReviews.of(evidenceLog, execution.getProcessBusinessKey());
    // Somebody may have decided since the reminder was due.
    if (review.decided().isEmpty()) {
      new ServerEvent.ReviewReminded(review.period(), review.opened().group(), review.openedAt())
          .record(evidenceLog, EvidenceLog.PGPROOF);
      notifier.notify(
          new NotificationEvent.ReviewReminded(
              review.period(),
              review.opened().group(),
              review.openedAt(),
              review.escalated()
                  ? null
                  : review.openedAt().plus(Patience.DEFAULT.escalateAfter())));
    }
  }
}
