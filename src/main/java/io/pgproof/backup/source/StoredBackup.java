package io.pgproof.backup.source;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A backup on disk, known from a quick look.
 *
 * @param systemIdentifier of its cluster; empty when a quick look does not reveal it
 * @param startLsn empty when nothing readable states it
 * @param startTime START TIME, or the time of the last write to the directory when START TIME
 *     cannot be read
 * @param objection why it is no finished backup; empty when it is one
 */
public record StoredBackup(
    Path directory,
    Optional<String> systemIdentifier,
    Optional<String> startLsn,
    Instant startTime,
    Optional<String> objection) {}
