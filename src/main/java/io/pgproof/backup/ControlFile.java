package io.pgproof.backup;

import java.time.Instant;

/**
 * The parts of {@code global/pg_control} that a restore needs (source: {@code src/include/catalog/pg_control.h}).
 *
 * @param systemIdentifier unsigned, as {@code pg_controldata} prints it
 * @param controlVersion {@code PG_CONTROL_VERSION}
 * @param checkpointLsn latest checkpoint
 * @param checkpointTime time of the latest checkpoint, to the second
 * @param timeline of the latest checkpoint
 * @param maxConnections five settings of the source that recovery may need
 * @param blockSize bytes of a page
 * @param walSegmentSize bytes of a WAL segment
 * @param dataChecksums whether pages carry checksums
 */
public record ControlFile(
    String systemIdentifier,
    int controlVersion,
    Lsn checkpointLsn,
    Instant checkpointTime,
    int timeline,
    int maxConnections,
    int maxWorkerProcesses,
    int maxWalSenders,
    int maxPreparedTransactions,
    int maxLocksPerTransaction,
    int blockSize,
    int walSegmentSize,
    boolean dataChecksums) {}
