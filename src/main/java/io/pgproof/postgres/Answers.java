package io.pgproof.postgres;

import io.pgproof.proof.Check;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Report.FreshnessFacts;
import java.util.List;

/**
 * What came of the questions: every one was asked, whatever came of those before it.
 *
 * @param checks {@code freshness}, then {@code assertion:1} and so on
 * @param findings in the order of the checks
 * @param freshness {@code null} where the age could not be told
 */
public record Answers(List<Check> checks, List<Finding> findings, FreshnessFacts freshness) {
  public Answers {
    checks = List.copyOf(checks);
    findings = List.copyOf(findings);
  }
}
