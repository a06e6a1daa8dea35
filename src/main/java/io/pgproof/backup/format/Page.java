package io.pgproof.backup.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One page of a relation as a little-endian machine writes it, and the checksum that it must carry
 * (source: {@code src/include/storage/bufpage.h} and {@code checksum_impl.h}). The object is reused
 * for one page after another, by one thread.
 */
public final class Page {
  private static final int LANES = 32;
  private static final int PRIME = 16777619;
  private static final int[] SEEDS = {
    0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2, 0x83E13D2C,
    0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C, 0xF718902A, 0x0B1C9CDB,
    0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979, 0xCCA6C0B2, 0x304A0979, 0x85AA43D4,
    0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E, 0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756
  };

  private final int[] words;

  /**
   * @param size in bytes, a power of two from 1 KiB to 32 KiB
   */
  public Page(int size) {
    words = new int[size / Integer.BYTES];
  }

  /** Loads the next page from a buffer that holds all its bytes. */
  public void load(ByteBuffer bytes) {
    bytes.slice().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(words);
    bytes.position(bytes.position() + words.length * Integer.BYTES);
  }

  /**
   * Returns whether PostgreSQL would accept the page: a page that was never used is all zeros, any
   * other page carries the checksum of its content.
   *
   * @param block number of the page in the relation, unsigned
   */
  public boolean isSound(int block) {
    return isNew() ? isZero() : storedChecksum() == checksum(block);
  }

  /** Returns the same as {@code PageIsNew}: such a page has no checksum. */
  public boolean isNew() {
    return words[3] >>> 16 == 0;
  }

  /** Returns the position of the last change to the page that the WAL records. */
  public Lsn lsn() {
    return new Lsn((long) words[0] << 32 | (words[1] & 0xFFFF_FFFFL));
  }

  /** Returns the checksum that the page carries. */
  public int storedChecksum() {
    return words[2] & 0xFFFF;
  }

  /** Returns the checksum of the content at this block number; never 0. */
  public int checksum(int block) {
    int header = words[2];
    words[2] = header & 0xFFFF_0000;
    int mixed = 0;
    // Four lanes at a time stay in registers and hide each other's latency. This is faster than the
    // compiler's code for all 32 lanes at once.
    for (int lane = 0; lane < LANES; lane += 4) {
      mixed ^= foldLanes(lane);
    }
    words[2] = header;
    return Integer.remainderUnsigned(mixed ^ block, 65535) + 1;
  }

  private int foldLanes(int lane) {
    int a = SEEDS[lane];
    int b = SEEDS[lane + 1];
    int c = SEEDS[lane + 2];
    int d = SEEDS[lane + 3];
    for (int i = lane; i < words.length; i += LANES) {
      a = mixWord(a, words[i]);
      b = mixWord(b, words[i + 1]);
      c = mixWord(c, words[i + 2]);
      d = mixWord(d, words[i + 3]);
    }
    return fold(a) ^ fold(b) ^ fold(c) ^ fold(d);
  }

  private static int mixWord(int sum, int word) {
    int next = sum ^ word;
    return next * PRIME ^ next >>> 17;
  }

  private static int fold(int sum) {
    return mixWord(mixWord(sum, 0), 0);
  }

  private boolean isZero() {
    for (int word : words) {
      if (word != 0) {
        return false;
      }
    }
    return true;
  }
}
