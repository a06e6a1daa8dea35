package io.pgproof.postgres.recovery;

import java.time.Instant;

/**
 * When the copy was restored, by this machine's clock. The age of its data is measured against the
 * start, and no data can be younger than the end.
 */
public record RestoreTime(Instant began, Instant ended) {}
