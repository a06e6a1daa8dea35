package io.pgproof.web.view;

import io.pgproof.evidence.ControlHistory;
import io.pgproof.evidence.ControlResult;
import io.pgproof.proof.RunId;
import java.util.List;
import java.util.Optional;

/**
 * How a negative control stands.
 *
 * @param ended empty while it is under way
 * @param results of the layers that were judged
 */
public record ControlStatus(
    RunId control,
    ControlHistory.Asked asked,
    Optional<ControlHistory.Control> ended,
    List<ControlResult> results) {
  public ControlStatus {
    results = List.copyOf(results);
  }
}
