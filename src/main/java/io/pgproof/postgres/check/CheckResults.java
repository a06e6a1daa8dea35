package io.pgproof.postgres.check;

import io.pgproof.proof.Check;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Report.FreshnessFacts;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The results of the checks of a recovered copy. Every check was made as far as possible,
 * regardless of the results of earlier checks.
 *
 * @param checks {@code pages} if some pages had to be read again, {@code freshness}, {@code
 *     assertion:1} and so on, then the checks of the depth
 * @param findings in the order of the checks
 * @param freshness {@code null} if the age could not be determined
 * @param notChecked parts that were left out, a few words each
 * @param notes facts that a person should know but that do not change the verdict, one line each
 */
public record CheckResults(
    List<Check> checks,
    List<Finding> findings,
    @Nullable FreshnessFacts freshness,
    List<String> notChecked,
    List<String> notes) {
  public CheckResults {
    checks = List.copyOf(checks);
    findings = List.copyOf(findings);
    notChecked = List.copyOf(notChecked);
    notes = List.copyOf(notes);
  }

  /** Returns these results followed by the next ones, with the freshness of the next ones. */
  public CheckResults and(CheckResults next) {
    return new CheckResults(
        Stream.concat(checks.stream(), next.checks.stream()).toList(),
        Stream.concat(findings.stream(), next.findings.stream()).toList(),
        next.freshness,
        Stream.concat(notChecked.stream(), next.notChecked.stream()).toList(),
        Stream.concat(notes.stream(), next.notes.stream()).toList());
  }
}
