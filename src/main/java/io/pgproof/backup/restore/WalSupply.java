package io.pgproof.backup.restore;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import io.pgproof.backup.archive.ByteSource;
import io.pgproof.backup.archive.MemberSource;
import io.pgproof.backup.format.BackupPart;
import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.TimelineHistory;
import io.pgproof.backup.format.WalSegment;
import io.pgproof.backup.restore.SegmentSearch.Found;
import io.pgproof.backup.wal.ReplayPath.Piece;
import io.pgproof.backup.wal.StoredWal;
import io.pgproof.backup.wal.WalArchive;
import io.pgproof.backup.wal.WalRecords;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gives the server the archived WAL along the path of recovery, decoded and with the server's
 * ownership, and finds the place where that path breaks off. If a segment is missing, recovery ends
 * there and opens the server, which looks like success.
 *
 * <p>A segment that is missing, short or damaged makes all later segments unreachable. Only the
 * newest may still be incomplete.
 */
final class WalSupply {
  private final Optional<WalArchive> archive;
  private final SegmentSearch search;
  private final int size;
  private final List<String> leftOut = new ArrayList<>();
  private Optional<Lsn> reach = Optional.empty();
  private Optional<String> lastWhole = Optional.empty();

  /**
   * @param size of a segment in bytes
   */
  WalSupply(Optional<WalArchive> archive, SegmentSearch search, int size) {
    this.archive = archive;
    this.search = search;
    this.size = size;
  }

  /** Returns the WAL that exists but was not given to the server, one line each. */
  List<String> leftOut() {
    return leftOut;
  }

  /** Returns the position that recovery must reach. */
  Optional<Lsn> requiredEnd() {
    return reach;
  }

  /** Returns the last whole segment of the archive. */
  Optional<String> lastWhole() {
    return lastWhole;
  }

  /**
   * Copies the WAL that recovery may request, and reads everything that recovery will replay.
   *
   * @param first number of the first segment
   * @param needed number of the last segment that the backup needs
   * @param order whose owner and space apply here too
   * @param records receives the log in order
   * @throws FindingException {@code wal-missing} when a needed segment is damaged, or when segments
   *     follow one that is missing, short or damaged; {@code wal-unreadable}; {@code disk-full}
   *     when the bound or the reserve is reached
   */
  void provide(long first, long needed, RestoreRequest order, WalRecords records)
      throws InterruptedException {
    Path copies = order.places().wal();
    try {
      if (archive.isPresent()) {
        Files.createDirectory(copies);
        Files.setPosixFilePermissions(copies, PosixFilePermissions.fromString("rwx------"));
        chown(copies, order);
        provideHistories(order);
      }
      long number = first;
      while (provideNext(number, needed, order, records)) {
        number++;
      }
    } catch (ClosedByInterruptException e) {
      throw new InterruptedException();
    } catch (IOException e) {
      throw new UncheckedIOException("the WAL cannot be copied to " + copies, e);
    }
  }

