package io.pgproof.monitoring;

import io.pgproof.daemon.PassLog;
import io.pgproof.evidence.anchor.Anchors;
import io.pgproof.evidence.log.EvidenceSequencer;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.Ownership;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.workflow.engine.JobQueue;
import io.pgproof.workflow.engine.SuspendedProcesses;
import io.pgproof.workflow.engine.WorkflowSettings;
import io.pgproof.workflow.schedule.DueTimes;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.boot.actuate.health.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;

/**
 * The checks of {@code /actuator/health}; each has the name of its bean without the ending. While
 * the database does not answer, it is not known whether jobs and schedules stand still.
 */
@Configuration(proxyBeanMethods = false)
@Profile("serve")
class HealthConfiguration {

  @Bean
  MonitoringThreads monitoringThreads() {
    return new MonitoringThreads();
  }

  @Bean
  OwnPort ownPort(Environment environment) {
    return new OwnPort(environment);
  }

  @Bean
  Checks checks(Clock clock, Ownership ownership, CurrentConfiguration configuration) {
    return new Checks(clock, ownership, configuration);
  }

  @Bean
  LimitedHealth databaseHealthIndicator(
      Checks checks, DataSource database, MonitoringThreads threads) {
    return new LimitedHealth(Status.DOWN, threads::execute, () -> checks.database(database));
  }

  @Bean
  LimitedHealth engineHealthIndicator(
      Checks checks, SuspendedProcesses processes, MonitoringThreads threads) {
    return new LimitedHealth(Status.DOWN, threads::execute, () -> checks.engine(processes));
  }

  @Bean
  LimitedHealth jobsHealthIndicator(Checks checks, JobQueue queue, MonitoringThreads threads) {
    return new LimitedHealth(Status.UNKNOWN, threads::execute, () -> checks.jobs(queue));
  }

  @Bean
  LimitedHealth scheduleHealthIndicator(
      Checks checks, PassLog passLog, DueTimes dueTimes, MonitoringThreads threads) {
    return new LimitedHealth(
        Status.UNKNOWN, threads::execute, () -> checks.schedule(passLog, dueTimes));
  }

  @Bean
  LimitedHealth lxcHealthIndicator(Checks checks, Sandbox sandbox, MonitoringThreads threads) {
    return new LimitedHealth(Status.DOWN, threads::execute, () -> checks.lxc(sandbox));
  }

  @Bean
  LimitedHealth diskHealthIndicator(
      Checks checks, WorkflowSettings settings, PassLog passLog, MonitoringThreads threads) {
    return new LimitedHealth(
        Status.DOWN, threads::execute, () -> checks.disk(settings.reserve(), passLog));
  }

  @Bean
  LimitedHealth logHealthIndicator(
      Checks checks, EvidenceSequencer sequencer, Anchors anchors, MonitoringThreads threads) {
    return new LimitedHealth(
        Status.DOWN, threads::execute, () -> checks.log(sequencer, anchors.states()));
  }

  @Bean
  LimitedHealth threadsHealthIndicator(Checks checks, PassLog passLog, MonitoringThreads threads) {
    return new LimitedHealth(Status.DOWN, threads::execute, () -> checks.threads(passLog));
  }
}
