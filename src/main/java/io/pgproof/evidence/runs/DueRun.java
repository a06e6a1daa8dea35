package io.pgproof.evidence.runs;

import io.pgproof.proof.RunId;
import java.time.Instant;

/**
 * A run that the schedule requested after due times had been missed.
 *
 * @param since the first of the due times
 * @param times how many due times had passed
 * @param lateSeconds how long after the first of them the run began
 */
public record DueRun(RunId run, Instant since, int times, long lateSeconds) {}
