package io.pgproof.damage;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Damage to the pages of a relation's first file, given as a copy that may be written to (source:
 * {@code bufpage.h}).
 */
final class Pages {
  static final int SIZE = 8192;

  private static final int CHECKSUM = 8;
  private static final int LOWER = 12;
  private static final int FIRST_ITEM = 24;
  private static final int[] BASES = {
    0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2, 0x83E13D2C,
    0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C, 0xF718902A, 0x0B1C9CDB,
    0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979, 0xCCA6C0B2, 0x304A0979, 0x85AA43D4,
    0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E, 0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756
  };

  private Pages() {}

  static int count(byte[] file) {
    return file.length / SIZE;
  }

  /** One bit of a page's own bytes, its checksum left as it was. */
  static byte[] flip(byte[] file, int block, int offset) {
    file[block * SIZE + offset] ^= 0x10;
    return file;
  }

  static byte[] zero(byte[] file, int block) {
    Arrays.fill(file, block * SIZE, (block + 1) * SIZE, (byte) 0);
    return file;
  }

  /** Another block's page, as it was written for that one. */
  static byte[] misplace(byte[] file, int from, int to) {
    System.arraycopy(file, from * SIZE, file, to * SIZE, SIZE);
    return file;
  }

  /** Without the pages from this one on. */
  static byte[] cut(byte[] file, int block) {
    return Arrays.copyOf(file, block * SIZE);
  }

  /** Gives a page the checksum of its content, as PostgreSQL does whatever the content is. */
  static byte[] seal(byte[] file, int block) {
    page(file, block).putShort(CHECKSUM, (short) checksum(file, block));
    return file;
  }

  /** A page's bytes, to be read and written. */
  static ByteBuffer page(byte[] file, int block) {
    return ByteBuffer.wrap(file, block * SIZE, SIZE).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  static int items(ByteBuffer page) {
    return (Short.toUnsignedInt(page.getShort(LOWER)) - FIRST_ITEM) / 4;
  }

  /** Where in the page the item with this number, counted from 0, is described. */
  static int pointer(int item) {
    return FIRST_ITEM + 4 * item;
  }

  /** Where in the page an item's own bytes begin. */
  static int item(ByteBuffer page, int item) {
    return page.getInt(pointer(item)) & 0x7FFF;
  }

  /** The checksum that a page with this content must carry at this place. */
  static int checksum(byte[] file, int block) {
    ByteBuffer page = page(Arrays.copyOfRange(file, block * SIZE, (block + 1) * SIZE), 0);
    page.putShort(CHECKSUM, (short) 0);
    int[] sums = BASES.clone();
    for (int i = 0; i < SIZE / 4; i++) {
      sums[i % 32] = mixed(sums[i % 32], page.getInt(i * 4));
    }
    int sum = 0;
    for (int lane : sums) {
      sum ^= mixed(mixed(lane, 0), 0);
    }
    return Integer.remainderUnsigned(sum ^ block, 65535) + 1;
  }

  static int carried(byte[] file, int block) {
    return Short.toUnsignedInt(page(file, block).getShort(CHECKSUM));
  }

  private static int mixed(int sum, int value) {
    int next = sum ^ value;
    return next * 16777619 ^ next >>> 17;
  }
}
