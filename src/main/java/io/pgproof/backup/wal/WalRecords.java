package io.pgproof.backup.wal;

import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.backup.format.WalPage;
import io.pgproof.backup.wal.ReplayPlan.Raised;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Reads the records of a log for what must exist before recovery: directories of tablespaces, and
 * settings of the source that were raised. It takes one segment after another and skips anything
 * that is not log, because judging that is the server's task (source: {@code
 * src/include/access/xlogrecord.h}, {@code xlog_internal.h} and {@code
 * src/backend/access/rmgrdesc}).
 */
public final class WalRecords {
  /** Bytes of a page; the log of a server built with another page size is skipped. */
  private static final int PAGE = 8192;

  private static final int RECORD_HEADER = 24;
  private static final int LONG_HEADER = 40;
  private static final int SHORT_HEADER = 24;
  private static final int IS_CONTINUED = 0x0001;
  private static final int IS_LONG = 0x0002;
  private static final int KEPT = 2048;
  private static final int RMGR_XLOG = 0;
  private static final int RMGR_TABLESPACE = 5;
  private static final int PARAMETER_CHANGE = 0x60;
  private static final int TABLESPACE_CREATE = 0x00;
  private static final int MOST_TABLESPACES = 1000;

  private final Lsn from;
  private final PostgresVersion version;
  private final ByteBuffer page;
  private final byte[] record = new byte[KEPT];
  private final Map<String, String> tablespaces = new LinkedHashMap<>();
  private long position;

  /** Bytes of the record still to come; 0 between two records. */
  private long left;

  private int length;
  private long begun;
  private Raised raised = Raised.NOTHING;

  /**
   * @param from position of the first record that counts
   */
  public WalRecords(Lsn from, PostgresVersion version) {
    this.from = from;
    this.version = version;
    this.page = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Starts a segment; a segment that does not follow the last one starts a new sequence. */
  public void segment(Lsn start) {
    if (start.position() != position) {
      left = 0;
    }
    position = start.position();
    page.clear();
  }

  /** Takes the next bytes of the segment. */
  public void addBytes(ByteBuffer piece) {
    while (piece.hasRemaining()) {
      int count = Math.min(piece.remaining(), page.remaining());
      page.put(piece.slice().limit(count));
      piece.position(piece.position() + count);
      if (!page.hasRemaining()) {
        page();
        position += page.capacity();
        page.clear();
      }
    }
  }

  /** Returns the paths on the source of the tablespaces that the log creates, by OID. */
  public Map<String, String> tablespaces() {
    return tablespaces;
  }

  /** Returns the highest values that the source used in this log. */
  public Raised raised() {
    return raised;
  }

  private void page() {
    int flags = page.getShort(2);
    int at = (flags & IS_LONG) != 0 ? LONG_HEADER : SHORT_HEADER;
    if (page.getLong(8) != position || !WalPage.isFirstPage(page.array())) {
      left = 0;
      return;
    }
    boolean continued = (flags & IS_CONTINUED) != 0;
    if (!continued) {
      left = 0;
    } else if (left != Integer.toUnsignedLong(page.getInt(16))) {
      // The beginning of the record was not seen.
      left = Integer.toUnsignedLong(page.getInt(16));
      length = KEPT + 1;
    }
    while (at + 8 <= page.capacity()) {
      if (left == 0) {
        long total = Integer.toUnsignedLong(page.getInt(at));
        if (total < RECORD_HEADER) {
          return;
        }
        left = total;
        length = 0;
        begun = position + at;
      }
      at = part(at);
    }
  }

  /** Takes the part of a record on this page; returns the position of the next record. */
  private int part(int at) {
    int count = (int) Math.min(left, page.capacity() - at);
    if (length <= KEPT) {
      int kept = Math.min(count, KEPT - length);
      page.get(at, record, length, kept);
      length = kept < count ? KEPT + 1 : length + kept;
    }
    left -= count;
    if (left == 0 && length <= KEPT && Long.compareUnsigned(begun, from.position()) >= 0) {
      record(ByteBuffer.wrap(record, 0, length).order(ByteOrder.LITTLE_ENDIAN));
    }
    return at + count + 7 & ~7;
  }

  private void record(ByteBuffer bytes) {
    int manager = bytes.get(17);
    int info = bytes.get(16) & 0xF0;
    boolean wanted =
        (manager == RMGR_TABLESPACE && info == TABLESPACE_CREATE)
            || (manager == RMGR_XLOG && info == PARAMETER_CHANGE);
    if (!wanted || !isSound(bytes)) {
      return;
    }
    ByteBuffer data = data(bytes);
    if (manager == RMGR_TABLESPACE && data.remaining() > 4) {
      created(data);
    } else if (manager == RMGR_XLOG && data.remaining() >= 20) {
      changed(data);
    }
  }

  private boolean isSound(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(RECORD_HEADER, bytes.limit() - RECORD_HEADER));
    crc.update(bytes.slice(0, 20));
    return (int) crc.getValue() == bytes.getInt(20);
  }

  /**
   * Returns the main data of a record, which is all the data that these kinds have; empty when a
   * record has more.
   */
  private static ByteBuffer data(ByteBuffer bytes) {
    int at = RECORD_HEADER;
    while (at + 5 <= bytes.limit()) {
      switch (Byte.toUnsignedInt(bytes.get(at))) {
        case 255 -> {
          return slice(bytes, at + 2, Byte.toUnsignedInt(bytes.get(at + 1)));
        }
        case 254 -> {
          return slice(bytes, at + 5, bytes.getInt(at + 1));
        }
        // The origin, and the top-level transaction.
        case 253 -> at += 3;
        case 252 -> at += 5;
        default -> {
          return ByteBuffer.allocate(0);
        }
      }
    }
    return ByteBuffer.allocate(0);
  }

  private static ByteBuffer slice(ByteBuffer bytes, int from, int length) {
    return length < 0 || from + length > bytes.limit()
        ? ByteBuffer.allocate(0)
        : bytes.slice(from, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void created(ByteBuffer data) {
    byte[] path = new byte[data.remaining() - 4];
    data.get(4, path);
    int end = 0;
    while (end < path.length && path[end] != 0) {
      end++;
    }
    // An in-place tablespace has no path and needs no directory.
    if (end > 0 && tablespaces.size() < MOST_TABLESPACES) {
      tablespaces.put(
          Integer.toUnsignedString(data.getInt(0)),
          new String(path, 0, end, StandardCharsets.ISO_8859_1));
    }
  }

  /** Records changed settings; the number of WAL senders may stand between them. */
  private void changed(ByteBuffer data) {
    int prepared = version.recordsWalSenders() ? 12 : 8;
    raised =
        new Raised(
            Math.max(raised.connections(), data.getInt(0)),
            Math.max(raised.preparedTransactions(), data.getInt(prepared)),
            Math.max(raised.locksPerTransaction(), data.getInt(prepared + 4)));
  }
}
