package io.pgproof.web.api.call;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.certificate.CertificatePack;
import io.pgproof.certificate.Certificates;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.limit.BusyException;
import io.pgproof.proof.UsageException;
import io.pgproof.token.Scope;
import io.pgproof.web.api.ApiPaths;
import io.pgproof.web.api.ProblemType;
import io.pgproof.web.api.RequiresScope;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Issues certificates of runs. */
@RestController
@Profile("serve")
final class CertificateCalls {
  private final RunIndex runIndex;
  private final EvidenceLog evidenceLog;
  private final Certificates certificates;

  CertificateCalls(RunIndex runIndex, EvidenceLog evidenceLog, Certificates certificates) {
    this.runIndex = runIndex;
    this.evidenceLog = evidenceLog;
    this.certificates = certificates;
  }

  @GetMapping(ApiPaths.V1 + "/runs/{run}/certificate")
  @RequiresScope(Scope.READ)
  void certificate(@PathVariable("run") String run, HttpServletResponse response)
      throws IOException {
    CertificatePack pack =
        issue(Problems.withEvidence(run, runIndex, evidenceLog).value(), response);
    response.setContentType("application/zip");
    response.setHeader(
        HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"%s.zip\"".formatted(pack.name()));
    response.getOutputStream().write(pack.zip());
  }

  private CertificatePack issue(String run, HttpServletResponse response) throws IOException {
    try {
      return certificates.issue(run);
    } catch (BusyException e) {
      throw Problems.busy(ProblemType.CERTIFICATES_BUSY, e, response);
    } catch (UsageException e) {
      throw Problems.of(ProblemType.NOT_CERTIFIED, e.finding());
    }
  }
}
