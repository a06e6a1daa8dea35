package io.pgproof.backup.archive;

/**
 * Reads the maps of sparse files in the formats of GNU tar. A map that is none throws {@link
 * IllegalArgumentException}.
 */
final class SparseMapReader {
  private static final int ENTRIES = 386;
  private static final int GOES_ON = 482;
  private static final int SIZE = 483;
  private static final int MORE_GOES_ON = 504;

  private final TarWindow window;

  SparseMapReader(TarWindow window) {
    this.window = window;
  }

  /**
   * Reads the map at the beginning of a member's content: the number of parts, then offset and
   * length of each, one per line, padded to whole blocks.
   *
   * @param size of the file
   * @param stored bytes of the content, the map included
   */
  SparseMap inContent(long size, long stored) throws InterruptedException {
    SparseMap.Builder parts = new SparseMap.Builder();
    StringBuilder digits = new StringBuilder();
    long numbers = 1;
    long offset = -1;
    long read = 0;
    for (long count = 0; count < numbers; ) {
      if (read == stored) {
        throw new IllegalArgumentException("a sparse file without all its parts");
      }
      char next = (char) (window.read(1)[0] & 0xFF);
      read++;
      if (next != '\n') {
        digits.append(next);
        if (digits.length() > 18) {
          throw new IllegalArgumentException("an invalid number");
        }
        continue;
      }
      long number = SparseMap.parseNumber(digits.toString());
      digits.setLength(0);
      if (count == 0) {
        numbers = 1 + 2 * Math.min(number, Integer.MAX_VALUE);
      } else if (count % 2 == 1) {
        offset = number;
      } else {
        parts.add(offset, number);
      }
      count++;
    }
    long whole = TarReader.blocks(read);
    if (whole > stored) {
      throw new IllegalArgumentException("a sparse file without all its parts");
    }
    window.skip(whole - read);
    return parts.build(size, stored - whole);
  }

  /**
   * Reads the map in a header of GNU tar and in the headers that follow it.
   *
   * @param stored bytes of the content
   */
  SparseMap inHeaders(TarHeader header, long stored) throws InterruptedException {
    SparseMap.Builder parts = new SparseMap.Builder();
    addParts(parts, header, ENTRIES, 4);
    boolean goesOn = header.isSet(GOES_ON);
    while (goesOn) {
      TarHeader more = new TarHeader(window.read(TarHeader.BLOCK));
      addParts(parts, more, 0, 21);
      goesOn = more.isSet(MORE_GOES_ON);
    }
    return parts.build(header.parseNumber(SIZE, TarHeader.NUMBER), stored);
  }

  private static void addParts(SparseMap.Builder parts, TarHeader header, int offset, int count) {
    for (int entry = offset;
        entry < offset + count * 2 * TarHeader.NUMBER;
        entry += 2 * TarHeader.NUMBER) {
      if (header.isSet(entry + TarHeader.NUMBER)) {
        parts.add(
            header.parseNumber(entry, TarHeader.NUMBER),
            header.parseNumber(entry + TarHeader.NUMBER, TarHeader.NUMBER));
      }
    }
  }
}
