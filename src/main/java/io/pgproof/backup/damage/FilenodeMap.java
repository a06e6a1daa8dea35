package io.pgproof.backup.damage;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A database's {@code pg_filenode.map}: in which file each of the central catalogs lies (source:
 * {@code src/backend/utils/cache/relmapper.c}).
 */
final class FilenodeMap {
  static final String NAME = "pg_filenode.map";
  private static final int MAGIC = 0x592717;
  private static final int FIRST = 8;
  private static final int MOST = 64;

  private final Map<Long, Long> numbers = new HashMap<>();

  /** Reads the file; a file of another form maps nothing. */
  FilenodeMap(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (file.length < FIRST || bytes.getInt(0) != MAGIC) {
      return;
    }
    int count = bytes.getInt(Integer.BYTES);
    for (int i = 0; i < count && i < MOST && FIRST + 8 * i + 8 <= file.length; i++) {
      numbers.put(
          Integer.toUnsignedLong(bytes.getInt(FIRST + 8 * i)),
          Integer.toUnsignedLong(bytes.getInt(FIRST + 8 * i + 4)));
    }
  }

  /** Returns the number in the name of the file that holds the catalog with this OID. */
  OptionalLong number(long catalog) {
    Long number = numbers.get(catalog);
    return number == null ? OptionalLong.empty() : OptionalLong.of(number);
  }
}
