package io.pgproof.report;

import io.pgproof.evidence.report.ComplianceReport.ReviewFacts;
import java.util.Comparator;
import java.util.List;

/** The table about auditors who reviewed the results. */
final class ReviewSection {
  private ReviewSection() {}

  static Section of(List<ReviewFacts> reviews) {
    return Section.of(
        "reviews",
        "Reviews",
        "Auditors who reviewed the results of all targets: reviews of days of the period, and those"
            + " that were decided in it. Decisions are included until the report was made.",
        List.of("Days reviewed", "Opened", "Decided", "By", "Decision", "Remark"),
        reviews,
        ReviewSection::review,
        Comparator.<ReviewFacts, Boolean>comparing(review -> review.decidedAt() != null)
            .thenComparing(ReviewFacts::openedAt, Comparator.reverseOrder()),
        "those that nobody has decided about first, then the latest",
        "No review was asked for.");
  }

  private static List<Cell> review(ReviewFacts review) {
    String late = review.escalated() ? ", escalated" : "";
    return List.of(
        Cell.text(review.from() + " to " + review.to()),
        Cell.time(review.openedAt()),
        Cell.time(review.decidedAt()),
        Cell.text(review.by() == null ? "–" : review.by()),
        Cell.text(
            (review.decision() == null
                    ? "nobody has decided"
                    : review.decision().equals("sign") ? "signed" : "asked for action")
                + late),
        Cell.text(review.remark() == null ? "–" : review.remark()));
  }
}
