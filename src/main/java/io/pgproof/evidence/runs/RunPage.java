package io.pgproof.evidence.runs;

import java.util.List;

/**
 * Part of a list of runs.
 *
 * @param runs newest request first
 * @param more whether older runs meet the same filter
 */
public record RunPage(List<RunSummary> runs, boolean more) {
  public RunPage {
    runs = List.copyOf(runs);
  }
}
