package io.pgproof.sandbox.lxc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Which ids of the host the ids inside are, see subuid(5) and subgid(5).
 *
 * @param firstHostId of users and of groups alike; id 0 inside is this one
 */
record IdMap(int firstHostId) {
  static final int SIZE = 65536;
  private static final int USUAL_FIRST = 100000;

  /**
   * Root's first range of at least 65536 in either file; empty where one lacks it or they differ.
   */
  static Optional<IdMap> read(Path etc) {
    Optional<Integer> users = firstRange(etc.resolve("subuid"));
    Optional<Integer> groups = firstRange(etc.resolve("subgid"));
    return users.isPresent() && users.equals(groups)
        ? Optional.of(new IdMap(users.get()))
        : Optional.empty();
  }

  static Optional<Integer> firstRange(Path file) {
    for (String line : lines(file)) {
      String[] parts = line.strip().split(":");
      if (parts.length == 3 && (parts[0].equals("root") || parts[0].equals("0"))) {
        try {
          if (Long.parseLong(parts[2]) >= SIZE) {
            return Optional.of(Integer.parseInt(parts[1]));
          }
        } catch (NumberFormatException notARange) {
          // The tools that read this file skip such a line too.
        }
      }
    }
    return Optional.empty();
  }

  /** The first id that no range of these files reaches, so that it can be given to root. */
  static int free(Path etc) {
    long free = USUAL_FIRST;
    for (String file : List.of("subuid", "subgid")) {
      for (String line : lines(etc.resolve(file))) {
        String[] parts = line.strip().split(":");
        try {
          if (parts.length == 3) {
            free = Math.max(free, Long.parseLong(parts[1]) + Long.parseLong(parts[2]));
          }
        } catch (NumberFormatException notARange) {
          // As above.
        }
      }
    }
    return Math.toIntExact(free);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }
}
