package io.pgproof.audit;

import java.time.Instant;

/**
 * One entry of the evidence log that belongs to no run.
 *
 * @param id ascending in the order of writing, over all entries of the log
 * @param at time by this machine's clock, UTC, to the microsecond
 * @param kind the kind of event; determines how {@code body} is read
 * @param schema schema version of the body, counted from 1
 * @param actor the person who acted, or {@code pgproof} for what pgproof did by itself
 * @param body JSON
 */
public record ServerEntry(
    long id, Instant at, String kind, int schema, String actor, String body) {}
