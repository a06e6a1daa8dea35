package io.pgproof.web.chart;

import java.time.Duration;

/**
 * One phase of a run.
 *
 * @param name as in the report, such as {@code restore}
 */
public record Phase(String name, Duration took) {}
