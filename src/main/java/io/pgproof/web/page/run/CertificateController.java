package io.pgproof.web.page.run;

import io.pgproof.certificate.CertificatePack;
import io.pgproof.certificate.Certificates;
import io.pgproof.evidence.RunHistory;
import io.pgproof.limit.BusyException;
import io.pgproof.proof.FailureLog;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.RunId;
import io.pgproof.proof.UsageException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.server.ResponseStatusException;

/** The certificate of a run, for everybody who sees the run; it is issued for each request. */
@Controller
@Profile("serve")
final class CertificateController {
  /** The page has its style in itself, and nothing in it needs more than to be shown. */
  private static final Logger LOG = LoggerFactory.getLogger(CertificateController.class);

  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none';"
          + " form-action 'none'; sandbox";

  private final RunHistory runHistory;
  private final Certificates certificates;

  CertificateController(RunHistory runHistory, Certificates certificates) {
    this.runHistory = runHistory;
    this.certificates = certificates;
  }

  @GetMapping("/runs/{run}/certificate")
  @Nullable String show(@PathVariable("run") String run, Model page, HttpServletResponse response)
      throws IOException {
    return send(
        run, CertificatePack::html, "text/html;charset=UTF-8", Optional.empty(), page, response);
  }

  @GetMapping("/runs/{run}/certificate.pdf")
  @Nullable String pdf(@PathVariable("run") String run, Model page, HttpServletResponse response)
      throws IOException {
    return send(run, CertificatePack::pdf, "application/pdf", Optional.of("pdf"), page, response);
  }

  @GetMapping("/runs/{run}/certificate.zip")
  @Nullable String zip(@PathVariable("run") String run, Model page, HttpServletResponse response)
      throws IOException {
    return send(run, CertificatePack::zip, "application/zip", Optional.of("zip"), page, response);
  }

  /**
   * @param ending of the file's name; empty for what the browser shows itself
   */
  private @Nullable String send(
      String run,
      Function<CertificatePack, byte[]> form,
      String type,
      Optional<String> ending,
      Model page,
      HttpServletResponse response)
      throws IOException {
    if (!RunId.isOne(run)) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
    boolean removed = runHistory.removed(new RunId(run)).isPresent();
    if (!removed && !runHistory.exists(new RunId(run))) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
    CertificatePack pack;
    try {
      pack = certificates.issue(run);
    } catch (BusyException e) {
      response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(e.retryAfter().toSeconds()));
      return refuse(HttpStatus.SERVICE_UNAVAILABLE, run, e.finding(), page, response);
    } catch (UsageException e) {
      HttpStatus status = removed ? HttpStatus.GONE : HttpStatus.CONFLICT;
      return refuse(status, run, e.finding(), page, response);
    } catch (FindingException e) {
      FailureLog.log(LOG, "the certificate of run " + run + " could not be issued", e);
      return refuse(HttpStatus.INTERNAL_SERVER_ERROR, run, e.finding(), page, response);
    }
    response.setHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    response.setContentType(type);
    ending.ifPresent(
        end ->
            response.setHeader(
                HttpHeaders.CONTENT_DISPOSITION,
                "attachment; filename=\"%s.%s\"".formatted(pack.name(), end)));
    response.getOutputStream().write(form.apply(pack));
    return null;
  }

  private static String refuse(
      HttpStatus status, String run, Finding finding, Model page, HttpServletResponse response) {
    response.setStatus(status.value());
    page.addAttribute("run", run);
    page.addAttribute("message", finding.message());
    page.addAttribute("hint", Objects.requireNonNullElse(finding.hint(), finding.reason().hint()));
    return "no-certificate";
  }
}
