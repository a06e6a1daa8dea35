package io.pgproof.daemon;

import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.evidence.report.ComplianceReports;
import io.pgproof.evidence.report.ConfiguredTargets;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.Configuration;
import io.pgproof.target.CurrentConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Makes compliance reports. */
final class ReportHandler {
  private final ComplianceReports reports;
  private final StateDirectory state;
  private final Optional<CurrentConfiguration> current;

  /**
   * @param current empty in a process without an engine
   */
  ReportHandler(
      ComplianceReports reports, StateDirectory state, Optional<CurrentConfiguration> current) {
    this.reports = reports;
    this.state = state;
    this.current = current;
  }

  Reply make(Request.MakeReport request) {
    return new Reply.Compliance(
        reports.make(
            request.period(),
            request.targets(),
            Optional.ofNullable(request.configured()).or(this::configured)));
  }

  /**
   * Returns the targets of the configuration that applies, or else of the one that a server would
   * start with; empty if there is none.
   */
  private Optional<ConfiguredTargets> configured() {
    return current
        .map(CurrentConfiguration::get)
        .filter(configuration -> Files.exists(configuration.file()))
        .or(this::standard)
        .map(ConfiguredTargets::of);
  }

  private Optional<Configuration> standard() {
    Path file = state.path().resolve(Configuration.FILE);
    return Files.exists(file) ? Optional.of(Configuration.read(file)) : Optional.empty();
  }
}
