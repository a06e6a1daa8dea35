package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.audit.Verdicts;
import io.pgproof.audit.Waivers;
import java.time.Clock;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes what asks people for a decision and hears it; each delegate is named after its element. */
@Configuration(proxyBeanMethods = false)
class DecideConfiguration {

  @Bean(VerifyBackup.Step.LOOK_FOR_WAIVER)
  LookForWaiver lookForWaiver(Trail trail, Requests requests, Waivers waivers, Clock clock) {
    return new LookForWaiver(trail, requests, waivers, clock);
  }

  @Bean(VerifyBackup.Step.JOIN_OPEN_TASK)
  JoinOpenTask joinOpenTask(Trail trail, OpenTasks openTasks, RuntimeService runtime) {
    return new JoinOpenTask(trail, openTasks, runtime);
  }

  @Bean(VerifyBackup.Step.REMIND_PEOPLE)
  RemindPeople remindPeople(Trail trail, Requests requests, Tell tell) {
    return new RemindPeople(trail, requests, tell);
  }

  @Bean(VerifyBackup.Step.HAND_ON_REVIEW)
  HandOnReview handOnReview(Trail trail, Requests requests) {
    return new HandOnReview(trail, requests);
  }

  @Bean(VerifyBackup.Step.ESCALATE_UNANSWERED_TASK)
  EscalateUnansweredTask escalateUnansweredTask(Trail trail, Requests requests, OpenTasks openTasks, Tell tell) {
    return new EscalateUnansweredTask(trail, requests, openTasks, tell);
  }

  @Bean(VerifyBackup.Step.VERIFY_AGAIN)
  VerifyAgain verifyAgain(Trail trail, Requests requests, ObjectProvider<Verifications> verifications) {
    return new VerifyAgain(trail, requests, verifications);
  }

  @Bean(VerifyBackup.Listener.TASK_OPENED)
  TaskOpened taskOpened(Trail trail, Requests requests, Verdicts verdicts, Clock clock, Tell tell) {
    return new TaskOpened(trail, requests, verdicts, clock, tell);
  }

  @Bean(VerifyBackup.Listener.TASK_DECIDED)
  TaskDecided taskDecided(Trail trail, Requests requests, OpenTasks openTasks, Waivers waivers, IdentityService identities,
      Clock clock, Tell tell) {
    return new TaskDecided(trail, requests, openTasks, waivers, new FourEyes(trail, requests, waivers), identities, clock, tell);
  }

  @Bean(VerifyBackup.Listener.RUN_DELETED)
  RunDeleted runDeleted(Trail trail, OpenTasks openTasks, IdentityService identities, ManagementService management, Tell tell) {
    return new RunDeleted(trail, openTasks, identities, management, tell);
  }

  @Bean
  HearOfDeletions hearOfDeletions() {
    return new HearOfDeletions();
  }
}
