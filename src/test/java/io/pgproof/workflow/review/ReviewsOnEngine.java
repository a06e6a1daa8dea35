package io.pgproof.workflow.review;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.evidence.report.ComplianceReports;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.workflow.decide.FourEyesRule;
import io.pgproof.workflow.engine.OwnDefinitions;
import io.pgproof.workflow.engine.RecurringProcess;
import io.pgproof.workflow.model.ReviewResults;
import io.pgproof.workflow.notify.Notifier;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.camunda.bpm.engine.ProcessEngine;

/** The delegates of the reviews, for an engine of a test. */
public final class ReviewsOnEngine {
  private ReviewsOnEngine() {}

  /** Adds the delegates to the beans of the engine, and returns what plans the reviews. */
  public static ReviewPlanner add(
      Map<Object, Object> beans,
      ProcessEngine engine,
      DataSource database,
      EvidenceLog trail,
      CurrentConfiguration configuration,
      Clock clock,
      Notifier notifier,
      FourEyesRule fourEyesRule) {
    ReviewPlanner planner =
        new ReviewPlanner(
            trail,
            new RecurringProcess(
                engine.getRuntimeService(),
                new OwnDefinitions(engine.getRepositoryService()),
                clock,
                ReviewResults.PROCESS,
                ReviewResults.Event.REVIEW_DUE,
                "PT5S"),
            configuration,
            clock);
    ComplianceReports reports =
        new ComplianceReports(trail, new RunIndex(database), clock, Optional::empty);
    beans.put(
        ReviewResults.Step.OPEN_REVIEW,
        new OpenReview(trail, planner, reports, configuration, clock, notifier));
    beans.put(ReviewResults.Step.REMIND_REVIEWERS, new RemindReviewers(trail, notifier));
    beans.put(ReviewResults.Step.ESCALATE_REVIEW, new EscalateReview(trail, notifier));
    beans.put(
        ReviewResults.Listener.REVIEW_DECIDED,
        new ReviewDecided(
            trail,
            fourEyesRule,
            engine.getIdentityService(),
            notifier,
            new BoundedRecorder(trail, clock)));
    return planner;
  }
}
