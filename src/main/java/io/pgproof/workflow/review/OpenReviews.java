package io.pgproof.workflow.review;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.ReviewHistory;
import io.pgproof.evidence.ReviewHistory.Review;

/** Finds the review of a process instance in the evidence. */
final class OpenReviews {
  private OpenReviews() {}

  /**
   * @param businessKey the business key of the process instance
   * @throws IllegalStateException if no review of its period was opened
   */
  static Review of(EvidenceLog evidenceLog, String businessKey) {
    DayPeriod period = DayPeriod.ofKey(businessKey);
    return new ReviewHistory(evidenceLog)
        .find(period)
        .orElseThrow(() -> new IllegalStateException("no review of " + period + " was opened"));
  }
}
