package io.pgproof.backup.restore;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import io.pgproof.backup.archive.ByteSource;
import io.pgproof.backup.archive.Compression;
import io.pgproof.backup.archive.MemberSource;
import io.pgproof.backup.format.BackupPart;
import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.backup.format.TimelineHistory;
import io.pgproof.backup.format.WalPage;
import io.pgproof.backup.format.WalSegment;
import io.pgproof.backup.wal.ReplayPath;
import io.pgproof.backup.wal.ReplayPath.Leg;
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
import java.util.Set;
import java.util.TreeSet;

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
  private final ControlFile control;
  private final PostgresVersion version;
  private final ReplayPath path;
  private final Set<String> inBackup;
  private final int size;
  private final List<String> leftOut = new ArrayList<>();
  private Optional<Lsn> reach = Optional.empty();
  private Optional<String> lastWhole = Optional.empty();

  /**
   * @param inBackup names of the segments in the backup, each known to be sound
   */
  WalSupply(
      Optional<WalArchive> archive,
      ControlFile control,
      PostgresVersion version,
      ReplayPath path,
      Set<String> inBackup) {
    this.archive = archive;
    this.control = control;
    this.version = version;
    this.path = path;
    this.inBackup = inBackup;
    this.size = control.walSegmentSize();
  }

  /** What was found in the place of a segment of the log. */
  private sealed interface Look {
    /** It begins correctly. */
    record Sound(Piece piece, StoredWal stored, WalPage page) implements Look {}

    /** The backup itself contains it. */
    record Brought(Piece piece) implements Look {}

    /** Its bytes are not the bytes that were archived. */
    record Broken(String why) implements Look {}

    /** It exists but nothing more can be said, or it belongs to another cluster. */
    record Unknown(FindingException why) implements Look {}

    /** Nothing of the log is in this place, except perhaps a file that holds another part of it. */
    record Absent(String instead) implements Look {}
  }

  /** Returns the WAL that exists but was not given to the server, one line each. */
  List<String> leftOut() {
    return leftOut;
  }

  /** Returns the position that recovery must reach. */
  Optional<Lsn> reach() {
    return reach;
  }

  /** Returns the last whole segment of the archive. */
  Optional<String> lastWhole() {
    return lastWhole;
  }

  /**
   * Throws a finding when a segment that the backup needs is not available.
   *
   * @throws FindingException {@code wal-missing}, {@code wal-unreadable}, {@code environment} for a
   *     segment of another cluster, or {@code backup-in-progress} when it may be archived later,
   *     because nothing newer exists
   */
  void require(long number) throws InterruptedException {
    Look look = look(number);
    if (look instanceof Look.Absent) {
      // It may have arrived since the archive was listed.
      archive.ifPresent(WalArchive::list);
      look = look(number);
    }
    requireUsable(number, look);
  }

  private void requireUsable(long number, Look look) throws InterruptedException {
    String name = name(number);
    if (look instanceof Look.Unknown unknown) {
      throw unknown.why();
    } else if (look instanceof Look.Broken broken) {
      throw missing(
          name + " is needed for recovery and is damaged in the archive: " + broken.why());
    } else if (look instanceof Look.Absent absent) {
      Optional<FindingException> hidden = archive.flatMap(listed -> listed.hidden(name));
      if (hidden.isPresent()) {
        throw hidden.get();
      }
      String what =
          name
              + " is needed for recovery and is neither in the backup nor in "
              + archive.orElseThrow().directory()
              + absent.instead();
      if (behind(number) == 0) {
        throw new FindingException(
            new Finding(
                Reason.BACKUP_IN_PROGRESS,
                "the WAL segment " + what + ", and nothing newer is",
                "verify again when the server has archived it; where it never will, take a new base backup, or name the right"
                    + " directory with --wal-archive",
                null));
      }
      throw missing(what);
    }
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
  void give(long first, long needed, RestoreRequest order, WalRecords records)
      throws InterruptedException {
    Path copies = order.places().wal();
    try {
      if (archive.isPresent()) {
        Files.createDirectory(copies);
        Files.setPosixFilePermissions(copies, PosixFilePermissions.fromString("rwx------"));
        own(copies, order);
        giveHistories(order);
      }
      long number = first;
      while (giveNext(number, needed, order, records)) {
        number++;
      }
    } catch (ClosedByInterruptException e) {
      throw new InterruptedException();
    } catch (IOException e) {
      throw new UncheckedIOException("the WAL cannot be copied to " + copies, e);
    }
  }

  /** Gives the server one segment; returns whether there was one. */
  private boolean giveNext(long number, long needed, RestoreRequest order, WalRecords records)
      throws IOException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Look look = look(number);
    if (look instanceof Look.Absent && behind(number) > 0) {
      archive.ifPresent(WalArchive::list);
      look = look(number);
    }
    if (look instanceof Look.Sound sound) {
      Optional<FindingException> damage = copy(sound, order, records);
      if (damage.isEmpty()) {
        return true;
      }
      look = new Look.Broken(damage.get().finding().message());
    }
    Optional<Piece> brought = brought(number);
    if (brought.isPresent()) {
      if (look instanceof Look.Broken broken) {
        leftOut.add(
            name(number)
                + " of the WAL archive was not replayed, but the backup's own: "
                + broken.why());
      }
      read(brought.get(), order, records);
      return true;
    }
    if (number <= needed) {
      requireUsable(number, look);
    }
    endsAt(number, look);
    return false;
  }

  /**
   * Ends the log. After the WAL that the backup needs, the log may end anywhere, but no later
   * segment may follow its end.
   */
  private void endsAt(long number, Look look) throws InterruptedException {
    if (look instanceof Look.Unknown unknown) {
      throw unknown.why();
    }
    if (archive.isEmpty()) {
      return;
    }
    long behind = behind(number);
    String name = name(number);
    if (behind == 0) {
      if (look instanceof Look.Broken broken) {
        leftOut.add(name + " of the WAL archive, the newest, was not replayed: " + broken.why());
      }
      return;
    }
    Optional<FindingException> hidden =
        look instanceof Look.Absent
            ? archive.flatMap(listed -> listed.hidden(name))
            : Optional.empty();
    if (hidden.isPresent()) {
      throw hidden.get();
    }
    String why = look instanceof Look.Broken ? " is damaged in " : " is not in ";
    String more =
        look instanceof Look.Broken broken ? ": " + broken.why() : ((Look.Absent) look).instead();
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
                + " of the log behind it",
            "archive this segment again if the server still has it; otherwise take a new base backup, because no data behind this"
                + " segment can be restored from this one",
            null));
  }

  private Look look(long number) throws InterruptedException {
    Look worst = new Look.Absent("");
    for (Piece piece : path.pieces(number, size)) {
      String name = piece.segment().name(size);
      for (StoredWal stored : archive.map(listed -> listed.find(name)).orElse(List.of())) {
        Look look = look(stored, piece);
        if (look instanceof Look.Sound) {
          return look;
        }
        worst = worse(worst, look);
      }
      if (inBackup.contains(name) && worst instanceof Look.Absent) {
        return new Look.Brought(piece);
      }
    }
    return worst;
  }

  private static Look worse(Look one, Look other) {
    return rank(other) > rank(one) ? other : one;
  }

  private static int rank(Look look) {
    return look instanceof Look.Unknown
        ? 3
        : look instanceof Look.Broken ? 2 : ((Look.Absent) look).instead().isEmpty() ? 0 : 1;
  }

  private Look look(StoredWal stored, Piece piece) throws InterruptedException {
    Optional<WalPage> found;
    boolean plain;
    try {
      plain = stored.coding() == Compression.NONE;
      found = stored.page();
    } catch (FindingException e) {
      if (e.finding().refutes()) {
        return new Look.Broken(e.finding().message());
      } else if (e.finding().reason() == Reason.WAL_UNREADABLE) {
        return new Look.Unknown(e);
      }
      throw e;
    }
    if (found.isPresent() && !found.get().systemIdentifier().equals(control.systemIdentifier())) {
      return new Look.Unknown(
          new FindingException(
              new Finding(
                  Reason.ENVIRONMENT,
                  stored.file()
                      + " is of the cluster "
                      + found.get().systemIdentifier()
                      + ", and the backup of "
                      + control.systemIdentifier(),
                  "name this cluster's WAL archive with --wal-archive",
                  null)));
    }
    if (plain && !stored.partial() && stored.size() != size) {
      return new Look.Broken(
          stored.file().getFileName() + " has " + stored.size() + " bytes instead of " + size);
    }
    if (found.isEmpty()) {
      return stored.partial()
          ? new Look.Absent(", where " + stored.file().getFileName() + " holds nothing yet")
          : new Look.Broken(stored.file().getFileName() + " does not begin with a WAL page");
    }
    WalPage page = found.get();
    if (page.version() != version
        || page.segmentSize() != size
        || Integer.compareUnsigned(page.timeline(), piece.segment().timeline()) > 0) {
      return new Look.Broken(
          stored.file().getFileName()
              + " has the header of another timeline, version or segment size");
    }
    return page.start().equals(piece.segment().start(size))
        ? new Look.Sound(piece, stored, page)
        : new Look.Absent(
            ", where " + stored.file().getFileName() + " holds the WAL of " + page.start());
  }

  private Optional<Piece> brought(long number) {
    return path.pieces(number, size).stream()
        .filter(piece -> inBackup.contains(piece.segment().name(size)))
        .findFirst();
  }

  /**
   * Returns how many segments of the log follow this one; only segments whose content matches their
   * name count.
   *
   * @throws FindingException {@code wal-unreadable} when there are files for later segments and
   *     none of them can be read
   */
  private long behind(long number) throws InterruptedException {
    Set<Long> numbers = new TreeSet<>();
    for (Leg leg : path.legs()) {
      String after = new WalSegment(leg.timeline(), number + 1).name(size);
      String last = new WalSegment(leg.timeline(), 0).name(size).substring(0, 8) + "G";
      Set<String> names = new TreeSet<>(inBackup);
      archive.ifPresent(
          listed -> names.addAll(listed.files().subMap(after, true, last, false).keySet()));
      for (String name : names) {
        if (WalSegment.isName(name) && name.compareTo(after) >= 0 && name.compareTo(last) < 0) {
          numbers.add(WalSegment.parse(name, size).number());
        }
      }
    }
    long behind = 0;
    Optional<Look.Unknown> unknown = Optional.empty();
    for (long later : numbers) {
      Look look = look(later);
      if (look instanceof Look.Sound || look instanceof Look.Brought) {
        behind++;
      } else if (look instanceof Look.Unknown each
          && each.why().finding().reason() == Reason.WAL_UNREADABLE) {
        unknown = unknown.or(() -> Optional.of(each));
      }
    }
    if (behind == 0 && unknown.isPresent()) {
      throw unknown.get().why();
    }
    return behind;
  }

  /** Copies a segment; returns what is wrong with its bytes, if anything. */
  private Optional<FindingException> copy(
      Look.Sound sound, RestoreRequest order, WalRecords records)
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
    give(copy, order);
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
        records.take(window.flip());
      }
    }
  }

  private void giveHistories(RestoreRequest order) throws IOException, InterruptedException {
    for (String name : archive.orElseThrow().files().keySet()) {
      Optional<byte[]> content =
          TimelineHistory.timelineOf(name).isPresent() ? history(name) : Optional.empty();
      if (content.isPresent()) {
        Path copy = order.places().wal().resolve(name);
        Files.write(copy, content.get(), CREATE_NEW, WRITE);
        give(copy, order);
      }
    }
  }

  /**
   * Returns the content of a history; empty when it cannot be read, which is reported where it
   * matters.
   */
  private Optional<byte[]> history(String name) throws InterruptedException {
    try {
      return Optional.of(history(archive.orElseThrow(), name));
    } catch (FindingException e) {
      return Optional.empty();
    }
  }

  /**
   * Reads a timeline history.
   *
   * @throws FindingException when none of its files can be read
   */
  static byte[] history(WalArchive archive, String name) throws InterruptedException {
    FindingException last = null;
    for (StoredWal stored : archive.find(name)) {
      ByteBuffer content = ByteBuffer.allocateDirect(TimelineHistory.LONGEST);
      try (ByteSource bytes = stored.open()) {
        while (content.hasRemaining() && bytes.read(content) >= 0) {}
        byte[] read = new byte[content.flip().remaining()];
        content.get(read);
        return read;
      } catch (FindingException e) {
        last = e;
      }
    }
    throw last;
  }

  private static void give(Path copy, RestoreRequest order) throws IOException {
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
    own(copy, order);
    order.space().wrote(Files.size(copy), copy.getParent());
  }

  private static void own(Path file, RestoreRequest order) throws IOException {
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
              bytes.name() + " holds more than the " + size + " bytes that it may");
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
          stored.file().getFileName() + " holds " + read + " bytes instead of " + size);
    }
    lengthen(copy, size);
  }

  /**
   * Extends the copy to a whole segment, because the server accepts no other; after the data that
   * arrived, a partial segment holds zeros anyway.
   */
  private static void lengthen(Path copy, int length) throws IOException {
    try (FileChannel out = FileChannel.open(copy, WRITE)) {
      if (out.size() < length) {
        out.write(ByteBuffer.allocate(1), length - 1L);
      }
    }
  }

  private String name(long number) {
    return path.pieces(number, size).get(0).segment().name(size);
  }

  private static FindingException missing(String what) {
    return new FindingException(Reason.WAL_MISSING, "the WAL segment " + what);
  }
}
