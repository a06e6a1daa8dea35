package io.pgproof.postgres;

import io.pgproof.proof.Check;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Report.FreshnessFacts;
import java.util.List;
import java.util.stream.Stream;

/**
 * What came of the questions: every one was asked, whatever came of those before it.
 *
 * @param checks {@code pages} where some had to be read again, {@code freshness}, then {@code assertion:1} and so on
 * @param findings in the order of the checks
 * @param freshness {@code null} where the age could not be told
 */
public record Answers(List<Check> checks, List<Finding> findings, FreshnessFacts freshness) {
  public Answers {
    checks = List.copyOf(checks);
    findings = List.copyOf(findings);
  }

  /** These and then those, with the age that those tell. */
  public Answers and(Answers next) {
    return new Answers(
        Stream.concat(checks.stream(), next.checks.stream()).toList(),
        Stream.concat(findings.stream(), next.findings.stream()).toList(),
        next.freshness);
  }
}
