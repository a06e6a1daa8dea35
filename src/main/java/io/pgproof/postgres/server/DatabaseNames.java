package io.pgproof.postgres.server;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.PostgresVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads database names from the files of the catalog {@code pg_database}, for a cluster in which no
 * database name is known. Only an open connection to one database can list the others.
 *
 * <p>Dead rows count too, so a name is only a hint (source: {@code src/include/storage/bufpage.h},
 * {@code htup_details.h}, {@code catalog/pg_database.h} and {@code utils/cache/relmapper.c}).
 */
public final class DatabaseNames {
  private static final int MAP_MAGIC = 0x592717;
  private static final int MOST_MAPPINGS = 64;
  private static final int PG_DATABASE = 1262;
  private static final int PAGE_HEADER = 24;
  private static final int LOWER = 12;
  private static final int NORMAL = 1;
  private static final int HEADER_LENGTH = 22;
  private static final int NAME = 64;
  private static final long LARGEST = 16 << 20;

  private DatabaseNames() {}

  /** Returns the names that are UTF-8, in the order of the file; none if the files do not tell. */
  public static List<String> read(
      Path dataDirectory, PostgresVersion version, ControlFile control) {
    try {
      Optional<ByteBuffer> map = read(dataDirectory.resolve("global/pg_filenode.map"));
      Optional<ByteBuffer> rows =
          map.isEmpty()
              ? Optional.empty()
              : file(map.get())
                  .flatMap(
                      number ->
                          read(
                              dataDirectory
                                  .resolve("global")
                                  .resolve(Integer.toUnsignedString(number))));
      return rows.isEmpty()
          ? List.of()
          : names(rows.get(), control.blockSize(), version.hasOidColumns() ? Integer.BYTES : 0);
    } catch (IndexOutOfBoundsException e) {
      return List.of();
    }
  }

  private static Optional<Integer> file(ByteBuffer map) {
    if (map.getInt(0) != MAP_MAGIC) {
      return Optional.empty();
    }
    for (int i = 0; i < Math.min(map.getInt(4), MOST_MAPPINGS); i++) {
      if (map.getInt(8 + 8 * i) == PG_DATABASE) {
        return Optional.of(map.getInt(12 + 8 * i));
      }
    }
    return Optional.empty();
  }

  private static List<String> names(ByteBuffer rows, int blockSize, int before) {
    Set<String> names = new LinkedHashSet<>();
    for (int page = 0; page + blockSize <= rows.limit(); page += blockSize) {
      int lower = Math.min(Short.toUnsignedInt(rows.getShort(page + LOWER)), blockSize);
      for (int pointer = PAGE_HEADER; pointer + Integer.BYTES <= lower; pointer += Integer.BYTES) {
        int item = rows.getInt(page + pointer);
        int row = page + (item & 0x7FFF);
        if ((item >>> 15 & 3) == NORMAL) {
          name(rows, row + Byte.toUnsignedInt(rows.get(row + HEADER_LENGTH)) + before)
              .ifPresent(names::add);
        }
      }
    }
    return new ArrayList<>(names);
  }

  private static Optional<String> name(ByteBuffer rows, int at) {
    byte[] bytes = new byte[NAME];
    rows.get(at, bytes);
    int length = 0;
    while (length < NAME && bytes[length] != 0) {
      length++;
    }
    return utf8(Arrays.copyOf(bytes, length)).filter(name -> !name.isEmpty());
  }

  /** Decodes bytes as UTF-8; empty if they are not valid. */
  static Optional<String> utf8(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static Optional<ByteBuffer> read(Path file) {
    try {
      return Files.isRegularFile(file, NOFOLLOW_LINKS) && Files.size(file) <= LARGEST
          ? Optional.of(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
