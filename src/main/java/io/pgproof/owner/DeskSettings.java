package io.pgproof.owner;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What an operator may set about what every owner does, below {@code pgproof}; the workflow checks the values.
 *
 * @param workerEndsWithin how long a container's processes are waited for that were killed
 * @param removalTimeout how long the removal of one leftover may take
 */
@ConfigurationProperties("pgproof")
record DeskSettings(Duration workerEndsWithin, Duration removalTimeout) {}
