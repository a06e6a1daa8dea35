package io.pgproof.web.api.call;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.proof.RunId;
import io.pgproof.token.Scope;
import io.pgproof.web.api.ApiPaths;
import io.pgproof.web.api.ProblemException;
import io.pgproof.web.api.ProblemType;
import io.pgproof.web.api.RequiresScope;
import io.pgproof.web.login.Person;
import io.pgproof.web.view.VerificationCancel;
import java.net.URI;
import java.util.Optional;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Starts and cancels runs in the name of the token's user. */
@RestController
@Profile("serve")
final class StartCalls {
  private final RunStart runStart;
  private final VerificationCancel verificationCancel;
  private final RunIndex runIndex;
  private final EvidenceLog evidenceLog;

  StartCalls(
      RunStart runStart,
      VerificationCancel verificationCancel,
      RunIndex runIndex,
      EvidenceLog evidenceLog) {
    this.runStart = runStart;
    this.verificationCancel = verificationCancel;
    this.runIndex = runIndex;
    this.evidenceLog = evidenceLog;
  }

  @PostMapping(ApiPaths.V1 + "/runs")
  @RequiresScope(Scope.VERIFY)
  ResponseEntity<RunJson> start(
      @AuthenticationPrincipal Person person,
      @RequestHeader(RunStart.KEY) Optional<String> key,
      @RequestBody StartJson body) {
    String target = body.target();
    if (target == null) {
      throw new ProblemException(
          ProblemType.BAD_REQUEST,
          "the member target of the body is missing",
          "send the name of a configured target as target");
    }
    RunId run =
        Problems.ifAllowed(
            () ->
                key.map(given -> runStart.start(target, person, given))
                    .orElseGet(() -> runStart.start(target, person)));
    return ResponseEntity.accepted()
        .location(URI.create(ApiPaths.V1 + "/runs/" + run))
        .body(RunJson.of(runIndex.find(run).orElseThrow()));
  }

  @PostMapping(ApiPaths.V1 + "/runs/{run}/cancel")
  @RequiresScope(Scope.VERIFY)
  @ResponseStatus(HttpStatus.ACCEPTED)
  RunJson cancel(@AuthenticationPrincipal Person person, @PathVariable("run") String run) {
    RunId id = Problems.withEvidence(run, runIndex, evidenceLog);
    if (!Problems.ifAllowed(() -> verificationCancel.cancel(id, person))) {
      throw new ProblemException(
          ProblemType.ALREADY_ENDED,
          "run " + run + " has its verdict, so it cannot be cancelled",
          "GET " + ApiPaths.V1 + "/runs/" + run + " shows the verdict");
    }
    return RunJson.of(runIndex.find(id).orElseThrow());
  }
}
