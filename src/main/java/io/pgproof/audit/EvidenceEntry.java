package io.pgproof.audit;

import io.pgproof.proof.RunId;
import java.time.Instant;

/**
 * One line of the trail.
 *
 * @param id ascending in the order of writing
 * @param at by this machine's clock, UTC, to the microsecond
 * @param kind what it tells; says how {@code body} is to be read
 * @param schema of the body, counted from 1
 * @param actor the person or, for what pgproof did by itself, {@code pgproof}
 * @param body JSON
 */
public record EvidenceEntry(
    long id, RunId run, Instant at, String kind, int schema, String actor, String body) {}
