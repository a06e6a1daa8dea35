package io.pgproof.workflow.review;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.ReviewHistory.Review;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.target.VerificationRequest.Patience;
import io.pgproof.workflow.notify.NotificationEvent;
import io.pgproof.workflow.notify.Notifier;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Escalate review: nobody decided in the review in time. */
final class EscalateReview implements JavaDelegate {
  private final EvidenceLog evidenceLog;
  private final Notifier notifier;

  EscalateReview(EvidenceLog evidenceLog, Notifier notifier) {
    this.evidenceLog = evidenceLog;
    this.notifier = notifier;
  }

  @Override
  public void execute(DelegateExecution execution) {
    Review review = OpenReviews.of(evidenceLog, execution.getProcessBusinessKey());
    // Somebody may have decided since it was overdue.
    if (review.decided().isEmpty()) {
      new ServerEvent.ReviewEscalated(
              review.period(), review.openedAt(), Patience.DEFAULT.escalateAfter())
          .record(evidenceLog, EvidenceLog.PGPROOF);
      notifier.notify(
          new NotificationEvent.ReviewEscalated(
              review.period(), review.opened().group(), review.openedAt()));
    }
  }
}
