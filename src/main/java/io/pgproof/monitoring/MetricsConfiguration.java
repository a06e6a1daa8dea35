package io.pgproof.monitoring;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.daemon.Leftovers;
import io.pgproof.evidence.anchor.Anchors;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.notify.LimitedHttp;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.workflow.decide.DecisionTasks;
import io.pgproof.workflow.engine.OpenIncidents;
import io.pgproof.workflow.schedule.DueTimes;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/**
 * Adds the metrics of pgproof to those that {@code /actuator/prometheus} serves anyway, and the
 * heartbeat.
 */
@Configuration(proxyBeanMethods = false)
@Profile("serve")
class MetricsConfiguration {
  private static final String BEAN_ENDING = "HealthIndicator";

  @Bean
  FiguresReader figuresReader(
      CurrentConfiguration configuration,
      EvidenceLog evidenceLog,
      RunIndex runs,
      DueTimes dueTimes,
      DecisionTasks tasks,
      OpenIncidents incidents,
      Leftovers leftovers,
      Anchors anchors,
      Clock clock) {
    return new FiguresReader(
        configuration,
        evidenceLog,
        runs,
        dueTimes,
        tasks::open,
        incidents,
        leftovers,
        anchors::states,
        clock,
        System::nanoTime);
  }

  @Bean
  Heartbeat heartbeat(CurrentConfiguration configuration, Map<String, LimitedHealth> checks) {
    return new Heartbeat(
        configuration, named(checks), new LimitedHttp(Heartbeat.LIMIT), Heartbeat.EVERY);
  }

  /** Returns the checks by their names instead of the names of their beans. */
  private static Map<String, LimitedHealth> named(Map<String, LimitedHealth> checks) {
    Map<String, LimitedHealth> named = new TreeMap<>();
    checks.forEach((bean, check) -> named.put(bean.replace(BEAN_ENDING, ""), check));
    return named;
  }

  @Bean
  PgproofCollector pgproofCollector(
      PrometheusRegistry registry,
      FiguresReader reader,
      Map<String, LimitedHealth> checks,
      MonitoringThreads threads,
      @Value("${pgproof.version}") String version) {
    PgproofCollector collector =
        new PgproofCollector(
            new LimitedCall<>(
                reader::read,
                threads::execute,
                LimitedHealth.LIMIT,
                LimitedHealth.KEEP,
                System::nanoTime),
            named(checks),
            version);
    registry.register(collector);
    return collector;
  }
}
