package io.pgproof.web.chart;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One measured duration.
 *
 * @param value empty where nothing was measured; a line has a gap there
 */
public record Point(Instant at, Optional<Duration> value) {}
