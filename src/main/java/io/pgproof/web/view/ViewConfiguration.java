package io.pgproof.web.view;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.ControlHistory;
import io.pgproof.evidence.LastControls;
import io.pgproof.evidence.RunHistory;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.workflow.control.Controls;
import io.pgproof.workflow.decide.DecisionTasks;
import io.pgproof.workflow.engine.OpenIncidents;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.engine.RunPaths;
import io.pgproof.workflow.verify.Verifications;
import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Creates what the pages and the API read from. */
@Configuration(proxyBeanMethods = false)
@Profile("serve")
class ViewConfiguration {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  @Bean
  RunLookup runLookup(
      EvidenceLog evidenceLog,
      RunHistory runHistory,
      ProgressBoard progressBoard,
      Verifications verifications,
      DecisionTasks decisionTasks,
      RunPaths runPaths) {
    return new RunLookup(
        evidenceLog, runHistory, progressBoard, verifications, decisionTasks, runPaths);
  }

  @Bean
  OpenTaskList openTaskList(DecisionTasks decisionTasks, EvidenceLog evidenceLog) {
    return new OpenTaskList(decisionTasks, evidenceLog);
  }

  @Bean
  VerificationStart verificationStart(
      CurrentConfiguration configuration,
      Verifications verifications,
      PlatformTransactionManager transactions,
      DataSource database) {
    return new VerificationStart(
        configuration, verifications, new TransactionTemplate(transactions), database);
  }

  @Bean
  VerificationCancel verificationCancel(Verifications verifications, EvidenceLog evidenceLog) {
    return new VerificationCancel(verifications, evidenceLog);
  }

  @Bean
  TargetList targetList(
      CurrentConfiguration configuration,
      RunIndex runIndex,
      OpenTaskList openTaskList,
      OpenIncidents openIncidents,
      ProgressBoard progressBoard,
      Clock clock) {
    return new TargetList(
        configuration, runIndex, openTaskList, openIncidents, progressBoard, clock);
  }

  @Bean
  RetentionScan retentionScan(RunIndex runIndex, Clock clock) {
    return new RetentionScan(runIndex, clock, PATIENCE);
  }

  @Bean
  LastControls lastControls(EvidenceLog evidenceLog) {
    return new LastControls(evidenceLog);
  }

  @Bean
  TargetControls targetControls(
      CurrentConfiguration configuration,
      Controls controls,
      EvidenceLog evidenceLog,
      LastControls lastControls) {
    return new TargetControls(
        configuration, controls, new ControlHistory(evidenceLog), lastControls);
  }

  @Bean
  TargetLookup targetLookup(
      TargetList targetList,
      RunIndex runIndex,
      RetentionScan retentionScan,
      TargetControls targetControls,
      LastControls lastControls,
      Clock clock) {
    return new TargetLookup(
        targetList, runIndex, retentionScan, targetControls, lastControls, clock);
  }
}
