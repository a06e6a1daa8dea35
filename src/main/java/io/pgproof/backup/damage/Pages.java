package io.pgproof.backup.damage;

import io.pgproof.backup.format.Page;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The pages of a file of a relation, changed in a copy of its own (source: {@code
 * src/include/storage/bufpage.h} and {@code itemid.h}).
 */
final class Pages {
  private static final int CHECKSUM = 8;
  private static final int LOWER = 12;
  private static final int UPPER = 14;
  private static final int SPECIAL = 16;
  private static final int FIRST_ITEM = 24;
  private static final int NORMAL = 1;

  private final StoredFile file;
  private final int size;
  private final ByteBuffer bytes;

  Pages(StoredFile file, int size) {
    this.file = file;
    this.size = size;
    this.bytes = ByteBuffer.wrap(file.content().clone()).order(ByteOrder.LITTLE_ENDIAN);
  }

  int count() {
    return bytes.capacity() / size;
  }

  /** Returns whether the page has the form that its header states. */
  boolean isUsed(int block) {
    int lower = lower(block);
    return lower >= FIRST_ITEM
        && lower <= upper(block)
        && upper(block) <= special(block)
        && special(block) <= size;
  }

  /** Returns the position in the file of the page's unused bytes; -1 if it has none. */
  int hole(int block) {
    return isUsed(block) && lower(block) < upper(block) ? block * size + lower(block) : -1;
  }

  /** Returns the number of items. */
  int items(int block) {
    return isUsed(block) ? (lower(block) - FIRST_ITEM) / Integer.BYTES : 0;
  }

  /** Returns the position in the file of the item's pointer; items count from 1. */
  int pointer(int block, int item) {
    return block * size + FIRST_ITEM + Integer.BYTES * (item - 1);
  }

  /** Returns the position in the file of the item's own bytes; -1 if it has none. */
  int item(int block, int item) {
    int pointer = getInt(pointer(block, item));
    int offset = pointer & 0x7FFF;
    return (pointer >>> 15 & 3) == NORMAL && offset < size ? block * size + offset : -1;
  }

  /** Returns the length of the item. */
  int length(int block, int item) {
    return getInt(pointer(block, item)) >>> 17;
  }

  /** Returns the length of the part at the page's end that belongs to the kind of relation. */
  int specialLength(int block) {
    return isUsed(block) ? size - special(block) : 0;
  }

  /** Returns the position in the file of that part. */
  int specialAt(int block) {
    return block * size + special(block);
  }

  int getShort(int at) {
    return Short.toUnsignedInt(bytes.getShort(at));
  }

  int getInt(int at) {
    return bytes.getInt(at);
  }

  byte get(int at) {
    return bytes.get(at);
  }

  Pages putShort(int at, int value) {
    bytes.putShort(at, (short) value);
    return this;
  }

  Pages putInt(int at, int value) {
    bytes.putInt(at, value);
    return this;
  }

  Pages flip(int at) {
    bytes.put(at, (byte) ~bytes.get(at));
    return this;
  }

  /** Returns whether the file holds this text at a position. */
  boolean isAt(int at, byte[] text) {
    return at >= 0
        && at + text.length <= bytes.capacity()
        && Arrays.equals(bytes.array(), at, at + text.length, text, 0, text.length);
  }

  /** Gives a page the checksum of its content. */
  Pages seal(int block) {
    Page page = new Page(size);
    page.load(bytes.duplicate().position(block * size));
    return putShort(block * size + CHECKSUM, page.checksum(block));
  }

  /** Returns the change of one page. */
  Patch patch(int block) {
    byte[] page = Arrays.copyOfRange(bytes.array(), block * size, (block + 1) * size);
    return new Patch(file, block * size, page);
  }

  private int lower(int block) {
    return getShort(block * size + LOWER);
  }

  private int upper(int block) {
    return getShort(block * size + UPPER);
  }

  private int special(int block) {
    return getShort(block * size + SPECIAL);
  }
}
