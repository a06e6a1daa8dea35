package io.pgproof.command;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Keeps the last bytes of a stream. Its memory is limited to twice the requested size. */
final class TailBuffer {
  private final int size;
  private byte[] bytes = new byte[8192];
  private int length;

  TailBuffer(int size) {
    this.size = size;
  }

  synchronized void add(byte[] more, int count) {
    if (length + count > 2 * size) {
      int kept = Math.min(length, size);
      System.arraycopy(bytes, length - kept, bytes, 0, kept);
      length = kept;
    }
    if (length + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.min(Math.max(2 * bytes.length, length + count), 2 * size));
    }
    System.arraycopy(more, 0, bytes, length, count);
    length += count;
  }

  /** Returns the bytes as UTF-8; a character cut at the start is replaced. */
  synchronized String text() {
    int from = Math.max(0, length - size);
    return new String(bytes, from, length - from, StandardCharsets.UTF_8);
  }
}