  /** Gives the server one segment; returns whether there was one. */
  private boolean provideNext(long number, long needed, RestoreRequest order, WalRecords records)
      throws IOException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Found found = search.find(number);
    if (found instanceof Found.Absent && search.bytesBehind(number) > 0) {
      archive.ifPresent(WalArchive::list);
      found = search.find(number);
    }
    if (found instanceof Found.Sound sound) {
      Optional<FindingException> damage = copy(sound, order, records);
      if (damage.isEmpty()) {
        return true;
      }
      found = new Found.Broken(damage.get().finding().message());
    }
    Optional<Piece> brought = search.broughtPiece(number);
    if (brought.isPresent()) {
      if (found instanceof Found.Broken broken) {
        leftOut.add(
            search.name(number)
                + " in the WAL archive was not replayed; recovery used the backup's own copy: "
                + broken.why());
      }
      read(brought.get(), order, records);
      return true;
    }
    if (number <= needed) {
      search.requireUsable(number, found);
    }
    endsAt(number, found);
    return false;
  }

  /**
   * Ends the log. After the WAL that the backup needs, the log may end anywhere, but no later
   * segment may follow its end.
   */
  private void endsAt(long number, Found found) throws InterruptedException {
    if (found instanceof Found.Unknown unknown) {
      throw unknown.why();
    }
    if (archive.isEmpty()) {
      return;
    }
    long behind = search.bytesBehind(number);
    String name = search.name(number);
    if (behind == 0) {
      if (found instanceof Found.Broken broken) {
        leftOut.add(
            name + ", the newest segment in the WAL archive, was not replayed: " + broken.why());
      }
      return;
    }
    Optional<FindingException> hidden =
        found instanceof Found.Absent
            ? archive.flatMap(listed -> listed.findHidden(name))
            : Optional.empty();
    if (hidden.isPresent()) {
      throw hidden.get();
    }
    String why = found instanceof Found.Broken ? " is damaged in " : " is not in ";
    String more =
        found instanceof Found.Broken broken
            ? ": " + broken.why()
            : ((Found.Absent) found).instead();
    throw new FindingException(
        new Finding(
            Reason.WAL_MISSING,
            "the WAL segment "
                + name
                + why
                + archive.orElseThrow().directory()
                + more
                + "; recovery cannot reach the "
                + behind
                + (behind == 1 ? " segment" : " segments")
                + " of WAL after it",
            "archive this segment again if the server still has it; otherwise take a new base backup, because no data after this"
                + " segment can be restored from this backup",
            null));
  }

  /** Copies a segment; returns what is wrong with its bytes, if anything. */
  private Optional<FindingException> copy(
      Found.Sound sound, RestoreRequest order, WalRecords records)
      throws IOException, InterruptedException {
    Path copies = order.places().wal();
    Piece piece = sound.piece();
    String name = piece.segment().name(size);
    order
        .space()
        .require("a segment of the WAL archive " + archive.orElseThrow().directory(), size, copies);
    Path copy = copies.resolve(name);
    try {
      write(sound.stored(), copy, size, piece.upTo());
    } catch (FindingException e) {
      Files.deleteIfExists(copy);
      if (e.finding().refutes()) {
        return Optional.of(e);
      }
      throw e;
    }
    provide(copy, order);
    read(copy, piece.segment(), records);
    if (!sound.stored().partial() && piece.upTo() == size) {
      lastWhole = Optional.of(name);
      // A record may begin before this segment and end after it; recovery then ends where the
      // record begins.
      if (!sound.page().continuesBeyond()) {
        reach = Optional.of(piece.segment().start(size));
      }
    }
    return Optional.empty();
  }

  private void read(Piece piece, RestoreRequest order, WalRecords records)
      throws IOException, InterruptedException {
    Path file = order.places().data().resolve(BackupPart.WAL).resolve(piece.segment().name(size));
    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      read(file, piece.segment(), records);
    }
  }

  private void read(Path file, WalSegment segment, WalRecords records) throws IOException {
    records.segment(segment.start(size));
    ByteBuffer window = ByteBuffer.allocate(MemberSource.WINDOW);
    try (FileChannel in =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      while (in.read(window.clear()) >= 0) {
        records.addBytes(window.flip());
      }
    }
  }

  private void provideHistories(RestoreRequest order) throws IOException, InterruptedException {
    for (String name : archive.orElseThrow().files().keySet()) {
      Optional<byte[]> content =
          TimelineHistory.timelineOf(name).isPresent() ? history(name) : Optional.empty();
      if (content.isPresent()) {
        Path copy = order.places().wal().resolve(name);
        Files.write(copy, content.get(), CREATE_NEW, WRITE);
        provide(copy, order);
      }
    }
  }

  /**
   * Returns the content of a history; empty when it cannot be read, which is reported where it
   * matters.
   */
  private Optional<byte[]> history(String name) throws InterruptedException {
    try {
      return Optional.of(archive.orElseThrow().history(name));
    } catch (FindingException e) {
      return Optional.empty();
    }
  }

  private static void provide(Path copy, RestoreRequest order) throws IOException {
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
    chown(copy, order);
    order.space().countWritten(Files.size(copy), order.places().wal());
  }

  private static void chown(Path file, RestoreRequest order) throws IOException {
    Files.setAttribute(file, "unix:uid", order.uid());
    Files.setAttribute(file, "unix:gid", order.gid());
  }

  /**
   * Writes a whole segment; for a partial segment, or one that the next timeline left, the rest is
   * zeros.
   *
   * @param upTo bytes of it that count
   */
  private static void write(StoredWal stored, Path copy, int size, int upTo)
      throws IOException, InterruptedException {
    ByteBuffer piece = ByteBuffer.allocateDirect(MemberSource.WINDOW);
    long read = 0;
    try (FileChannel out = FileChannel.open(copy, CREATE_NEW, WRITE);
        ByteSource bytes = stored.open()) {
      while (bytes.read(piece.clear()) >= 0) {
        long before = read;
        read += piece.flip().remaining();
        if (read > size) {
          throw new FindingException(
              Reason.ARCHIVE_CORRUPT,
              bytes.name() + " contains more than the " + size + " bytes that are allowed");
        }
        piece.limit((int) Math.max(0, Math.min(piece.limit(), upTo - before)));
        while (piece.hasRemaining()) {
          out.write(piece);
        }
      }
    } catch (FindingException e) {
      if (!stored.partial() || e.finding().reason() != Reason.ARCHIVE_TRUNCATED) {
        throw e;
      }
    }
    if (!stored.partial() && read < size) {
      throw new FindingException(
          Reason.ARCHIVE_TRUNCATED,
          stored.file().getFileName() + " contains " + read + " bytes instead of " + size);
    }
    padTo(copy, size);
  }

  /**
   * Extends the copy to a whole segment, because the server accepts no other; after the data that
   * arrived, a partial segment holds zeros anyway.
   */
  private static void padTo(Path copy, int length) throws IOException {
    try (FileChannel out = FileChannel.open(copy, WRITE)) {
      if (out.size() < length) {
        out.write(ByteBuffer.allocate(1), length - 1L);
      }
    }
  }
}
