package io.pgproof.sandbox.lxc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The mapping from IDs inside a container to IDs on the host, see subuid(5) and subgid(5).
 *
 * @param firstHostId host ID of id 0 inside, for users and groups alike
 */
record IdMap(int firstHostId) {
  static final int SIZE = 65536;
  private static final int USUAL_FIRST = 100000;

  /**
   * Reads root's first range of at least 65536 IDs, which must be the same in both files; empty if
   * one file lacks it or they differ.
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
          // The tools that read this file also skip such a line.
        }
      }
    }
    return Optional.empty();
  }

  /** Returns the first ID after all ranges of these files, which can be given to root. */
  static int freeRange(Path etc) {
    long free = USUAL_FIRST;
    for (String file : List.of("subuid", "subgid")) {
      for (String line : lines(etc.resolve(file))) {
        String[] parts = line.strip().split(":");
        try {
          if (parts.length == 3) {
            free = Math.max(free, Long.parseLong(parts[1]) + Long.parseLong(parts[2]));
          }
        } catch (NumberFormatException notARange) {
          // See above.
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
