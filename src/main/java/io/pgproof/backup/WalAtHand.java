package io.pgproof.backup;

import io.pgproof.backup.Manifest.WalRange;
import io.pgproof.backup.WalArchive.Stored;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The WAL that a backup brings and an archive may add, held against the WAL that recovery needs.
 *
 * <p>Recovery that lacks a segment ends there and opens the server, which looks like success.
 */
final class WalAtHand {
  private static final List<String> UNKNOWN = List.of(".xz", ".bz2", ".Z", ".br");

  /** A segment as it passed: its bytes and its first page, empty where that is none. */
  record Segment(long size, Optional<WalPage> page) {}

  private final NavigableMap<String, Segment> inBackup;
  private final Optional<WalArchive> archive;
  private final ControlFile control;
  private final int major;

  /** @param segments of the backup, by file name */
  WalAtHand(Map<String, Segment> segments, Optional<WalArchive> archive, ControlFile control, int major) {
    this.inBackup = new TreeMap<>(segments);
    this.archive = archive;
    this.control = control;
    this.major = major;
  }

  /** File name of the last segment that the backup brings. */
  Optional<String> last() {
    return inBackup.isEmpty() ? Optional.empty() : Optional.of(inBackup.lastKey());
  }

  /**
   * Throws a finding when a segment that recovery needs is not there, is cut, or is another cluster's.
   *
   * @param manifest tells the end; without it, what the backup brings must begin with the label's segment and have no gap
   */
  void requireComplete(BackupIdentity.Label label, Optional<Manifest> manifest) throws InterruptedException {
    if (inBackup.isEmpty() && archive.isEmpty()) {
      throw new FindingException(
          Reason.BACKUP_INCOMPLETE, "the backup brings no WAL, and no WAL archive is named: recovery needs "
              + label.startSegment() + " and what follows it");
    }
    int size = control.walSegmentSize();
    WalSegment first = WalSegment.parse(label.startSegment(), size);
    if (!first.equals(WalSegment.holding(first.timeline(), label.startLsn(), size))) {
      throw new FindingException(
          Reason.INCONSISTENT, "backup_label says that " + label.startLsn() + " lies in " + label.startSegment()
              + ", and with the WAL segments of global/pg_control it does not");
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

  /** What a WAL archive must bring whole, as far as that is known; without a manifest no more than the first segment is. */
  WalArchive.Needed needed(BackupIdentity.Label label, Optional<Manifest> manifest) {
    int size = control.walSegmentSize();
    WalSegment first = WalSegment.parse(label.startSegment(), size);
    String last = manifest.stream().flatMap(listed -> listed.wal().stream())
        .filter(range -> range.timeline() == first.timeline())
        .map(range -> WalSegment.before(range.timeline(), range.end(), size).name(size))
        .max(Comparator.naturalOrder())
        .orElse(label.startSegment());
    return new WalArchive.Needed(label.startSegment(), last, inBackup.keySet());
  }

  // Segment after segment and never as a list: a forged end may lie as far away as a log can be long.
  private void requireAll(WalSegment first, long last) throws InterruptedException {
    for (WalSegment segment = first; segment.number() <= last; segment = segment.next()) {
      require(segment);
    }
  }

  private long lastNumberOn(int timeline) {
    return inBackup.keySet().stream()
        .map(name -> WalSegment.parse(name, control.walSegmentSize()))
        .filter(segment -> segment.timeline() == timeline)
        .mapToLong(WalSegment::number)
        .max()
        .orElse(-1);
  }

  private void require(WalSegment needed) throws InterruptedException {
    String name = needed.name(control.walSegmentSize());
    Segment segment = inBackup.get(name);
    if (segment == null) {
      requireInArchive(name);
      return;
    }
    requireSize(name, "in the backup", segment.size());
    WalPage page = segment.page().orElseThrow(() -> new FindingException(
        Reason.INCONSISTENT, "the WAL segment " + name + " does not begin with a WAL page"));
    if (!page.systemIdentifier().equals(control.systemIdentifier())) {
      throw new FindingException(
          Reason.INCONSISTENT, "two backups are mixed: the WAL segment " + name + " is of the cluster "
              + page.systemIdentifier() + ", and global/pg_control of " + control.systemIdentifier());
    }
    if (page.major() != major) {
      throw new FindingException(
          Reason.INCONSISTENT, "the WAL segment " + name + " was written by PostgreSQL " + page.major()
              + ", and PG_VERSION says " + major);
    }
    // A timeline's first segment begins with what it has in common with the one before, never with one after.
    if (Integer.compareUnsigned(page.timeline(), needed.timeline()) > 0) {
      throw new FindingException(
          Reason.INCONSISTENT, "the WAL segment " + name + " was written on timeline "
              + Integer.toUnsignedString(page.timeline()) + ", not on the one that its name says");
    }
    if (!page.start().equals(needed.start(control.walSegmentSize()))) {
      throw new FindingException(
          Reason.INCONSISTENT, "the WAL segment " + name + " holds the WAL of " + page.start()
              + ", not that of " + needed.start(control.walSegmentSize()));
    }
  }

  // Of a compressed segment only the head is read here; its copy for the server is decoded whole.
  private void requireInArchive(String name) throws InterruptedException {
    if (archive.isEmpty()) {
      throw missing(name + " is needed for recovery and is not in the backup");
    }
    Stored stored = archive.get().find(name).orElseThrow(() -> absent(name));
    if (stored.coding() == Coding.NONE && !stored.partial()) {
      requireSize(name, "in " + archive.get().directory(), size(stored.file()));
    }
    Optional<WalPage> page;
    try {
      page = stored.page();
    } catch (FindingException e) {
      throw e.finding() instanceof Finding.BackupFault
          ? missing(name + " is needed for recovery and is damaged in the archive: " + e.finding().message())
          : e;
    }
    if (page.isPresent() && !page.get().systemIdentifier().equals(control.systemIdentifier())) {
      throw new FindingException(Finding.of(
          Reason.ENVIRONMENT,
          stored.file() + " is of the cluster " + page.get().systemIdentifier() + ", and the backup of "
              + control.systemIdentifier(),
          "name this cluster's WAL archive with --wal-archive",
          null));
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw RawArchive.unreadable(file, 0, e);
    }
  }

  private FindingException absent(String name) {
    Path directory = archive.orElseThrow().directory();
    if (!Files.isReadable(directory)) {
      return new FindingException(Finding.of(
          Reason.ENVIRONMENT, directory + " cannot be read", "check the path given with --wal-archive", null));
    }
    for (String ending : UNKNOWN) {
      if (Files.exists(directory.resolve(name + ending))) {
        return new FindingException(Finding.of(
            Reason.ENVIRONMENT,
            directory.resolve(name + ending) + " is compressed in a way that pgproof does not know",
            "let the archive hold segments as they are, or by gzip, lz4 or zstd, and verify again",
            null));
      }
    }
    return missing(name + " is needed for recovery and is neither in the backup nor in " + directory);
  }

  private void requireSize(String name, String where, long size) {
    if (size != control.walSegmentSize()) {
      throw missing(name + " " + where + " has " + size + " bytes instead of " + control.walSegmentSize());
    }
  }

  private static FindingException missing(String what) {
    return new FindingException(Reason.WAL_MISSING, "the WAL segment " + what);
  }
}
