package io.pgproof.workflow.decide;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.VerdictHistory;
import io.pgproof.audit.Waivers;
import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.evidence.OpenTasks;
import io.pgproof.evidence.RunRequests;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.notify.Notifier;
import io.pgproof.workflow.verify.Verifications;
import java.time.Clock;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.RuntimeService;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Creates what asks people for a decision and receives it; each delegate is named after its
 * element.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(MappedUsers.class)
class DecideConfiguration {

  @Bean(VerifyBackup.Step.LOOK_FOR_WAIVER)
  LookForWaiver lookForWaiver(
      EvidenceLog evidenceLog, RunRequests runRequests, Waivers waivers, Clock clock) {
    return new LookForWaiver(evidenceLog, runRequests, waivers, clock);
  }

  @Bean(VerifyBackup.Step.JOIN_OPEN_TASK)
  JoinOpenTask joinOpenTask(EvidenceLog evidenceLog, OpenTasks openTasks, RuntimeService runtime) {
    return new JoinOpenTask(evidenceLog, openTasks, runtime);
  }

  @Bean(VerifyBackup.Step.REMIND_PEOPLE)
  RemindPeople remindPeople(EvidenceLog evidenceLog, RunRequests runRequests, Notifier notifier) {
    return new RemindPeople(evidenceLog, runRequests, notifier);
  }

  @Bean(VerifyBackup.Step.HAND_ON_REVIEW)
  HandOnReview handOnReview(EvidenceLog evidenceLog, RunRequests runRequests) {
    return new HandOnReview(evidenceLog, runRequests);
  }

  @Bean(VerifyBackup.Step.ESCALATE_UNANSWERED_TASK)
  EscalateUnansweredTask escalateUnansweredTask(
      EvidenceLog evidenceLog, RunRequests runRequests, OpenTasks openTasks, Notifier notifier) {
    return new EscalateUnansweredTask(evidenceLog, runRequests, openTasks, notifier);
  }

  @Bean(VerifyBackup.Step.VERIFY_AGAIN)
  VerifyAgain verifyAgain(
      EvidenceLog evidenceLog,
      RunRequests runRequests,
      ObjectProvider<Verifications> verifications) {
    return new VerifyAgain(evidenceLog, runRequests, verifications);
  }

  @Bean(VerifyBackup.Listener.TASK_OPENED)
  TaskOpened taskOpened(
      EvidenceLog evidenceLog,
      RunRequests runRequests,
      VerdictHistory verdictHistory,
      Clock clock,
      Notifier notifier) {
    return new TaskOpened(evidenceLog, runRequests, verdictHistory, clock, notifier);
  }

  @Bean(VerifyBackup.Listener.TASK_DECIDED)
  TaskDecided taskDecided(
      EvidenceLog evidenceLog,
      RunRequests runRequests,
      OpenTasks openTasks,
      Waivers waivers,
      FourEyesRule fourEyesRule,
      IdentityService identities,
      Clock clock,
      Notifier notifier,
      BoundedRecorder recorder) {
    return new TaskDecided(
        evidenceLog,
        runRequests,
        openTasks,
        waivers,
        fourEyesRule,
        identities,
        clock,
        notifier,
        recorder);
  }

  @Bean
  FourEyesRule fourEyesRule(
      EvidenceLog evidenceLog, RunRequests runRequests, Waivers waivers, MappedUsers mapped) {
    return new FourEyesRule(evidenceLog, runRequests, waivers, mapped.personIds());
  }

  @Bean
  DecisionTasks decisionTasks(ProcessEngine engine, FourEyesRule fourEyesRule) {
    return new DecisionTasks(engine, fourEyesRule);
  }

  @Bean(VerifyBackup.Listener.RUN_DELETED)
  RunDeleted runDeleted(
      EvidenceLog evidenceLog,
      OpenTasks openTasks,
      IdentityService identities,
      ManagementService management,
      Notifier notifier) {
    return new RunDeleted(evidenceLog, openTasks, identities, management, notifier);
  }

  @Bean
  DeletionListenerPlugin deletionListenerPlugin() {
    return new DeletionListenerPlugin();
  }
}
