package io.pgproof.postgres.recovery;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.pgproof.backup.wal.ReplayPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The directories of tablespaces that the source created during or after the backup. PostgreSQL
 * creates such a tablespace again when it replays the WAL, and expects its directory to exist under
 * the source's original path.
 */
public final class CreatedTablespaces {
  private static final int MOST = 64;
  private static final int LONGEST = 1024;

  /** Paths that the image or pgproof itself needs. */
  private static final List<String> TAKEN =
      List.of(
          "/bin",
          "/boot",
          "/dev",
          "/etc",
          "/lib",
          "/lib32",
          "/lib64",
          "/libx32",
          "/proc",
          "/sbin",
          "/sys",
          "/usr",
          RecoveryRequest.DATA,
          RecoveryRequest.SETTINGS,
          RecoveryRequest.SOCKET,
          RecoveryRequest.LOG,
          RecoveryRequest.TABLESPACES,
          RecoveryRequest.WAL_ARCHIVE);

  private CreatedTablespaces() {}

  /**
   * Returns the directories that can be mounted in a container, parents before their
   * subdirectories.
   *
   * @param rootfs root file system of its image, in which none of the paths may be in use
   * @return OIDs by path. If two tablespaces share a path, the later one is returned, because the
   *     earlier one had been dropped by then
   */
  public static Map<String, String> directories(ReplayPlan replayPlan, Path rootfs)
      throws IOException {
    Map<String, String> paths = new TreeMap<>();
    Map<String, String> byAge = new LinkedHashMap<>();
    replayPlan.tablespaces().entrySet().stream()
        .sorted(
            (one, other) ->
                Long.compare(Long.parseLong(one.getKey()), Long.parseLong(other.getKey())))
        .forEach(each -> byAge.put(each.getKey(), each.getValue()));
    for (Map.Entry<String, String> each : byAge.entrySet()) {
      if (paths.size() < MOST && allowed(each.getValue()) && isFree(rootfs, each.getValue())) {
        paths.put(each.getValue(), each.getKey());
      }
    }
    return paths;
  }

  private static boolean allowed(String path) {
    return path.length() > 1
        && path.length() <= LONGEST
        && path.charAt(0) == '/'
        && path.chars().allMatch(c -> c >= 0x20 && c < 0x7F)
        && Path.of(path).normalize().toString().equals(path)
        && TAKEN.stream()
            .noneMatch(
                taken ->
                    path.equals(taken)
                        || path.startsWith(taken + "/")
                        || taken.startsWith(path + "/"));
  }

  /** Returns whether the image has nothing at this path, or an empty directory. */
  private static boolean isFree(Path rootfs, String path) throws IOException {
    Path inside = rootfs;
    for (Path part : Path.of(path)) {
      inside = inside.resolve(part);
      if (Files.notExists(inside, NOFOLLOW_LINKS)) {
        return true;
      }
      if (!Files.isDirectory(inside, NOFOLLOW_LINKS)) {
        return false;
      }
    }
    try (Stream<Path> content = Files.list(inside)) {
      return content.findAny().isEmpty();
    }
  }
}
