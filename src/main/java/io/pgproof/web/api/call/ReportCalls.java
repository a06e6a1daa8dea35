package io.pgproof.web.api.call;

import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.report.ConfiguredTargets;
import io.pgproof.limit.BusyException;
import io.pgproof.report.ReportFile;
import io.pgproof.report.ReportFiles;
import io.pgproof.report.ReportFormat;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.token.Scope;
import io.pgproof.web.api.ApiPaths;
import io.pgproof.web.api.ProblemType;
import io.pgproof.web.api.RequiresScope;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Profile;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Makes compliance reports. */
@RestController
@Profile("serve")
final class ReportCalls {
  private static final byte[] BEFORE = "{\"report\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] AFTER = "}".getBytes(StandardCharsets.US_ASCII);

  private final ReportFiles reports;
  private final CurrentConfiguration configuration;
  private final Clock clock;

  ReportCalls(ReportFiles reports, CurrentConfiguration configuration, Clock clock) {
    this.reports = reports;
    this.configuration = configuration;
    this.clock = clock;
  }

  /** Writes the answer by itself, and so returns nothing. */
  @GetMapping(ApiPaths.V1 + "/report")
  @RequiresScope(Scope.READ)
  @Nullable ResponseEntity<ReportJson> make(
      @RequestParam(name = "from", defaultValue = "") String from,
      @RequestParam(name = "to", defaultValue = "") String to,
      @RequestParam(name = "target", defaultValue = "") List<String> targets,
      HttpServletResponse response)
      throws IOException, InterruptedException {
    try (ReportFile report =
        reports.make(
            DayPeriod.read(
                "from", from, "to", to, LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC)),
            targets,
            Optional.of(ConfiguredTargets.of(configuration.get())),
            ReportFormat.JSON)) {
      response.setContentType(MediaType.APPLICATION_JSON_VALUE);
      response.setContentLengthLong(BEFORE.length + report.size() + AFTER.length);
      OutputStream out = response.getOutputStream();
      out.write(BEFORE);
      report.copyTo(out);
      out.write(AFTER);
      out.flush();
      return null;
    } catch (BusyException e) {
      throw Problems.busy(ProblemType.REPORTS_BUSY, e, response);
    }
  }
}
