package io.pgproof.web.api.call;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.evidence.runs.RunSummary;
import io.pgproof.limit.BusyException;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Mistakes;
import io.pgproof.proof.RunId;
import io.pgproof.web.api.ProblemException;
import io.pgproof.web.api.ProblemType;
import io.pgproof.web.view.VerificationStart;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.http.HttpHeaders;

/** What several calls refuse, and the parameters that they read. */
final class Problems {
  private Problems() {}

  static ProblemException noTarget(String name) {
    return new ProblemException(
        ProblemType.NOT_FOUND,
        "there is no target " + Mistakes.quoted(name) + " in the configuration",
        "GET /api/v1/targets lists the targets");
  }

  static ProblemException noRun(String run) {
    return new ProblemException(
        ProblemType.NOT_FOUND,
        "there is no run " + Mistakes.quoted(run),
        "GET /api/v1/runs lists the runs");
  }

  /**
   * @param finding whose remedy is that of its reason if it has none
   */
  static ProblemException of(ProblemType type, Finding finding) {
    return new ProblemException(
        type,
        finding.message(),
        Objects.requireNonNullElse(finding.hint(), finding.reason().hint()));
  }

  /** Says when to ask again. */
  static ProblemException busy(ProblemType type, BusyException busy, HttpServletResponse response) {
    response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(busy.retryAfter().toSeconds()));
    return of(type, busy.finding());
  }

  /**
   * Finds a run.
   *
   * @param text any text
   * @throws ProblemException when there is no such run
   */
  static RunSummary run(String text, RunIndex runIndex) {
    return Optional.of(text)
        .filter(RunId::isOne)
        .flatMap(run -> runIndex.find(new RunId(run)))
        .orElseThrow(() -> noRun(text));
  }

  /**
   * Finds a run whose evidence was not removed.
   *
   * @param text any text
   * @throws ProblemException when there is no such run, or no evidence of it any more
   */
  static RunId withEvidence(String text, RunIndex runIndex, EvidenceLog evidenceLog) {
    RunId run = run(text, runIndex).run();
    evidenceLog
        .removed(run)
        .ifPresent(
            removed -> {
              throw new ProblemException(
                  ProblemType.EVIDENCE_REMOVED,
                  removed.describe(),
                  "GET /api/v1/runs still lists the run");
            });
    return run;
  }

  /**
   * @param allowed what the parameter or member may be
   */
  static ProblemException notAllowed(String name, String text, String allowed) {
    return new ProblemException(
        ProblemType.BAD_REQUEST,
        Mistakes.notAllowed(name, text, allowed),
        "correct " + name + " and send the request again");
  }

  /**
   * Reads a parameter that may be missing.
   *
   * @param read throws an exception for a text that is not allowed
   */
  static <T> Optional<T> value(
      String name, Optional<String> text, Function<String, T> read, String allowed) {
    return text.map(
        given -> {
          try {
            return read.apply(given);
          } catch (RuntimeException e) {
            throw notAllowed(name, given, allowed);
          }
        });
  }

  static int within(String name, int number, int least, int most) {
    if (number < least || number > most) {
      throw notAllowed(name, String.valueOf(number), "from " + least + " to " + most);
    }
    return number;
  }

  /**
   * Does what only some groups may do.
   *
   * @throws ProblemException when the person is in none of them
   */
  static <T> T ifAllowed(Supplier<T> act) {
    try {
      return act.get();
    } catch (VerificationStart.NotAllowedException e) {
      throw new ProblemException(
          ProblemType.GROUP_MISSING,
          String.valueOf(e.getMessage()),
          "use the token of a user in one of these groups");
    }
  }
}
