package io.pgproof.backup.restore;

import io.pgproof.backup.format.BackupIdentity;
import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.Manifest;
import io.pgproof.backup.format.Manifest.WalRange;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.backup.format.WalPage;
import io.pgproof.backup.format.WalSegment;
import io.pgproof.backup.wal.ReplayPath;
import io.pgproof.backup.wal.WalArchive;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Compares the WAL in a backup and in an optional archive with the WAL that recovery needs.
 *
 * <p>If a segment is missing, recovery ends there and opens the server, which looks like success.
 */
final class AvailableWal {
  /**
   * The facts about one segment, taken while it was restored.
   *
   * @param size in bytes
   * @param page its first page; empty when it does not begin with one
   * @param blank whether it begins with zeros, as a segment that was never written to
   */
  record Segment(long size, Optional<WalPage> page, boolean blank) {

    /**
     * @param head the segment's first {@link WalPage#HEADER} bytes
     */
    static Segment of(long size, byte[] head) {
      boolean blank = true;
      for (byte each : head) {
        blank &= each == 0;
      }
      return new Segment(size, WalPage.parse(head), blank);
    }
  }

  private final NavigableMap<String, Segment> inBackup;

  /** The segments without those that the source preallocated. */
  private final NavigableMap<String, Segment> written;

  private final Optional<WalArchive> archive;
  private final ControlFile control;
  private final PostgresVersion version;
  private final SegmentSearch search;
  private final WalSupply supply;

  /**
   * @param segments of the backup, by file name
   * @param path that recovery takes through the log
   */
  AvailableWal(
      Map<String, Segment> segments,
      Optional<WalArchive> archive,
      ControlFile control,
      PostgresVersion version,
      ReplayPath path) {
    this.inBackup = new TreeMap<>(segments);
    this.archive = archive;
    this.control = control;
    this.version = version;
    this.written = new TreeMap<>(inBackup);
    while (!written.isEmpty() && isForLater(written.lastEntry())) {
      written.pollLastEntry();
    }
    this.search = new SegmentSearch(archive, control, version, path, soundSegments());
    this.supply = new WalSupply(archive, search, control.walSegmentSize());
  }

  /**
   * Returns the file name of the last segment in the backup; preallocated segments do not count.
   */
  Optional<String> last() {
    return written.isEmpty() ? Optional.empty() : Optional.of(written.lastKey());
  }

  /** Returns the object that gives the archive's WAL to the server. */
  WalSupply supply() {
    return supply;
  }

