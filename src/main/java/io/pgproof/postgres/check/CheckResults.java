package io.pgproof.postgres.check;

import io.pgproof.proof.Check;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Report.FreshnessFacts;
import java.util.List;
import java.util.stream.Stream;

/**
 * What came of the checks of a recovered copy: every one was made as far as it could be, whatever
 * came of those before it.
 *
 * @param checks {@code pages} where some had to be read again, {@code freshness}, {@code
 *     assertion:1} and so on, then those of the depth
 * @param findings in the order of the checks
 * @param freshness {@code null} where the age could not be told
 * @param notChecked what was left out, a few words each
 * @param notes what a person should know and what does not change the verdict, one line each
 */
public record CheckResults(
    List<Check> checks,
    List<Finding> findings,
    FreshnessFacts freshness,
    List<String> notChecked,
    List<String> notes) {
  public CheckResults {
    checks = List.copyOf(checks);
    findings = List.copyOf(findings);
    notChecked = List.copyOf(notChecked);
    notes = List.copyOf(notes);
  }

  /** These and then those, with the age that those tell. */
  public CheckResults and(CheckResults next) {
    return new CheckResults(
        Stream.concat(checks.stream(), next.checks.stream()).toList(),
        Stream.concat(findings.stream(), next.findings.stream()).toList(),
        next.freshness,
        Stream.concat(notChecked.stream(), next.notChecked.stream()).toList(),
        Stream.concat(notes.stream(), next.notes.stream()).toList());
  }
}
