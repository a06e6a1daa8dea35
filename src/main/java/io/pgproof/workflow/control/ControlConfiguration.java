package io.pgproof.workflow.control;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.state.StateDirectory;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.OwnDefinitions;
import io.pgproof.workflow.engine.WorkflowSettings;
import io.pgproof.workflow.model.NegativeControl;
import io.pgproof.workflow.notify.Notifier;
import io.pgproof.workflow.verify.Verifications;
import java.time.Clock;
import javax.sql.DataSource;
import org.camunda.bpm.engine.RuntimeService;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Creates what tests the prover; each delegate is named after its element. */
@Configuration(proxyBeanMethods = false)
class ControlConfiguration {

  @Bean
  Controls controls(
      RuntimeService runtime,
      OwnDefinitions definitions,
      PlatformTransactionManager transactions,
      DataSource database,
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      BackgroundWork work,
      Verifications verifications,
      Clock clock,
      WorkflowSettings settings) {
    return new Controls(
        runtime,
        definitions,
        new TransactionTemplate(transactions),
        database,
        evidenceLog,
        cancellations,
        work,
        verifications,
        clock,
        settings.retryCycle());
  }

  @Bean
  ControlCopies controlCopies(
      StateDirectory state, BackgroundWork work, WorkflowSettings settings) {
    return new ControlCopies(state, work, settings.reserve(), settings.removalTimeout());
  }

  @Bean(NegativeControl.Step.CHOOSE_BACKUP)
  ChooseBackup chooseBackup(EvidenceLog evidenceLog, RunIndex runs) {
    return new ChooseBackup(evidenceLog, runs);
  }

  @Bean(NegativeControl.Step.MAKE_COPY)
  MakeCopy makeCopy(
      EvidenceLog evidenceLog,
      ControlCopies copies,
      ObjectProvider<Controls> controls,
      ObjectProvider<Verifications> verifications) {
    return new MakeCopy(evidenceLog, copies, controls, verifications);
  }

  @Bean(NegativeControl.Step.JUDGE_COPY)
  JudgeCopy judgeCopy(EvidenceLog evidenceLog, ControlCopies copies) {
    return new JudgeCopy(evidenceLog, copies);
  }

  @Bean(NegativeControl.Step.CONCLUDE_CONTROL)
  ConcludeControl concludeControl(
      EvidenceLog evidenceLog, ControlCopies copies, Notifier notifier) {
    return new ConcludeControl(evidenceLog, copies, notifier);
  }
}
