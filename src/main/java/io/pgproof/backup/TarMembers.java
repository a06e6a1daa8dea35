package io.pgproof.backup;

import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads a tar as PostgreSQL writes it (POSIX ustar; sizes from 8 GiB on in base 256), strictly.
 *
 * <p>Extensions by which one member changes another's name or place are not understood and so refused: PostgreSQL never
 * writes them. Two zero blocks end the archive, and only zeros may follow.
 */
final class TarMembers implements Members {
  private static final int BLOCK = 512;
  private static final int NAME_LENGTH = 100;
  private static final int SIZE = 124;
  private static final int CHECKSUM = 148;
  private static final int CHECKSUM_LENGTH = 8;
  private static final int TYPE = 156;
  private static final int MAGIC = 257;
  private static final int PREFIX = 345;
  private static final int PREFIX_LENGTH = 155;

  private final ByteSource source;
  private final ByteBuffer window = ByteBuffer.allocateDirect(WINDOW).limit(0);
  private long windowStart;
  private long left;
  private long padding;
  private boolean first = true;

  TarMembers(ByteSource source) {
    this.source = source;
  }

  @Override
  public Optional<Member> next() throws InterruptedException {
    skip(left + padding);
    left = 0;
    padding = 0;
    long offset = windowStart + window.position();
    byte[] header = block();
    if (isZero(header)) {
      finish();
      return Optional.empty();
    }
    if (!"ustar".equals(text(header, MAGIC, 5)) || octal(header, CHECKSUM, CHECKSUM_LENGTH) != sum(header)) {
      throw first
          ? new FindingException(Reason.ARCHIVE_CORRUPT, source.name() + " holds no tar: it begins with " + beginning(header))
          : corrupt("the member's header at byte " + offset + " of the tar does not fit its checksum");
    }
    first = false;
    long size = number(header, SIZE, 12);
    Type type = switch (header[TYPE]) {
      case '0', 0 -> Type.FILE;
      case '5' -> Type.DIRECTORY;
      case '2' -> Type.SYMBOLIC_LINK;
      default -> Type.OTHER;
    };
    if (size < 0 || size > Long.MAX_VALUE - BLOCK || type != Type.FILE && size != 0 && type != Type.OTHER) {
      throw corrupt("the member's header at byte " + offset + " of the tar has an impossible size");
    }
    left = size;
    padding = -size & BLOCK - 1;
    return Optional.of(new Member(name(header, type), type, size));
  }

  @Override
  public void content(Sink sink) throws IOException, InterruptedException {
    while (left > 0) {
      if (!window.hasRemaining() && !fill()) {
        throw truncated();
      }
      int piece = (int) Math.min(left, window.remaining());
      ByteBuffer slice = window.duplicate();
      slice.limit(slice.position() + piece);
      window.position(window.position() + piece);
      left -= piece;
      sink.write(slice);
    }
  }

  @Override
  public void start(ByteBuffer into) throws InterruptedException {
    while (left > 0 && into.hasRemaining()) {
      if (!window.hasRemaining() && !fill()) {
        throw truncated();
      }
      int piece = (int) Math.min(left, Math.min(into.remaining(), window.remaining()));
      into.put(window.duplicate().limit(window.position() + piece));
      window.position(window.position() + piece);
      left -= piece;
    }
  }

  private String name(byte[] header, Type type) {
    String name = field(header, 0, NAME_LENGTH);
    String prefix = field(header, PREFIX, PREFIX_LENGTH);
    if (!prefix.isEmpty()) {
      name = prefix + "/" + name;
    }
    // PostgreSQL writes "./pg_wal/archive_status/".
    if (name.startsWith("./")) {
      name = name.substring(2);
    }
    return type == Type.DIRECTORY && name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
  }

  /** With a NUL inside where bytes follow the one that ends the text, so that nothing hides there. */
  private static String field(byte[] header, int offset, int length) {
    int end = offset + length;
    while (end > offset && header[end - 1] == 0) {
      end--;
    }
    return text(header, offset, end - offset);
  }

  private static String text(byte[] header, int offset, int length) {
    return new String(header, offset, length, StandardCharsets.ISO_8859_1);
  }

  private byte[] block() throws InterruptedException {
    while (window.remaining() < BLOCK) {
      windowStart += window.position();
      window.compact();
      int count = source.read(window);
      window.flip();
      if (count < 0) {
        throw truncated();
      }
    }
    byte[] block = new byte[BLOCK];
    window.get(block);
    return block;
  }

  private boolean fill() throws InterruptedException {
    windowStart += window.position();
    window.clear();
    int count = source.read(window);
    window.flip();
    return count > 0;
  }

  private void skip(long count) throws InterruptedException {
    long toSkip = count;
    while (toSkip > 0) {
      if (!window.hasRemaining() && !fill()) {
        throw truncated();
      }
      int piece = (int) Math.min(toSkip, window.remaining());
      window.position(window.position() + piece);
      toSkip -= piece;
    }
  }

  private void finish() throws InterruptedException {
    if (!isZero(block())) {
      throw corrupt("its end mark is broken: data follow a single block of zeros");
    }
    do {
      while (window.remaining() >= Long.BYTES) {
        if (window.getLong() != 0) {
          throw corrupt("data follow the end of the tar");
        }
      }
      while (window.hasRemaining()) {
        if (window.get() != 0) {
          throw corrupt("data follow the end of the tar");
        }
      }
    } while (fill());
  }

  private long number(byte[] header, int offset, int length) {
    if ((header[offset] & 0x80) == 0) {
      return octal(header, offset, length);
    }
    long value = header[offset] & 0x7F;
    for (int i = offset + 1; i < offset + length; i++) {
      if (value >>> 55 != 0) {
        return -1;
      }
      value = value << 8 | header[i] & 0xFF;
    }
    return value;
  }

  /** -1 where the field is no octal number. */
  private static long octal(byte[] header, int offset, int length) {
    String digits = text(header, offset, length).replace('\0', ' ').strip();
    if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '7')) {
      return -1;
    }
    return Long.parseLong(digits, 8);
  }

  private static int sum(byte[] header) {
    int sum = CHECKSUM_LENGTH * ' ';
    for (int i = 0; i < BLOCK; i++) {
      if (i < CHECKSUM || i >= CHECKSUM + CHECKSUM_LENGTH) {
        sum += header[i] & 0xFF;
      }
    }
    return sum;
  }

  private static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static String beginning(byte[] header) {
    return String.format("%02x %02x %02x %02x", header[0], header[1], header[2], header[3]);
  }

  private FindingException truncated() {
    return new FindingException(
        Reason.ARCHIVE_TRUNCATED,
        first && windowStart + window.limit() == 0
            ? source.name() + " is empty"
            : source.name() + " ends at byte " + source.position() + " before the end of its tar");
  }

  private FindingException corrupt(String what) {
    return new FindingException(
        Reason.ARCHIVE_CORRUPT, source.name() + " is damaged before byte " + source.position() + ": " + what);
  }

  @Override
  public void close() {
    source.close();
  }
}
