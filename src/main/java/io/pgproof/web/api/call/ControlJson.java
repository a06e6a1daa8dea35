package io.pgproof.web.api.call;

import io.pgproof.evidence.ControlHistory;
import io.pgproof.evidence.ControlResult;
import io.pgproof.web.view.ControlStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The schema {@code Control} of the contract. */
record ControlJson(
    String control,
    String target,
    Instant askedAt,
    String askedBy,
    @Nullable Instant endedAt,
    @Nullable String backup,
    List<ControlResult> results,
    @Nullable String why) {

  static ControlJson of(String target, ControlStatus status) {
    Optional<ControlHistory.Control> ended = status.ended();
    return new ControlJson(
        status.control().value(),
        target,
        status.asked().at(),
        status.asked().by(),
        ended.map(ControlHistory.Control::at).orElse(null),
        ended.map(known -> known.ended().backup()).orElse(null),
        status.results(),
        ended.map(known -> known.ended().why()).orElse(null));
  }
}
