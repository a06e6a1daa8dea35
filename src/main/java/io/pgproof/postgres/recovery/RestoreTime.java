package io.pgproof.postgres.recovery;

import java.time.Instant;

/**
 * When the copy was restored, by this machine's clock: its data are as old as they were when that
 * began, and none of them can be younger than its end.
 */
public record RestoreTime(Instant began, Instant ended) {}
