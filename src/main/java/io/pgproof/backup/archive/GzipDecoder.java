package io.pgproof.backup.archive;

import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decodes all members of a gzip file (RFC 1952). It accepts nothing before or between them, and
 * only zeros after them.
 *
 * <p>{@code pg_wal.tar.gz} has one member for every piece that pg_basebackup flushed, so stopping
 * after the first would drop most of the WAL without an error.
 */
final class GzipDecoder implements ByteSource {
  private static final int INPUT = 256 * 1024;
  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int RESERVED = 0xE0;

  private final ByteSource raw;
  private final byte[] input = new byte[INPUT];
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private int from;
  private int to;
  private long members;
  private long decoded;
  private boolean inMember;
  private final CRC32 headerCrc = new CRC32();
  private Optional<String> note = Optional.empty();

  GzipDecoder(ByteSource raw) {
    this.raw = raw;
  }

  @Override
  public int read(ByteBuffer into) throws InterruptedException {
    while (true) {
      if (!inMember && !beginMember()) {
        return -1;
      }
      int count = inflate(into);
      if (inflater.finished()) {
        endMember();
      }
      if (count > 0) {
        return count;
      }
    }
  }

  private boolean beginMember() throws InterruptedException {
    if (from == to && !refill()) {
      if (members == 0) {
        throw new FindingException(Reason.ARCHIVE_TRUNCATED, name() + " is empty");
      }
      return false;
    }
    if (members > 0 && input[from] == 0) {
      skipPadding();
      return false;
    }
    long start = position();
    headerCrc.reset();
    int first = headerByte();
    int second = from == to && !refill() ? -1 : headerByte();
    if (first != 0x1F || second != 0x8B) {
      throw noMember(start, first, second);
    }
    int method = headerByte();
    int flags = headerByte();
    if (method != 8 || (flags & RESERVED) != 0) {
      throw corrupt(start, "its gzip header names a method or a flag that does not exist");
    }
    for (int i = 0; i < 6; i++) {
      headerByte();
    }
    if ((flags & EXTRA) != 0) {
      for (int left = headerByte() | headerByte() << 8; left > 0; left--) {
        headerByte();
      }
    }
    if ((flags & NAME) != 0) {
      skipText();
    }
    if ((flags & COMMENT) != 0) {
      skipText();
    }
    if ((flags & HEADER_CRC) != 0) {
      int computed = (int) headerCrc.getValue() & 0xFFFF;
      if ((headerByte() | headerByte() << 8) != computed) {
        throw corrupt(start, "the checksum of its gzip header is wrong");
      }
    }
    inflater.reset();
    crc.reset();
    decoded = 0;
    inMember = true;
    return true;
  }

  /**
   * Skips the zeros with which tapes and block devices fill their last block; gzip itself skips
   * them too.
   */
  private void skipPadding() throws InterruptedException {
    long start = position();
    do {
      while (from < to) {
        if (input[from++] != 0) {
          throw corrupt(position() - 1, "bytes follow the zeros after its last gzip member");
        }
      }
    } while (refill());
    note =
        Optional.of(
            name()
                + " is followed by "
                + (position() - start)
                + " bytes of zeros, as tapes and block devices leave them");
  }

  private FindingException noMember(long start, int first, int second) {
    String bytes =
        second < 0 ? String.format("%02x", first) : String.format("%02x %02x", first, second);
    return members == 0
        ? new FindingException(
            Reason.ARCHIVE_CORRUPT, name() + " is not a gzip archive: it begins with " + bytes)
        : corrupt(start, "the bytes that follow are not a gzip member; they begin with " + bytes);
  }

  private void skipText() throws InterruptedException {
    while (headerByte() != 0) {}
  }

  private int headerByte() throws InterruptedException {
    int value = nextByte();
    headerCrc.update(value);
    return value;
  }

  private int nextByte() throws InterruptedException {
    if (from == to && !refill()) {
      throw truncated();
    }
    return input[from++] & 0xFF;
  }

  private int inflate(ByteBuffer into) throws InterruptedException {
    if (inflater.needsInput()) {
      if (from == to && !refill()) {
        throw truncated();
      }
      inflater.setInput(input, from, to - from);
      from = to;
    }
    ByteBuffer fresh = into.duplicate();
    int count;
    try {
      count = inflater.inflate(into);
    } catch (DataFormatException e) {
      throw corrupt(raw.position() - inflater.getRemaining(), "its compressed data are invalid");
    }
    if (inflater.needsDictionary()) {
      throw corrupt(
          raw.position() - inflater.getRemaining(), "its compressed data need a dictionary");
    }
    crc.update(fresh.limit(into.position()));
    decoded += count;
    return count;
  }

  private void endMember() throws InterruptedException {
    from = to - inflater.getRemaining();
    inMember = false;
    long trailer = position();
    if (littleEndian() != (int) crc.getValue()) {
      throw corrupt(trailer, "the CRC-32 of the data before it is wrong");
    }
    if (littleEndian() != (int) decoded) {
      throw corrupt(trailer, "the length of the data before it is wrong");
    }
    members++;
  }

  private int littleEndian() throws InterruptedException {
    return nextByte() | nextByte() << 8 | nextByte() << 16 | nextByte() << 24;
  }

  private boolean refill() throws InterruptedException {
    int count = raw.read(ByteBuffer.wrap(input));
    from = 0;
    to = Math.max(count, 0);
    return count > 0;
  }

  private FindingException truncated() {
    return new FindingException(
        Reason.ARCHIVE_TRUNCATED,
        name() + " ends at byte " + raw.position() + " within its compressed data");
  }

  private FindingException corrupt(long offset, String what) {
    return new FindingException(
        Reason.ARCHIVE_CORRUPT, name() + " is damaged at byte " + offset + ": " + what);
  }

  @Override
  public long position() {
    return raw.position() - (to - from) - (inMember ? inflater.getRemaining() : 0);
  }

  @Override
  public Optional<String> note() {
    return note;
  }

  @Override
  public String name() {
    return raw.name();
  }

  @Override
  public void close() {
    inflater.end();
    raw.close();
  }
}
