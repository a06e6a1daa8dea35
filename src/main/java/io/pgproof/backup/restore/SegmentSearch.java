package io.pgproof.backup.restore;

import io.pgproof.backup.archive.Compression;
import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.backup.format.WalPage;
import io.pgproof.backup.format.WalSegment;
import io.pgproof.backup.wal.ReplayPath;
import io.pgproof.backup.wal.ReplayPath.Leg;
import io.pgproof.backup.wal.ReplayPath.Piece;
import io.pgproof.backup.wal.StoredWal;
import io.pgproof.backup.wal.WalArchive;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the segments of the log along the path of recovery, in the archive and in the backup, and
 * tells what stands in the place of one that cannot be used.
 */
final class SegmentSearch {
  private final Optional<WalArchive> archive;
  private final ControlFile control;
  private final PostgresVersion version;
  private final ReplayPath path;
  private final Set<String> inBackup;
  private final int size;

  /**
   * @param inBackup names of the segments in the backup, each known to be sound
   */
  SegmentSearch(
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
  sealed interface Found {
    /** It begins correctly. */
    record Sound(Piece piece, StoredWal stored, WalPage page) implements Found {}

    /** The backup itself contains it. */
    record Brought(Piece piece) implements Found {}

    /** Its bytes are not the bytes that were archived. */
    record Broken(String why) implements Found {}

    /** It exists but nothing more can be said, or it belongs to another cluster. */
    record Unknown(FindingException why) implements Found {}

    /** Nothing of the log is in this place, except perhaps a file that holds another part of it. */
    record Absent(String instead) implements Found {}
  }

  /**
   * Throws a finding when a segment that the backup needs is not available.
   *
   * @throws FindingException {@code wal-missing}, {@code wal-unreadable}, {@code environment} for a
   *     segment of another cluster, or {@code backup-in-progress} when it may be archived later,
   *     because nothing newer exists
   */
  void require(long number) throws InterruptedException {
    Found found = find(number);
    if (found instanceof Found.Absent) {
      // It may have arrived since the archive was listed.
      archive.ifPresent(WalArchive::list);
      found = find(number);
    }
    requireUsable(number, found);
  }

  /** Throws a finding when what was found in the place of a needed segment cannot be replayed. */
  void requireUsable(long number, Found found) throws InterruptedException {
    String name = name(number);
    if (found instanceof Found.Unknown unknown) {
      throw unknown.why();
    } else if (found instanceof Found.Broken broken) {
      throw missing(
          name + " is needed for recovery but is damaged in the archive: " + broken.why());
    } else if (found instanceof Found.Absent absent) {
      Optional<FindingException> hidden = archive.flatMap(listed -> listed.findHidden(name));
      if (hidden.isPresent()) {
        throw hidden.get();
      }
      String what =
          name
              + " is needed for recovery but is neither in the backup nor in "
              + archive.orElseThrow().directory()
              + absent.instead();
      if (bytesBehind(number) == 0) {
        throw new FindingException(
            new Finding(
                Reason.BACKUP_IN_PROGRESS,
                "the WAL segment " + what + ", and neither is anything newer",
                "verify again when the server has archived it; if it never will, take a new base backup, or name the right"
                    + " directory with --wal-archive",
                null));
      }
      throw missing(what);
    }
  }

  /** Returns what stands in the place of the segment with this number. */
  Found find(long number) throws InterruptedException {
    Found worst = new Found.Absent("");
    for (Piece piece : path.pieces(number, size)) {
      String name = piece.segment().name(size);
      for (StoredWal stored : archive.map(listed -> listed.find(name)).orElse(List.of())) {
        Found found = find(stored, piece);
        if (found instanceof Found.Sound) {
          return found;
        }
        worst = graverOf(worst, found);
      }
      if (inBackup.contains(name) && worst instanceof Found.Absent) {
        return new Found.Brought(piece);
      }
    }
    return worst;
  }

  private static Found graverOf(Found one, Found other) {
    return rank(other) > rank(one) ? other : one;
  }

  private static int rank(Found found) {
    return found instanceof Found.Unknown
        ? 3
        : found instanceof Found.Broken ? 2 : ((Found.Absent) found).instead().isEmpty() ? 0 : 1;
  }

  private Found find(StoredWal stored, Piece piece) throws InterruptedException {
    Optional<WalPage> found;
    boolean plain;
    try {
      plain = stored.coding() == Compression.NONE;
      found = stored.page();
    } catch (FindingException e) {
      if (e.finding().refutes()) {
        return new Found.Broken(e.finding().message());
      } else if (e.finding().reason() == Reason.WAL_UNREADABLE) {
        return new Found.Unknown(e);
      }
      throw e;
    }
    if (found.isPresent() && !found.get().systemIdentifier().equals(control.systemIdentifier())) {
      return new Found.Unknown(
          new FindingException(
              new Finding(
                  Reason.ENVIRONMENT,
                  stored.file()
                      + " belongs to the cluster "
                      + found.get().systemIdentifier()
                      + ", and the backup to "
                      + control.systemIdentifier(),
                  "name this cluster's WAL archive with --wal-archive",
                  null)));
    }
    if (plain && !stored.partial() && stored.size() != size) {
      return new Found.Broken(
          stored.file().getFileName() + " has " + stored.size() + " bytes instead of " + size);
    }
    if (found.isEmpty()) {
      return stored.partial()
          ? new Found.Absent(", where " + stored.file().getFileName() + " is still empty")
          : new Found.Broken(stored.file().getFileName() + " does not begin with a WAL page");
    }
    WalPage page = found.get();
    if (page.version() != version
        || page.segmentSize() != size
        || Integer.compareUnsigned(page.timeline(), piece.segment().timeline()) > 0) {
      return new Found.Broken(
          stored.file().getFileName()
              + " has the header of another timeline, version or segment size");
    }
    return page.start().equals(piece.segment().start(size))
        ? new Found.Sound(piece, stored, page)
        : new Found.Absent(
            ", where " + stored.file().getFileName() + " contains the WAL of " + page.start());
  }

  /** Returns the part of the log with this number that the backup itself contains. */
  Optional<Piece> broughtPiece(long number) {
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
  long bytesBehind(long number) throws InterruptedException {
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
    Optional<Found.Unknown> unknown = Optional.empty();
    for (long later : numbers) {
      Found found = find(later);
      if (found instanceof Found.Sound || found instanceof Found.Brought) {
        behind++;
      } else if (found instanceof Found.Unknown each
          && each.why().finding().reason() == Reason.WAL_UNREADABLE) {
        unknown = unknown.or(() -> Optional.of(each));
      }
    }
    if (behind == 0 && unknown.isPresent()) {
      throw unknown.get().why();
    }
    return behind;
  }

  /** Returns the file name of the segment on the first timeline that has this number. */
  String name(long number) {
    return path.pieces(number, size).get(0).segment().name(size);
  }

  private static FindingException missing(String what) {
    return new FindingException(Reason.WAL_MISSING, "the WAL segment " + what);
  }
}
