package io.pgproof.backup;

import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A directory with archived WAL segments, as {@code archive_command} leaves them; never written to. */
public final class WalArchive {
  private static final Pattern SEGMENT = Pattern.compile("[0-9A-F]{24}");
  private static final Pattern HISTORY = Pattern.compile("[0-9A-F]{8}\\.history");

  private WalArchive() {}

  /**
   * Copies what recovery may ask for, owned by the server: the segments of the backup's timeline from its first on, and the
   * timelines' histories. The archive's own files belong to another user and are usually readable by nobody else.
   *
   * @param startSegment file name of the first segment that recovery needs
   * @param directory to be made
   * @param order whose owner and reserve hold here too
   * @throws FindingException {@code disk-full} when the reserve is reached
   * @throws InterruptedException when the thread was interrupted
   */
  public static void copy(Path archive, String startSegment, Path directory, RestoreOrder order) throws InterruptedException {
    try {
      Files.createDirectory(directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
      give(directory, order);
      for (Path file : wanted(archive, startSegment)) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (Files.getFileStore(directory).getUsableSpace() - Files.size(file) < order.reserveBytes()) {
          throw new FindingException(Reason.DISK_FULL, "the WAL archive " + archive + " does not fit into " + directory);
        }
        Path copy = Files.copy(file, directory.resolve(file.getFileName().toString()));
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
        give(copy, order);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the WAL archive " + archive + " cannot be copied to " + directory, e);
    }
  }

  private static List<Path> wanted(Path archive, String startSegment) throws IOException {
    try (Stream<Path> files = Files.list(archive)) {
      return files.filter(file -> {
        String name = file.getFileName().toString();
        return HISTORY.matcher(name).matches()
            || SEGMENT.matcher(name).matches()
                && name.startsWith(startSegment.substring(0, 8))
                && name.compareTo(startSegment) >= 0;
      }).sorted().toList();
    }
  }

  private static void give(Path path, RestoreOrder order) throws IOException {
    Files.setAttribute(path, "unix:uid", order.uid());
    Files.setAttribute(path, "unix:gid", order.gid());
  }
}