  /** Returns the segments of the backup whose content matches their names. */
  private Set<String> soundSegments() {
    int size = control.walSegmentSize();
    return inBackup.entrySet().stream()
        .filter(
            each ->
                each.getValue().size() == size
                    && each.getValue()
                        .page()
                        .filter(
                            page ->
                                page.systemIdentifier().equals(control.systemIdentifier())
                                    && page.start()
                                        .equals(WalSegment.parse(each.getKey(), size).start(size)))
                        .isPresent())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /**
   * Returns whether the server preallocated a segment and never wrote to it: it holds zeros, or is
   * an old segment under a new name, with the WAL of an earlier position (source: the manual's "WAL
   * Configuration", {@code InstallXLogFileSegment}).
   */
  private boolean isForLater(Map.Entry<String, Segment> last) {
    int size = control.walSegmentSize();
    Lsn start = WalSegment.parse(last.getKey(), size).start(size);
    Segment segment = last.getValue();
    return segment.size() == size
        && (segment.blank()
            || segment.page().filter(page -> page.start().compareTo(start) < 0).isPresent());
  }

  /**
   * Throws a finding when a segment that recovery needs is missing, is cut, or belongs to another
   * cluster.
   *
   * @param manifest states the end; without it, the WAL in the backup must begin with the label's
   *     segment and have no gap
   */
  void requireComplete(BackupIdentity.Label label, Optional<Manifest> manifest)
      throws InterruptedException {
    if (inBackup.isEmpty() && archive.isEmpty()) {
      throw new FindingException(
          Reason.BACKUP_INCOMPLETE,
          "the backup contains no WAL, and no WAL archive is named: recovery needs "
              + label.startSegment()
              + " and the segments after it");
    }
    int size = control.walSegmentSize();
    WalSegment first = WalSegment.parse(label.startSegment(), size);
    if (!first.equals(WalSegment.holding(first.timeline(), label.startLsn(), size))) {
      throw new FindingException(
          Reason.INCONSISTENT,
          "backup_label says that "
              + label.startLsn()
              + " is in "
              + label.startSegment()
              + ", but with the segment size of global/pg_control it is not");
    }
    require(first);
    List<WalRange> ranges = manifest.map(Manifest::wal).orElse(List.of());
    for (WalRange range : ranges) {
      WalSegment begin = WalSegment.holding(range.timeline(), range.start(), size);
      requireAll(begin, WalSegment.before(range.timeline(), range.end(), size).number());
    }
    if (ranges.isEmpty()) {
      requireAll(first, lastNumberOn(first.timeline()));
    }
  }

  // Iterates over the segments instead of building a list, because a forged end may be as far away
  // as a log can be long.
  private void requireAll(WalSegment first, long last) throws InterruptedException {
    for (WalSegment segment = first; segment.number() <= last; segment = segment.next()) {
      require(segment);
    }
  }

  private long lastNumberOn(int timeline) {
    return written.keySet().stream()
        .map(name -> WalSegment.parse(name, control.walSegmentSize()))
        .filter(segment -> segment.timeline() == timeline)
        .mapToLong(WalSegment::number)
        .max()
        .orElse(-1);
  }

  private void require(WalSegment needed) throws InterruptedException {
    String name = needed.name(control.walSegmentSize());
    Segment segment = (archive.isPresent() ? written : inBackup).get(name);
    if (segment == null) {
      if (archive.isEmpty()) {
        throw missing(name + " is needed for recovery but is not in the backup");
      }
      search.require(needed.number());
      return;
    }
    requireSize(name, "in the backup", segment.size());
    WalPage page =
        segment
            .page()
            .orElseThrow(
                () ->
                    new FindingException(
                        Reason.INCONSISTENT,
                        "the WAL segment " + name + " does not begin with a WAL page"));
    if (!page.systemIdentifier().equals(control.systemIdentifier())) {
      throw new FindingException(
          Reason.INCONSISTENT,
          "two backups are mixed: the WAL segment "
              + name
              + " belongs to the cluster "
              + page.systemIdentifier()
              + ", and global/pg_control to "
              + control.systemIdentifier());
    }
    if (page.version() != version) {
      throw new FindingException(
          Reason.INCONSISTENT,
          "the WAL segment "
              + name
              + " was written by "
              + page.version()
              + ", but PG_VERSION says "
              + version.major());
    }
    // A timeline's first segment begins with the WAL that it shares with the previous timeline,
    // never with that of a later one.
    if (Integer.compareUnsigned(page.timeline(), needed.timeline()) > 0) {
      throw new FindingException(
          Reason.INCONSISTENT,
          "the WAL segment "
              + name
              + " was written on timeline "
              + Integer.toUnsignedString(page.timeline())
              + ", not on the timeline in its name");
    }
    if (!page.start().equals(needed.start(control.walSegmentSize()))) {
      throw new FindingException(
          Reason.INCONSISTENT,
          "the WAL segment "
              + name
              + " contains the WAL of "
              + page.start()
              + ", not that of "
              + needed.start(control.walSegmentSize()));
    }
  }

  private void requireSize(String name, String where, long size) {
    if (size != control.walSegmentSize()) {
      throw missing(
          name + " " + where + " has " + size + " bytes instead of " + control.walSegmentSize());
    }
  }

  private static FindingException missing(String what) {
    return new FindingException(Reason.WAL_MISSING, "the WAL segment " + what);
  }
}
