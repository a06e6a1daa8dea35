package io.pgproof.web.api.call;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.report.ComplianceReports;
import io.pgproof.evidence.report.ConfiguredTargets;
import io.pgproof.proof.UsageException;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.token.Scope;
import io.pgproof.web.api.ApiPaths;
import io.pgproof.web.api.ProblemException;
import io.pgproof.web.api.ProblemType;
import io.pgproof.web.api.RequiresScope;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Makes compliance reports. */
@RestController
@Profile("serve")
final class ReportCalls {
  private final ComplianceReports reports;
  private final CurrentConfiguration configuration;
  private final Clock clock;

  ReportCalls(ComplianceReports reports, CurrentConfiguration configuration, Clock clock) {
    this.reports = reports;
    this.configuration = configuration;
    this.clock = clock;
  }

  @GetMapping(ApiPaths.V1 + "/report")
  @RequiresScope(Scope.READ)
  ReportJson make(
      @RequestParam(name = "from", defaultValue = "") String from,
      @RequestParam(name = "to", defaultValue = "") String to,
      @RequestParam(name = "target", defaultValue = "") List<String> targets) {
    try {
      return new ReportJson(
          EvidenceJson.write(
              reports.make(
                  DayPeriod.read(
                      "from", from, "to", to, LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC)),
                  targets,
                  Optional.of(ConfiguredTargets.of(configuration.get())))));
    } catch (UsageException e) {
      throw new ProblemException(
          ProblemType.BAD_REQUEST,
          String.valueOf(e.getMessage()),
          Objects.requireNonNull(e.finding().hint()));
    }
  }
}
