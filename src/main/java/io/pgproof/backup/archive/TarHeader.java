package io.pgproof.backup.archive;

import java.nio.charset.StandardCharsets;

/**
 * The block at the beginning of a tar member, as V7, POSIX (ustar, pax) and GNU write it (source:
 * the manual of GNU tar, "Basic Tar Format").
 *
 * <p>A text in it ends at its first NUL: pg_basebackup leaves {@code tmp} after the NUL in the name
 * of a timeline history file.
 */
record TarHeader(byte[] block) {
  static final int BLOCK = 512;

  private static final int NAME_LENGTH = 100;
  private static final int SIZE = 124;
  private static final int CHECKSUM = 148;
  private static final int CHECKSUM_LENGTH = 8;
  private static final int TYPE = 156;
  private static final int LINK = 157;
  private static final int MAGIC = 257;
  private static final int PREFIX = 345;
  private static final int PREFIX_LENGTH = 155;

  /** Length in bytes of a field that holds a size or an offset. */
  static final int NUMBER = 12;

  /** Returns whether a file that begins with these bytes is a tar. */
  static boolean isHeader(byte[] firstBytes) {
    return firstBytes.length >= BLOCK && new TarHeader(firstBytes).isSound();
  }

  boolean isZero() {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns whether it carries the checksum of its bytes; some old programs added them up as signed
   * numbers. A block whose checksum field is zero is no header: the bytes of a page can add up to
   * zero, too.
   */
  boolean isSound() {
    long unsigned = CHECKSUM_LENGTH * ' ';
    long signed = unsigned;
    for (int i = 0; i < BLOCK; i++) {
      if (i < CHECKSUM || i >= CHECKSUM + CHECKSUM_LENGTH) {
        unsigned += block[i] & 0xFF;
        signed += block[i];
      }
    }
    long kept = parseNumber(CHECKSUM, CHECKSUM_LENGTH);
    return kept > 0 && (kept == unsigned || kept == signed);
  }

  /** Returns a letter or a digit; the type of a regular file when there is none. */
  char type() {
    return block[TYPE] == 0 ? '0' : (char) (block[TYPE] & 0xFF);
  }

  /** Returns the number of bytes that follow; -1 when the field is not a number. */
  long size() {
    return parseNumber(SIZE, NUMBER);
  }

  String name() {
    String name = text(0, NAME_LENGTH);
    // GNU's own format has other data in place of the prefix; V7 has nothing there.
    String prefix = "ustar".equals(text(MAGIC, 6)) ? text(PREFIX, PREFIX_LENGTH) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  String link() {
    return text(LINK, NAME_LENGTH);
  }

  /** Returns whether it is in GNU tar's own format, which predates that of POSIX. */
  boolean isGnu() {
    return "ustar  ".equals(text(MAGIC, 8));
  }

  /** Returns whether a field is set. */
  boolean isSet(int offset) {
    return block[offset] != 0;
  }

  /**
   * Returns an octal number, or one in base 256 if its first bit is set; -1 when it is neither or
   * too large.
   */
  long parseNumber(int offset, int length) {
    return (block[offset] & 0x80) == 0 ? octal(offset, length) : binary(offset, length);
  }

  private long binary(int offset, int length) {
    long value = block[offset] & 0x7F;
    for (int i = offset + 1; i < offset + length; i++) {
      if (value >>> 55 != 0) {
        return -1;
      }
      value = value << 8 | (block[i] & 0xFF);
    }
    return value;
  }

  /**
   * Parses an octal number: blanks may precede it, a blank or a NUL ends it; an empty field is
   * zero.
   */
  private long octal(int offset, int length) {
    int at = offset;
    int end = offset + length;
    while (at < end && block[at] == ' ') {
      at++;
    }
    long value = 0;
    for (; at < end && block[at] != ' ' && block[at] != 0; at++) {
      if (block[at] < '0' || block[at] > '7') {
        return -1;
      }
      value = value << 3 | block[at] - '0';
    }
    return value;
  }

  private String text(int offset, int length) {
    int end = offset;
    while (end < offset + length && block[end] != 0) {
      end++;
    }
    return new String(block, offset, end - offset, StandardCharsets.ISO_8859_1);
  }

  /** Returns the first bytes for a message. */
  String beginning() {
    return String.format("%02x %02x %02x %02x", block[0], block[1], block[2], block[3]);
  }
}
