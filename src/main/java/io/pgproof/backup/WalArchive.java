package io.pgproof.backup;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A directory with archived WAL segments, as {@code archive_command} or pg_receivewal leaves them, compressed or not; never
 * written to.
 */
record WalArchive(Path directory) {
  private static final String PARTIAL = ".partial";
  private static final Pattern FILE =
      Pattern.compile("([0-9A-F]{24}|[0-9A-F]{8}\\.history)(?:\\.gz|\\.lz4|\\.zst)?(?:\\.partial)?");
  private static final int LONGEST_HISTORY = 1 << 20;

  /**
   * A file with a segment or a history.
   *
   * @param partial whether pg_receivewal, or a server that was promoted, had not come to its end
   */
  record Stored(Path file, Coding coding, boolean partial) {

    /** The first page, where the file begins with one that is known. */
    Optional<WalPage> page() throws InterruptedException {
      ByteBuffer head = ByteBuffer.allocateDirect(WalPage.HEADER);
      try (ByteSource bytes = open()) {
        while (head.hasRemaining() && bytes.read(head) >= 0) {
          continue;
        }
      } catch (FindingException e) {
        if (!partial || e.finding().reason() != Reason.ARCHIVE_TRUNCATED) {
          throw e;
        }
      }
      byte[] read = new byte[head.flip().remaining()];
      head.get(read);
      return WalPage.parse(read);
    }

    ByteSource open() throws InterruptedException {
      return coding.decode(new RawArchive(file, read -> {}));
    }
  }

  /** The file with this segment or history: a whole one, or else a partial one. */
  Optional<Stored> find(String name) {
    for (boolean partial : new boolean[] {false, true}) {
      for (Coding coding : Coding.values()) {
        Path file = directory.resolve(name + coding.ending() + (partial ? PARTIAL : ""));
        if (Files.isRegularFile(file)) {
          return Optional.of(new Stored(file, coding, partial));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Copies what recovery may ask for, decoded and owned by the server: the segments of the backup's timeline from its first on,
   * and the timelines' histories. The archive's own files belong to another user and are usually readable by nobody else.
   *
   * @param order whose owner and space hold here too
   * @return which WAL was left out, because a file that is not needed is damaged
   * @throws FindingException {@code wal-missing} when one that is needed is damaged, {@code disk-full} when the bound or
   *     the reserve is reached
   */
  Optional<String> copy(Needed needed, int segmentSize, RestoreOrder order) throws InterruptedException {
    Path copies = order.places().wal();
    List<String> leftOut = new ArrayList<>();
    try {
      Files.createDirectory(copies);
      Files.setPosixFilePermissions(copies, PosixFilePermissions.fromString("rwx------"));
      give(copies, order);
      for (String name : wanted(needed.first())) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        boolean segment = WalSegment.isName(name);
        order.space().require("a segment of the WAL archive " + directory, segmentSize, copies);
        Path copy = copies.resolve(name);
        try {
          write(find(name).orElseThrow(), copy, segment ? segmentSize : LONGEST_HISTORY);
        } catch (FindingException e) {
          Files.deleteIfExists(copy);
          leftOut.add(leftOut(name, needed, e));
          if (segment && !needed.inBackup().contains(name)) {
            break;
          }
          continue;
        }
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
        give(copy, order);
        order.space().wrote(Files.size(copy), copies);
      }
    } catch (ClosedByInterruptException e) {
      throw new InterruptedException();
    } catch (IOException e) {
      throw new UncheckedIOException("the WAL archive " + directory + " cannot be copied to " + copies, e);
    }
    return leftOut.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", leftOut));
  }

  /**
   * What a backup needs, by file names, on the timeline that it began on.
   *
   * @param inBackup what it brings itself
   */
  record Needed(String first, String last, Set<String> inBackup) {
    boolean of(String segment) {
      return segment.compareTo(last) <= 0 && !inBackup.contains(segment);
    }
  }

  private static String leftOut(String name, Needed needed, FindingException damage) {
    if (!(damage.finding() instanceof Finding.BackupFault)) {
      throw damage;
    }
    if (WalSegment.isName(name) && needed.of(name)) {
      throw new FindingException(
          Finding.of(Reason.WAL_MISSING, "the WAL segment " + name + " is needed for recovery and is damaged in the archive: "
              + damage.finding().message()), damage);
    }
    return name + " of the WAL archive, and what may follow it there, was not replayed: " + damage.finding().message();
  }

  private SortedSet<String> wanted(String first) throws IOException {
    SortedSet<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.list(directory)) {
      files.forEach(file -> {
        Matcher name = FILE.matcher(file.getFileName().toString());
        if (name.matches() && (!WalSegment.isName(name.group(1)) || isAfter(first, name.group(1)))) {
          names.add(name.group(1));
        }
      });
    }
    names.removeIf(name -> find(name).isEmpty());
    return names;
  }

  private static boolean isAfter(String first, String name) {
    return name.startsWith(first.substring(0, 8)) && name.compareTo(first) >= 0;
  }

  private static void write(Stored stored, Path copy, int longest) throws IOException, InterruptedException {
    if (stored.coding() == Coding.NONE && !stored.partial()) {
      Files.copy(stored.file(), copy);
      return;
    }
    ByteBuffer piece = ByteBuffer.allocateDirect(Members.WINDOW);
    long written = 0;
    try (FileChannel out = FileChannel.open(copy, CREATE_NEW, WRITE); ByteSource bytes = stored.open()) {
      while (bytes.read(piece.clear()) >= 0) {
        written += piece.flip().remaining();
        if (written > longest) {
          throw new FindingException(
              Reason.ARCHIVE_CORRUPT, bytes.name() + " holds more than the " + longest + " bytes that it may");
        }
        while (piece.hasRemaining()) {
          out.write(piece);
        }
      }
    } catch (FindingException e) {
      if (!stored.partial() || e.finding().reason() != Reason.ARCHIVE_TRUNCATED) {
        throw e;
      }
    }
    boolean segment = WalSegment.isName(copy.getFileName().toString());
    if (segment && !stored.partial() && written < longest) {
      throw new FindingException(
          Reason.ARCHIVE_TRUNCATED, stored.file().getFileName() + " holds " + written + " bytes instead of " + longest);
    }
    if (segment) {
      lengthen(copy, longest);
    }
  }

  /** The server takes whole segments only; behind what had come, a partial one holds zeros anyway. */
  private static void lengthen(Path copy, int length) throws IOException {
    try (FileChannel out = FileChannel.open(copy, WRITE)) {
      if (out.size() < length) {
        out.write(ByteBuffer.allocate(1), length - 1L);
      }
    }
  }

  private static void give(Path path, RestoreOrder order) throws IOException {
    Files.setAttribute(path, "unix:uid", order.uid());
    Files.setAttribute(path, "unix:gid", order.gid());
  }
}
