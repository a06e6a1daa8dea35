package io.pgproof.backup;

import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.zip.CRC32C;

/**
 * The parts of {@code global/pg_control} that a restore needs (source: {@code src/include/catalog/pg_control.h}).
 *
 * @param systemIdentifier unsigned, as {@code pg_controldata} prints it
 * @param controlVersion {@code PG_CONTROL_VERSION}
 * @param checkpointLsn latest checkpoint
 * @param checkpointTime time of the latest checkpoint, to the second
 * @param timeline of the latest checkpoint
 * @param maxConnections five settings of the source that recovery may need
 * @param maxWalSenders 0 before version 12, which does not record it
 * @param blockSize bytes of a page
 * @param segmentBlocks pages of a relation's file; what is more goes to the next file
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
    int segmentBlocks,
    int walSegmentSize,
    boolean dataChecksums) {

  /** Size of the file on disk, constant over all versions. */
  public static final int SIZE = 8192;

  private static final int VERSION_OFFSET = 8;
  private static final int CHECKPOINT_LSN_OFFSET = 32;

  /**
   * Where one version keeps what; offsets in bytes from the start of the file, on 64-bit machines.
   *
   * @param timeline {@code checkPointCopy.ThisTimeLineID}
   * @param time {@code checkPointCopy.time}
   * @param maxConnections first of a run of 32-bit settings
   * @param walSenders whether {@code max_wal_senders} is among them
   * @param blockSize {@code blcksz}; {@code relseg_size} lies 4 bytes behind it, the WAL segment's size 12
   * @param crc behind all that it covers
   */
  private record Layout(
      int timeline, int time, int maxConnections, boolean walSenders, int blockSize, int checksumVersion, int crc) {}

  private static Layout layout(int controlVersion) {
    return switch (controlVersion) {
      case 1002 -> new Layout(56, 104, 180, false, 216, 252, 288);
      case 1100 -> new Layout(48, 96, 172, false, 208, 244, 280);
      case 1201, 1300, 1700 -> new Layout(48, 104, 180, true, 216, 252, 288);
      case 1800 -> new Layout(48, 104, 180, true, 216, 252, 292);
      default -> throw new FindingException(Finding.of(
          Reason.VERSION_UNSUPPORTED,
          "global/pg_control is of version " + Integer.toUnsignedString(controlVersion)
              + ", which this version of pgproof does not know",
          "pgproof knows PostgreSQL 10 to 18 on little-endian 64-bit machines",
          null));
    };
  }

  /**
   * Reads the whole file's bytes.
   *
   * @throws FindingException {@code inconsistent} when it is too short or its CRC-32C is wrong, {@code version-unsupported}
   *     for a layout that is not known
   */
  public static ControlFile parse(byte[] file) {
    if (file.length != SIZE) {
      throw damaged("it has " + file.length + " bytes instead of " + SIZE);
    }
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int version = bytes.getInt(VERSION_OFFSET);
    Layout layout = layout(version);
    CRC32C crc = new CRC32C();
    crc.update(file, 0, layout.crc());
    if ((int) crc.getValue() != bytes.getInt(layout.crc())) {
      throw damaged("its CRC-32C is wrong");
    }
    if (!WalSegment.isSize(bytes.getInt(layout.blockSize() + 12))) {
      throw damaged("its WAL segments have an impossible size");
    }
    int blockSize = bytes.getInt(layout.blockSize());
    int segmentBlocks = bytes.getInt(layout.blockSize() + 4);
    if (blockSize < 1 << 10 || blockSize > 32 << 10 || Integer.bitCount(blockSize) != 1 || segmentBlocks <= 0) {
      throw damaged("its pages or the files of its relations have an impossible size");
    }
    int afterWorkers = layout.maxConnections() + (layout.walSenders() ? 12 : 8);
    return new ControlFile(
        Long.toUnsignedString(bytes.getLong(0)),
        version,
        new Lsn(bytes.getLong(CHECKPOINT_LSN_OFFSET)),
        Instant.ofEpochSecond(bytes.getLong(layout.time())),
        bytes.getInt(layout.timeline()),
        bytes.getInt(layout.maxConnections()),
        bytes.getInt(layout.maxConnections() + 4),
        layout.walSenders() ? bytes.getInt(layout.maxConnections() + 8) : 0,
        bytes.getInt(afterWorkers),
        bytes.getInt(afterWorkers + 4),
        blockSize,
        segmentBlocks,
        bytes.getInt(layout.blockSize() + 12),
        bytes.getInt(layout.checksumVersion()) != 0);
  }

  private static FindingException damaged(String how) {
    return new FindingException(Reason.INCONSISTENT, "global/pg_control is damaged: " + how);
  }
}
