package io.pgproof.workflow.review;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.evidence.report.ComplianceReports;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.workflow.decide.FourEyesRule;
import io.pgproof.workflow.engine.OwnDefinitions;
import io.pgproof.workflow.engine.RecurringProcess;
import io.pgproof.workflow.engine.ServerOnlyJobs;
import io.pgproof.workflow.engine.WorkflowSettings;
import io.pgproof.workflow.model.ReviewResults;
import io.pgproof.workflow.notify.Notifier;
import java.time.Clock;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;

/** Creates what asks auditors for reviews; each delegate is named after its element. */
@Configuration(proxyBeanMethods = false)
class ReviewConfiguration {

  @Bean
  ReviewPlanner reviewPlanner(
      EvidenceLog evidenceLog,
      RuntimeService runtime,
      OwnDefinitions definitions,
      CurrentConfiguration configuration,
      Clock clock,
      WorkflowSettings settings) {
    return new ReviewPlanner(
        evidenceLog,
        new RecurringProcess(
            runtime,
            definitions,
            clock,
            ReviewResults.PROCESS,
            ReviewResults.Event.REVIEW_DUE,
            settings.retryCycle()),
        configuration,
        clock);
  }

  @Bean(ReviewResults.Step.OPEN_REVIEW)
  OpenReview openReview(
      EvidenceLog evidenceLog,
      ReviewPlanner reviewPlanner,
      ComplianceReports reports,
      CurrentConfiguration configuration,
      Clock clock,
      Notifier notifier) {
    return new OpenReview(evidenceLog, reviewPlanner, reports, configuration, clock, notifier);
  }

  @Bean(ReviewResults.Step.REMIND_REVIEWERS)
  RemindReviewers remindReviewers(EvidenceLog evidenceLog, Notifier notifier) {
    return new RemindReviewers(evidenceLog, notifier);
  }

  @Bean(ReviewResults.Step.ESCALATE_REVIEW)
  EscalateReview escalateReview(EvidenceLog evidenceLog, Notifier notifier) {
    return new EscalateReview(evidenceLog, notifier);
  }

  @Bean(ReviewResults.Listener.REVIEW_DECIDED)
  ReviewDecided reviewDecided(
      EvidenceLog evidenceLog,
      FourEyesRule fourEyesRule,
      IdentityService identities,
      Notifier notifier,
      BoundedRecorder recorder) {
    return new ReviewDecided(evidenceLog, fourEyesRule, identities, notifier, recorder);
  }

  /**
   * Runs before the job executor starts, because the job executor waits until the application is
   * ready.
   */
  @Bean
  ApplicationRunner reviewOnlyWhileServing(
      ManagementService management,
      ReviewPlanner reviewPlanner,
      CurrentConfiguration configuration,
      Environment environment) {
    return arguments -> {
      boolean serving = environment.acceptsProfiles(Profiles.of("serve"));
      ServerOnlyJobs.setActive(management, ReviewResults.PROCESS, serving);
      if (serving) {
        reviewPlanner.plan();
        configuration.onReplaced(reviewPlanner::plan);
      }
    };
  }
}
