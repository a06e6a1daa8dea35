package io.pgproof.audit;

import io.pgproof.proof.RunId;
import java.time.Instant;

/**
 * One entry of the evidence log.
 *
 * @param id ascending in the order of writing
 * @param at time by this machine's clock, UTC, to the microsecond
 * @param kind the kind of evidence; determines how {@code body} is read
 * @param schema schema version of the body, counted from 1
 * @param actor the person who acted, or {@code pgproof} for what pgproof did by itself
 * @param body JSON
 */
public record EvidenceEntry(
    long id, RunId run, Instant at, String kind, int schema, String actor, String body) {}
