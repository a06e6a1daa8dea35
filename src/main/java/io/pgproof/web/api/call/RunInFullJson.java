package io.pgproof.web.api.call;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.pgproof.audit.EvidenceJson;
import io.pgproof.evidence.runs.RunSummary;
import io.pgproof.proof.Finding;
import io.pgproof.web.view.RunDetails;
import org.jspecify.annotations.Nullable;

/**
 * The schema {@code RunInFull} of the contract.
 *
 * @param report JSON, as the command {@code show} prints it
 */
record RunInFullJson(
    @JsonUnwrapped RunJson run,
    @Nullable String phase,
    @Nullable String stopped,
    @JsonRawValue @Nullable String report) {

  static RunInFullJson of(RunSummary summary, RunDetails details) {
    return new RunInFullJson(
        RunJson.of(summary),
        details.progress().map(progress -> progress.standing().phase()).orElse(null),
        details.stopped().map(Finding::message).orElse(null),
        details.ended() ? EvidenceJson.write(details.report()) : null);
  }
}
