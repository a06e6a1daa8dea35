package io.pgproof.evidence.anchor;

import java.time.Instant;
import java.util.Optional;

/**
 * How one configured way of anchoring the evidence log stands.
 *
 * @param way its name, such as {@code command}
 * @param where who gets the checkpoints
 * @param anchoredAt when the last one was given away; empty if none was
 * @param size number of positions that it is over
 * @param late whether the alarm was given since
 * @param failure why the last try failed; empty if it did not
 */
public record AnchorState(
    String way,
    String where,
    Optional<Instant> anchoredAt,
    long size,
    boolean late,
    Optional<String> failure) {}
