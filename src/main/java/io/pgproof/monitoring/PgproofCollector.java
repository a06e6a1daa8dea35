package io.pgproof.monitoring;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.health.Status;

/**
 * Serves the metrics of pgproof. All values of a scrape are of one moment, and those that are not
 * known are left out: a value of yesterday would look like one of today.
 */
final class PgproofCollector implements MultiCollector {
  private static final Logger LOG = LoggerFactory.getLogger(PgproofCollector.class);

  private final LimitedCall<Figures> figures;
  private final Map<String, LimitedHealth> checks;
  private final String version;
  private final ProofDeadlines deadlines = new ProofDeadlines();
  private volatile boolean known = true;

  /**
   * @param checks by their names
   * @param version the version of the program
   */
  PgproofCollector(
      LimitedCall<Figures> figures, Map<String, LimitedHealth> checks, String version) {
    this.figures = figures;
    this.checks = checks;
    this.version = version;
  }

  @Override
  public MetricSnapshots collect() {
    // All at once, because each one waits as long as a database that hangs.
    figures.begin();
    checks.values().forEach(LimitedHealth::begin);
    Samples samples = new Samples();
    addFigures(samples);
    checks.forEach(
        (name, check) ->
            samples.add(Metric.HEALTH, check.health().getStatus().equals(Status.UP) ? 1 : 0, name));
    samples.add(Metric.BUILD_INFO, 1, version);
    return samples.snapshots();
  }

  private void addFigures(Samples samples) {
    try {
      figures.get().addTo(samples, deadlines);
      known = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      tell("no answer from the database in time");
    } catch (Exception e) {
      tell(e.toString());
    }
  }

  private void tell(String why) {
    if (known) {
      LOG.warn("metrics of targets are left out until they can be read again: {}", why);
    }
    known = false;
  }

  @Override
  public List<String> getPrometheusNames() {
    return Arrays.stream(Metric.values()).map(Samples::baseName).toList();
  }
}
