package io.pgproof.backup.archive;

import java.util.Arrays;
import java.util.List;

/**
 * The parts of a file that an archive holds, in order; the gaps between them are zeros.
 *
 * @param size of the file including its holes
 */
record SparseMap(long[] offsets, long[] lengths, long size) {
  /** Far more than a file of PostgreSQL has: at most one for every second page of 1 GiB. */
  private static final int MOST = 1 << 20;

  /** Returns the map of a file without holes. */
  static SparseMap withoutHoles(long size) {
    return new SparseMap(new long[] {0}, new long[] {size}, size);
  }

  /** Returns whether the archive holds the whole file in one piece. */
  boolean isWhole() {
    return offsets.length == 1 && offsets[0] == 0 && lengths[0] == size;
  }

  /** Collects the parts. */
  static final class Builder {
    private long[] numbers = new long[8];
    private int count;

    /**
     * @throws IllegalArgumentException when there are more parts than any file has
     */
    void add(long offset, long length) {
      if (count == 2 * MOST) {
        throw new IllegalArgumentException("more than " + MOST + " parts of a sparse file");
      }
      if (count == numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * count);
      }
      numbers[count++] = offset;
      numbers[count++] = length;
    }

    /**
     * Returns the map of a file.
     *
     * @param size of the file including its holes
     * @param stored bytes of it that the archive holds
     * @throws IllegalArgumentException when the parts do not fit together
     */
    SparseMap build(long size, long stored) {
      long[] offsets = new long[count / 2];
      long[] lengths = new long[count / 2];
      long end = 0;
      long sum = 0;
      for (int i = 0; i < offsets.length; i++) {
        offsets[i] = numbers[2 * i];
        lengths[i] = numbers[2 * i + 1];
        if (offsets[i] < end || lengths[i] < 0 || lengths[i] > size - offsets[i]) {
          throw new IllegalArgumentException(
              "parts of a sparse file that overlap or go beyond its end");
        }
        end = offsets[i] + lengths[i];
        sum += lengths[i];
      }
      if (sum != stored) {
        throw new IllegalArgumentException(
            "parts of a sparse file whose lengths do not match its data");
      }
      return new SparseMap(offsets, lengths, size);
    }
  }

  /**
   * Returns the map that pax headers describe.
   *
   * @param numbers alternating offsets and lengths
   */
  static SparseMap of(List<String> numbers, long size, long stored) {
    Builder map = new Builder();
    if (numbers.size() % 2 != 0) {
      throw new IllegalArgumentException("a part of a sparse file without its length");
    }
    for (int i = 0; i < numbers.size(); i += 2) {
      map.add(parseNumber(numbers.get(i)), parseNumber(numbers.get(i + 1)));
    }
    return map.build(size, stored);
  }

  /**
   * @throws IllegalArgumentException when the text is not a number of bytes
   */
  static long parseNumber(String digits) {
    if (!digits.matches("[0-9]{1,18}")) {
      throw new IllegalArgumentException("an invalid number");
    }
    return Long.parseLong(digits);
  }
}
