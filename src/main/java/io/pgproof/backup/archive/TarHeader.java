package io.pgproof.backup.archive;

import java.nio.charset.StandardCharsets;

/**
 * The block that a member of a tar begins with, as V7, POSIX (ustar, pax) and GNU write it (source:
 * the manual of GNU tar, "Basic Tar Format").
 *
 * <p>A text in it ends at its first NUL: pg_basebackup leaves {@code tmp} behind the NUL of a
 * timeline history's name.
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

  /** Bytes of a number that counts bytes. */
  static final int NUMBER = 12;

  /** Whether a file that begins so is a tar. */
  static boolean begins(byte[] firstBytes) {
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
   * Whether it carries the checksum of its bytes; some old programs added them up as signed ones.
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
    long kept = number(CHECKSUM, CHECKSUM_LENGTH);
    return kept >= 0 && (kept == unsigned || kept == signed);
  }

  /** A letter or a digit; that of a file where there is none. */
  char type() {
    return block[TYPE] == 0 ? '0' : (char) (block[TYPE] & 0xFF);
  }

  /** Bytes that follow; -1 where that is no number. */
  long size() {
    return number(SIZE, NUMBER);
  }

  String name() {
    String name = text(0, NAME_LENGTH);
    // GNU's own format has other things in the place of the prefix, V7 has nothing there.
    String prefix = "ustar".equals(text(MAGIC, 6)) ? text(PREFIX, PREFIX_LENGTH) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  String link() {
    return text(LINK, NAME_LENGTH);
  }

  /** Whether it is of GNU tar's own format, from before POSIX had one. */
  boolean isGnu() {
    return "ustar  ".equals(text(MAGIC, 8));
  }

  /** Whether a field has anything in it. */
  boolean has(int offset) {
    return block[offset] != 0;
  }

  /**
   * An octal number, or one in base 256 where its first bit is set; -1 where it is neither, or too
   * large.
   */
  long number(int offset, int length) {
    return (block[offset] & 0x80) == 0 ? octal(offset, length) : binary(offset, length);
  }

  private long binary(int offset, int length) {
    long value = block[offset] & 0x7F;
    for (int i = offset + 1; i < offset + length; i++) {
      if (value >>> 55 != 0) {
        return -1;
      }
      value = value << 8 | block[i] & 0xFF;
    }
    return value;
  }

  /** Blanks may come first, a blank or a NUL ends it; none is zero. */
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

  /** The first bytes, for a person. */
  String beginning() {
    return String.format("%02x %02x %02x %02x", block[0], block[1], block[2], block[3]);
  }
}
