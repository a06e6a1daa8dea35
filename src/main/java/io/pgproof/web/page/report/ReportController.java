package io.pgproof.web.page.report;

import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.report.ComplianceReports;
import io.pgproof.evidence.report.ConfiguredTargets;
import io.pgproof.limit.BusyException;
import io.pgproof.proof.Finding;
import io.pgproof.proof.UsageException;
import io.pgproof.report.ReportFile;
import io.pgproof.report.ReportFiles;
import io.pgproof.report.ReportFormat;
import io.pgproof.target.CurrentConfiguration;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

/** Makes compliance reports for everybody who sees the pages; it changes nothing. */
@Controller
@Profile("serve")
final class ReportController {
  private final ComplianceReports reports;
  private final ReportFiles files;
  private final CurrentConfiguration configuration;
  private final Clock clock;

  ReportController(
      ComplianceReports reports,
      ReportFiles files,
      CurrentConfiguration configuration,
      Clock clock) {
    this.reports = reports;
    this.files = files;
    this.configuration = configuration;
    this.clock = clock;
  }

  /** What a person filled in. */
  record Form(String from, String to, List<String> targets) {
    Form {
      targets = List.copyOf(targets);
    }
  }

  /** Why no report was made, and what to do instead. */
  record Refusal(List<String> lines, String hint) {}

  /** Shows the form, for the last month that is over. */
  @GetMapping("/reports")
  String show(Model page) {
    LocalDate first = today().withDayOfMonth(1).minusMonths(1);
    return show(
        new Form(first.toString(), first.plusMonths(1).minusDays(1).toString(), List.of()), page);
  }

  private String show(Form given, Model page) {
    page.addAttribute("given", given);
    page.addAttribute("today", today().toString());
    page.addAttribute("targets", reports.targets(configured()));
    page.addAttribute("formats", List.of(ReportFormat.values()));
    return "reports";
  }

  /** Sends the report as a file, or shows the form again with what is wrong. */
  @GetMapping("/reports/{format}")
  @Nullable String download(
      @PathVariable("format") String word,
      @RequestParam(name = "from", defaultValue = "") String from,
      @RequestParam(name = "to", defaultValue = "") String to,
      @RequestParam(name = "target", defaultValue = "") List<String> targets,
      Model page,
      HttpServletResponse response)
      throws IOException, InterruptedException {
    ReportFormat format =
        ReportFormat.of(word).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
    try {
      DayPeriod period = DayPeriod.read("from", from, "to", to, today());
      try (ReportFile report = files.make(period, targets, configured(), format)) {
        send(report, format, response);
      }
      return null;
    } catch (BusyException e) {
      response.setStatus(HttpStatus.SERVICE_UNAVAILABLE.value());
      response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(e.retryAfter().toSeconds()));
      return refuse(e.finding(), new Form(from, to, targets), page);
    } catch (UsageException e) {
      response.setStatus(HttpStatus.UNPROCESSABLE_ENTITY.value());
      return refuse(e.finding(), new Form(from, to, targets), page);
    }
  }

  private String refuse(Finding finding, Form given, Model page) {
    String hint = finding.hint();
    page.addAttribute(
        "refused", new Refusal(finding.message().lines().toList(), hint == null ? "" : hint));
    return show(given, page);
  }

  private static void send(ReportFile report, ReportFormat format, HttpServletResponse response)
      throws IOException {
    response.setContentType(format.mediaType());
    response.setContentLengthLong(report.size());
    response.setHeader(
        HttpHeaders.CONTENT_DISPOSITION,
        "attachment; filename=\"pgproof-report-%s-%s.%s\""
            .formatted(report.period().from(), report.period().to(), format.word()));
    report.copyTo(response.getOutputStream());
  }

  private Optional<ConfiguredTargets> configured() {
    return Optional.of(ConfiguredTargets.of(configuration.get()));
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }
}
