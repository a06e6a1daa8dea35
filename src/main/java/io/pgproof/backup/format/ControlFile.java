package io.pgproof.backup.format;

import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.zip.CRC32C;

/**
 * The fields of {@code global/pg_control} that a restore needs (source: {@code
 * src/include/catalog/pg_control.h}).
 *
 * @param systemIdentifier unsigned, as {@code pg_controldata} prints it
 * @param controlVersion {@code PG_CONTROL_VERSION}
 * @param checkpointLsn latest checkpoint
 * @param checkpointTime time of the latest checkpoint, in whole seconds
 * @param timeline of the latest checkpoint
 * @param maxConnections first of five settings of the source that recovery may need
 * @param maxWalSenders 0 before version 12, which does not record it
 * @param blockSize bytes of a page
 * @param segmentBlocks pages in one file of a relation; further pages go to the next file
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

  /** Size of the file on disk in bytes, the same in all versions. */
  public static final int SIZE = 8192;

  private static final int VERSION_OFFSET = 8;

  /**
   * Lowest control version accepted, that of PostgreSQL 8.0; {@code NEWEST} leaves room for future
   * versions.
   */
  private static final int OLDEST = 74;

  private static final int NEWEST = 9999;

  /** {@code FLOATFORMAT_VALUE}, stored just before {@code blcksz}. */
  private static final double FLOAT_FORMAT = 1234567.0;

  /** Lower bound in bytes for the layout of every version. */
  private static final int SHORTEST = 200;

  private static final int CHECKPOINT_LSN_OFFSET = 32;

  private static final String KNOWN = PostgresVersion.known() + " on little-endian 64-bit machines";

  /**
   * Field offsets of one version, in bytes from the start of the file, on 64-bit machines.
   *
   * @param timeline {@code checkPointCopy.ThisTimeLineID}
   * @param time {@code checkPointCopy.time}
   * @param maxConnections first of a run of 32-bit settings
   * @param walSenders whether {@code max_wal_senders} is among them
   * @param blockSize {@code blcksz}; {@code relseg_size} follows 4 bytes later, the WAL segment
   *     size 12 bytes later
   * @param crc after everything that it covers
   */
  record Layout(
      int timeline,
      int time,
      int maxConnections,
      boolean walSenders,
      int blockSize,
      int checksumVersion,
      int crc) {}

  private static Layout layout(int controlVersion) {
    return PostgresVersion.controlFileLayout(controlVersion)
        .orElseThrow(
            () ->
                new FindingException(
                    new Finding(
                        Reason.VERSION_UNSUPPORTED,
                        "global/pg_control has version "
                            + Integer.toUnsignedString(controlVersion)
                            + ", which this version of pgproof does not support",
                        "pgproof supports " + KNOWN,
                        null)));
  }

  /**
   * Parses the bytes of the whole file.
   *
   * @throws FindingException {@code inconsistent} when it is too short or its CRC-32C is wrong,
   *     {@code version-unsupported} when its layout is unknown
   */
  public static ControlFile parse(byte[] file) {
    if (file.length != SIZE) {
      throw damaged("it has " + file.length + " bytes instead of " + SIZE);
    }
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int version = bytes.getInt(VERSION_OFFSET);
    if (isEmpty(file)) {
      throw damaged("it contains only zeros");
    }
    if (Integer.reverseBytes(version) >= OLDEST && Integer.reverseBytes(version) <= NEWEST) {
      throw foreign("it was written by a big-endian machine");
    }
    Layout layout = layout(version);
    CRC32C crc = new CRC32C();
    crc.update(file, 0, layout.crc());
    if ((int) crc.getValue() != bytes.getInt(layout.crc())) {
      if (isSealedElsewhere(file, layout.crc())) {
        throw foreign("its fields have the alignment of another machine, such as a 32-bit one");
      }
      throw damaged("its CRC-32C is wrong");
    }
    if (bytes.getDouble(layout.blockSize() - Double.BYTES) != FLOAT_FORMAT) {
      throw foreign("its floating-point numbers have another format");
    }
    if (!WalSegment.isSize(bytes.getInt(layout.blockSize() + 12))) {
      throw damaged("its WAL segments have an impossible size");
    }
    int blockSize = bytes.getInt(layout.blockSize());
    int segmentBlocks = bytes.getInt(layout.blockSize() + 4);
    if (blockSize < 1 << 10
        || blockSize > 32 << 10
        || Integer.bitCount(blockSize) != 1
        || segmentBlocks <= 0) {
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

  private static boolean isEmpty(byte[] file) {
    for (byte one : file) {
      if (one != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns whether a correct CRC-32C lies before the offset used on 64-bit machines. If so, the
   * file has the same fields in the same number before the CRC, but another alignment. The rest of
   * the file after the CRC is zeros.
   */
  private static boolean isSealedElsewhere(byte[] file, int here) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    CRC32C crc = new CRC32C();
    crc.update(file, 0, SHORTEST);
    for (int at = SHORTEST; at < here; at += Integer.BYTES) {
      if ((int) crc.getValue() == bytes.getInt(at)) {
        return true;
      }
      crc.update(file, at, Integer.BYTES);
    }
    return false;
  }

  private static FindingException foreign(String why) {
    return new FindingException(
        new Finding(
            Reason.VERSION_UNSUPPORTED,
            "global/pg_control belongs to another architecture: " + why,
            "pgproof supports "
                + KNOWN
                + "; restore this backup on a machine with the source's architecture",
            null));
  }

  private static FindingException damaged(String how) {
    return new FindingException(Reason.INCONSISTENT, "global/pg_control is damaged: " + how);
  }
}
