package io.pgproof.workflow.review;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.ReviewHistory;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.report.ComplianceReport;
import io.pgproof.evidence.report.ComplianceReports;
import io.pgproof.evidence.report.ConfiguredTargets;
import io.pgproof.proof.HumanFormat;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.VerificationRequest.Patience;
import io.pgproof.workflow.model.Groups;
import io.pgproof.workflow.model.ReviewResults;
import io.pgproof.workflow.notify.NotificationEvent;
import io.pgproof.workflow.notify.Notifier;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/**
 * Open review: plans the next review, and makes the report about the days since the last one. What
 * the form shows stays as it is while the review is open.
 */
final class OpenReview implements JavaDelegate {
  private static final Patience PATIENCE = Patience.DEFAULT;

  private final EvidenceLog evidenceLog;
  private final ReviewPlanner reviewPlanner;
  private final ComplianceReports reports;
  private final CurrentConfiguration configuration;
  private final Clock clock;
  private final Notifier notifier;

  OpenReview(
      EvidenceLog evidenceLog,
      ReviewPlanner reviewPlanner,
      ComplianceReports reports,
      CurrentConfiguration configuration,
      Clock clock,
      Notifier notifier) {
    this.evidenceLog = evidenceLog;
    this.reviewPlanner = reviewPlanner;
    this.reports = reports;
    this.configuration = configuration;
    this.clock = clock;
    this.notifier = notifier;
  }

  @Override
  public void execute(DelegateExecution execution) {
    reviewPlanner.plan();
    Instant now = clock.instant();
    Optional<DayPeriod> period = new ReviewHistory(evidenceLog).next(now);
    period.ifPresent(days -> open(days, now, execution));
    execution.setVariable(
        ReviewResults.Variable.OUTCOME,
        period.isPresent() ? ReviewResults.Outcome.OPENED : ReviewResults.Outcome.NOTHING);
  }

  private void open(DayPeriod period, Instant now, DelegateExecution execution) {
    ComplianceReport report =
        reports.make(
            period,
            List.of(),
            Optional.of(ConfiguredTargets.of(configuration.get())),
            made -> made);
    Instant escalatesAt = now.plus(PATIENCE.escalateAfter());
    execution.setProcessBusinessKey(period.key());
    execution.setVariables(ReviewForm.of(period, report));
    execution.setVariable(ReviewResults.Variable.DECIDE_BY, HumanFormat.time(escalatesAt));
    execution.setVariable(ReviewResults.Variable.REMIND_AFTER, PATIENCE.remindAfter().toString());
    execution.setVariable(
        ReviewResults.Variable.ESCALATE_AFTER, PATIENCE.escalateAfter().toString());
    new ServerEvent.ReviewOpened(period, Groups.AUDITORS, ReviewForm.figures(report))
        .record(evidenceLog, EvidenceLog.PGPROOF);
    notifier.notify(new NotificationEvent.ReviewOpened(period, Groups.AUDITORS, now, escalatesAt));
  }
}
