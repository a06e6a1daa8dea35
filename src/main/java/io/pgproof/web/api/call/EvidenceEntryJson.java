package io.pgproof.web.api.call;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.pgproof.audit.EvidenceEntry;
import io.pgproof.evidence.Evidence;
import java.time.Instant;

/**
 * The schema {@code EvidenceEntry} of the contract.
 *
 * @param facts JSON, as it was recorded
 */
record EvidenceEntryJson(
    Instant at, String actor, String kind, int schema, @JsonRawValue String facts, String text) {

  static EvidenceEntryJson of(EvidenceEntry entry) {
    return new EvidenceEntryJson(
        entry.at(),
        entry.actor(),
        entry.kind(),
        entry.schema(),
        entry.body(),
        Evidence.read(entry).describe());
  }
}
