package io.pgproof.backup.restore;

import io.pgproof.backup.archive.FileNames;
import io.pgproof.backup.archive.RawArchive;
import io.pgproof.backup.format.BackupIdentity;
import io.pgproof.backup.format.BackupLabel;
import io.pgproof.backup.format.BackupPart;
import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.FileLayout;
import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.Manifest;
import io.pgproof.backup.format.Manifest.WalRange;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.backup.format.TablespaceMap;
import io.pgproof.backup.format.TimelineHistory;
import io.pgproof.backup.format.WalSegment;
import io.pgproof.backup.pages.PageCheck;
import io.pgproof.backup.pages.RestoredFiles;
import io.pgproof.backup.pages.SuspectPages;
import io.pgproof.backup.source.Backup;
import io.pgproof.backup.source.ForeignFiles;
import io.pgproof.backup.source.Inspection;
import io.pgproof.backup.source.Reflink;
import io.pgproof.backup.source.RunningServers;
import io.pgproof.backup.source.SourceFiles;
import io.pgproof.backup.source.Tablespaces;
import io.pgproof.backup.source.TreeWalk;
import io.pgproof.backup.wal.ReplayPath;
import io.pgproof.backup.wal.ReplayPlan;
import io.pgproof.backup.wal.Timelines;
import io.pgproof.backup.wal.WalArchive;
import io.pgproof.backup.wal.WalRecords;
import io.pgproof.proof.Check;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Inapplicable;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report.ArchiveFacts;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * One restore: writes the parts in parallel into a new data directory, then checks what only the
 * whole can show.
 */
final class RestoreJob {
  private static final long REPORT_EVERY = 4L << 20;
  private static final String NOT_COMPARED = "not compared at this depth";
  private static final String NO_CHECKSUMS = "the source keeps no page checksums";

  private final BackupIdentity identity;
  private final RestoreRequest order;
  private final Progress progress;
  private final SourceFiles sources;
  private Backup backup;
  private Tablespaces tablespaces;
  private final Map<String, AvailableWal.Segment> segments = new ConcurrentHashMap<>();
  private final ForeignFiles foreignFiles = new ForeignFiles();
  private Optional<String> origin = Optional.empty();
  private final Queue<String> notes = new ConcurrentLinkedQueue<>();
  private final Queue<FindingException> cut = new ConcurrentLinkedQueue<>();
  private boolean laidOver;
  private List<String> ways = List.of();
  private long unread;
  private final AtomicLong read = new AtomicLong();

  RestoreJob(Backup backup, BackupIdentity identity, RestoreRequest order, Progress progress) {
    this.backup = backup;
    this.identity = identity;
    this.order = order;
    this.progress = progress;
    this.sources = SourceFiles.of(backup);
    this.tablespaces = new Tablespaces(backup);
  }

  /** Restores a backup that is complete in itself, or the newest of a chain. */
  RestoredBackup run() throws InterruptedException {
    return run(false);
  }

  /** Restores a backup that another one depends on; recovery needs only the WAL of the newest. */
  RestoredBackup ancestor() throws InterruptedException {
    return run(true);
  }

  private RestoredBackup run(boolean ancestor) throws InterruptedException {
    try {
      RestoredBackup restoredBackup = restore(ancestor);
      sources.requireUnchanged();
      return restoredBackup;
    } catch (FindingException e) {
      throw sources.judged(e.finding().refutes() && !cut.isEmpty() ? cut.peek() : e);
    } catch (IOException e) {
      throw new UncheckedIOException(order.places().data() + " cannot be written", e);
    }
  }

  private RestoredBackup restore(boolean ancestor) throws IOException, InterruptedException {
    if (identity.bytes() != sources.bytes()) {
      throw new FindingException(
          Reason.BACKUP_CHANGED, backup.directory() + " was written to since it was inspected");
    }
    RunningServers.requireNoneIn(backup);
    if (!ancestor && order.walArchive().isEmpty()) {
      requireWalBehindLink();
    }
    Optional<Manifest> beside =
        backup.manifest().isPresent()
            ? Optional.of(Manifest.read(backup.manifest().get())).filter(this::isOfThisBackup)
            : Optional.empty();
    leaveOutStrangers(beside);
    Optional<ManifestCheck> inPass =
        beside.filter(listed -> order.compare()).map(ManifestCheck::new);
    DataDirectory directory = new DataDirectory(order, tablespaces);
    directory.make();
    boolean shares =
        backup.format() == Backup.Format.PLAIN
            && Reflink.works(backup.directory(), order.places().data());
    if (!shares) {
      layOver(directory);
    }
    directory.require(shares || laidOver ? 0 : needed(beside));

    // The pages of a chain's member are judged after all members are combined.
    boolean member = ancestor || identity.label().incremental();
    Optional<PageCheck> pages =
        order.compare() && !member
            ? Optional.of(new PageCheck(identity.label().startLsn()))
            : Optional.empty();
    List<ArchiveFacts> archives = pass(directory, inPass, pages, beside, ancestor);
    Optional<Manifest> manifest = beside.isPresent() ? beside : inArchive();
    Optional<ManifestCheck> comparison = beside.isPresent() ? inPass : compareLate(manifest);
    if (member) {
      bringManifest(directory);
    }
    sources.requireUnchanged();
    comparison.ifPresent(ManifestCheck::finish);
    directory.link();
    requireData();
    List<String> made = directory.complete();

    PostgresVersion version = identity.version();
    requireVersion();
    ControlFile control = ControlFile.parse(required("global/pg_control", ControlFile.SIZE));
    requireOneBackup(control, manifest);
    requireItsTime(control, manifest);
    Optional<WalArchive> archive = order.walArchive().map(WalArchive::new);
    Timelines.Choice choice = timeline(control, manifest, archive);
    AvailableWal wal = new AvailableWal(segments, archive, control, version, choice.path());
    if (!ancestor) {
      wal.requireComplete(identity.label(), manifest);
    }
    SuspectPages suspects =
        pages.isPresent() && control.dataChecksums()
            ? pages
                .get()
                .settle(
                    control, RestoredFiles.of(order.places().data(), order.places().tablespaces()))
            : SuspectPages.NONE;
    List<String> open = notChecked(comparison, control);
    tablespaces
        .requireNamed(map(), version, comparison.isPresent())
        .forEach(
            stranger ->
                open.add(
                    "nothing tells whether "
                        + stranger
                        + " is of this backup: it may bring a tablespace that lay in the data directory"));
    ReplayPlan replayPlan =
        ancestor
            ? ReplayPlan.along(choice.path().target())
            : replay(wal, choice, control, manifest);
    tablespaces.requireOthersCreated(replayPlan.tablespaces().keySet());
    open.addAll(wal.supply().leftOut());

    return new RestoredBackup(
        new BackupIdentity(
            version, Optional.of(control.systemIdentifier()), identity.label(), identity.bytes()),
        control,
        archives,
        manifest.map(Manifest::sha256),
        manifest.flatMap(RestoreJob::end),
        wal.last(),
        replayPlan,
        suspects,
        checks(
            archives,
            manifest,
            comparison,
            member ? Optional.empty() : pages(control, suspects, order.compare())),
        laidOver ? Optional.of(sources) : Optional.empty(),
        List.copyOf(open),
        Stream.of(notes, notes(made), choice.notes()).flatMap(Collection::stream).toList());
  }

  /**
   * Chooses the timelines along which the log is replayed, by the histories in the backup and in
   * the archive.
   */
  private Timelines.Choice timeline(
      ControlFile control, Optional<Manifest> manifest, Optional<WalArchive> archive)
      throws IOException, InterruptedException {
    int first =
        WalSegment.parse(identity.label().startSegment(), control.walSegmentSize()).timeline();
    List<WalRange> ranges = manifest.map(Manifest::wal).orElse(List.of());
    int own =
        ranges.isEmpty()
            ? Integer.compareUnsigned(first, control.timeline()) < 0 ? control.timeline() : first
            : ranges.get(ranges.size() - 1).timeline();
    Lsn end = manifest.flatMap(RestoreJob::end).orElse(control.checkpointLsn());
    Timelines timelines = new Timelines(own, end, ReplayPath.of(ranges, first));
    if (archive.isPresent()) {
      for (String name : archive.get().files().keySet()) {
        if (TimelineHistory.timelineOf(name).isPresent()) {
          try {
            timelines.add(name, WalSupply.history(archive.get(), name));
          } catch (FindingException e) {
            timelines.addUnreadable(name, e);
          }
        }
      }
    }
    Path wal = order.places().data().resolve(BackupPart.WAL);
    if (Files.isDirectory(wal)) {
      try (Stream<Path> files = Files.list(wal)) {
        for (Path file :
            files
                .filter(
                    file -> TimelineHistory.timelineOf(file.getFileName().toString()).isPresent())
                .toList()) {
          timelines.add(
              file.getFileName().toString(),
              required(BackupPart.WAL + file.getFileName(), TimelineHistory.LONGEST));
        }
      }
    }
    return timelines.choose(order.timeline());
  }

  /** Gives the archive's WAL to the server, and finds out what recovery will replay. */
  private ReplayPlan replay(
      AvailableWal wal, Timelines.Choice choice, ControlFile control, Optional<Manifest> manifest)
      throws InterruptedException {
    int size = control.walSegmentSize();
    long first = WalSegment.parse(identity.label().startSegment(), size).number();
    long needed =
        manifest
            .flatMap(RestoreJob::end)
            .map(end -> WalSegment.before(0, end, size).number())
            .orElse(first);
    WalRecords records = new WalRecords(identity.label().startLsn(), identity.version());
    wal.supply().give(first, needed, order, records);
    return new ReplayPlan(
        choice.path(),
        choice.target(),
        wal.supply().reach(),
        wal.supply().lastWhole(),
        records.tablespaces(),
        records.raised());
  }

  private void leaveOutStrangers(Optional<Manifest> manifest) throws InterruptedException {
    if (backup.archives().stream().noneMatch(archive -> archive.tablespace().isPresent())) {
      return;
    }
    Set<String> named = new Inspection(backup, Optional.empty()).namedTablespaces();
    List<BackupPart> foreignFiles =
        Tablespaces.strangers(backup, named, manifest, identity.version());
    foreignFiles.forEach(
        stranger ->
            notes.add(stranger.name() + " brings no tablespace of this backup and was left out"));
    backup = backup.without(foreignFiles);
    tablespaces = new Tablespaces(backup);
  }

  /** Mounts the data directory as an overlay on that of a plain backup, if possible. */
  private void layOver(DataDirectory directory) throws IOException, InterruptedException {
    // A tablespace in place would have to be removed from the overlay, because tablespaces are
    // restored beside the data directory.
    boolean tablespaceInPlace =
        backup.elsewhere().stream()
            .anyMatch(
                name ->
                    Files.isDirectory(backup.directory().resolve(name), LinkOption.NOFOLLOW_LINKS));
    // A snapshot of the file system would show all its surroundings once more, both to the server
    // and to the checks.
    if (backup.format() == Backup.Format.PLAIN
        && order.layers().isPresent()
        && !tablespaceInPlace
        && !sources.haveForeignDirectories()) {
      laidOver =
          Overlay.lay(
              backup.directory(),
              order.uid(),
              order.gid(),
              order.places().data(),
              order.layers().get());
      if (laidOver) {
        directory.laidOver(backup.elsewhere());
      }
    }
  }

  /** Returns the bytes that will be written, as far as they are known. */
  private long needed(Optional<Manifest> manifest) {
    return manifest
        .map(listed -> listed.bytes() + ByteBudget.neededWal(listed))
        .orElse(sources.bytesOfTrees());
  }

  /**
   * Copies the manifest of a tar into the data directory, because pg_combinebackup looks for it
   * among the files.
   */
  private void bringManifest(DataDirectory directory) throws IOException {
    boolean there =
        Files.exists(order.places().data().resolve(Manifest.NAME), LinkOption.NOFOLLOW_LINKS);
    if (backup.format() == Backup.Format.TAR && backup.manifest().isPresent() && !there) {
      try (FileChannel file = directory.file(Manifest.NAME, backup.baseName());
          InputStream text = Manifest.open(backup.manifest().get())) {
        text.transferTo(Channels.newOutputStream(file));
      }
    }
  }

  /** Returns the manifest from inside the archives, for a backup without one beside them. */
  private Optional<Manifest> inArchive() throws InterruptedException {
    Path file = order.places().data().resolve(Manifest.NAME);
    return backup.format() == Backup.Format.TAR
            && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        ? Optional.of(Manifest.read(file))
        : Optional.empty();
  }

  private Optional<ManifestCheck> compareLate(Optional<Manifest> manifest)
      throws IOException, InterruptedException {
    Optional<ManifestCheck> comparison =
        manifest.filter(listed -> order.compare()).map(ManifestCheck::new);
    if (comparison.isPresent()) {
      DeferredManifestCheck.run(order.places(), comparison.get());
    }
    return comparison;
  }

  private List<ArchiveFacts> pass(
      DataDirectory directory,
      Optional<ManifestCheck> comparison,
      Optional<PageCheck> pages,
      Optional<Manifest> manifest,
      boolean ancestor)
      throws IOException, InterruptedException {
    ByteBudget budget = manifest.map(ByteBudget::beyond).orElseGet(ByteBudget::unknown);
    PartRestore.Target target =
        new PartRestore.Target(
            directory,
            tablespaces,
            comparison,
            pages,
            budget,
            backup.elsewhere(),
            segments,
            foreignFiles,
            notes,
            cut);
    try (TreeWalk walk = new TreeWalk(backup, laidOver, order.compare())) {
      List<PartRestore> all = new ArrayList<>();
      for (BackupPart.Archive archive : backup.archives()) {
        if (ancestor && archive.prefix().equals(BackupPart.WAL)) {
          continue;
        }
        all.add(new PartRestore(new PartRestore.OneArchive(archive), target, this::report));
      }
      for (int worker = 0; worker < ParallelWork.WORKERS && !backup.trees().isEmpty(); worker++) {
        all.add(
            new PartRestore(
                new PartRestore.ShareOfTrees(walk, backup.baseName()), target, this::report));
      }
      List<ArchiveFacts> archives =
          ParallelWork.run(all).stream().flatMap(Optional::stream).toList();
      ways = backup.trees().stream().map(walk::way).distinct().toList();
      unread = walk.unread();
      return archives;
    }
  }

  private void report(long bytes) {
    long now = read.addAndGet(bytes);
    if (now / REPORT_EVERY != (now - bytes) / REPORT_EVERY || now == sources.bytes()) {
      progress.at(now, sources.bytes(), null);
    }
  }

  private void requireVersion() throws IOException {
    String text = new String(required("PG_VERSION", 16), StandardCharsets.US_ASCII).strip();
    if (!text.equals(Integer.toString(identity.version().major()))) {
      throw new FindingException(
          Reason.INCONSISTENT,
          "PG_VERSION says "
              + FileNames.shown(text)
              + ", and the WAL was written by "
              + identity.version());
    }
  }

  /** Returns the content of a small file that was just written. */
  private byte[] required(String name, int longest) throws IOException {
    Path file = order.places().data().resolve(name);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new FindingException(
          Reason.BACKUP_INCOMPLETE, backup.baseName() + " holds no file " + name);
    }
    if (Files.size(file) > longest) {
      throw new FindingException(
          Reason.INCONSISTENT,
          name + " has " + Files.size(file) + " bytes, which PostgreSQL never writes");
    }
    return Files.readAllBytes(file);
  }

  private void requireOneBackup(ControlFile control, Optional<Manifest> manifest)
      throws IOException {
    if (!BackupLabel.parse(required(BackupLabel.NAME, BackupLabel.LARGEST), backup.baseName())
        .equals(identity.label())) {
      throw new FindingException(
          Reason.BACKUP_CHANGED,
          backup.baseName() + " has another backup_label than when it was inspected");
    }
    tablespaces.requireBrought(map());
    PostgresVersion version = identity.version();
    if (version.controlFileVersion() != control.controlVersion()) {
      throw new FindingException(
          Reason.INCONSISTENT,
          "PG_VERSION says "
              + version.major()
              + ", and global/pg_control is of version "
              + control.controlVersion()
              + ", which "
              + version
              + " does not write");
    }
    manifest
        .flatMap(Manifest::systemIdentifier)
        .ifPresent(
            listed -> {
              if (!listed.equals(control.systemIdentifier())) {
                throw new FindingException(
                    Reason.MANIFEST_MISMATCH,
                    "backup_manifest is of the cluster "
                        + listed
                        + ", and global/pg_control of "
                        + control.systemIdentifier());
              }
            });
  }

  /**
   * Returns whether a manifest in a data directory belongs to this backup. A cluster created from a
   * base backup keeps the manifest of that backup, and every copy of the cluster contains it;
   * {@code backup_label.old} then has the same origin.
   *
   * @throws FindingException {@code foreign-manifest} when it belongs to an earlier backup and
   *     nothing shows how it came here
   */
  private boolean isOfThisBackup(Manifest manifest) {
    Lsn begin = identity.label().startLsn();
    Optional<Lsn> end =
        manifest.wal().stream().map(Manifest.WalRange::end).max(Comparator.naturalOrder());
    if (backup.format() == Backup.Format.TAR
        || end.isEmpty()
        || begins(manifest, begin)
        || begin.compareTo(end.get()) < 0
        || checkpoint().filter(lsn -> lsn.compareTo(end.get()) >= 0).isEmpty()) {
      return true;
    }
    Lsn other = manifest.wal().get(0).start();
    if (labelOfOrigin().filter(label -> begins(manifest, label)).isEmpty()) {
      throw new FindingException(
          Finding.of(
              Reason.FOREIGN_MANIFEST,
              "backup_manifest is of a backup that began at "
                  + other
                  + ", and backup_label of one that began at "
                  + begin));
    }
    origin =
        Optional.of(
            "backup_manifest was not compared: it is of the backup that the source was made from, which began at "
                + other
                + ", and this one at "
                + begin);
    return false;
  }

  private static boolean begins(Manifest manifest, Lsn at) {
    return manifest.wal().stream().anyMatch(range -> range.start().equals(at));
  }

  private Optional<Lsn> checkpoint() {
    return small("global/pg_control").map(file -> ControlFile.parse(file).checkpointLsn());
  }

  private Optional<Lsn> labelOfOrigin() {
    try {
      return small("backup_label.old")
          .map(file -> BackupLabel.parse(file, backup.baseName()).startLsn());
    } catch (FindingException e) {
      // PostgreSQL does not need this file, so it may hold anything.
      return Optional.empty();
    }
  }

  /** Returns a small file of a plain backup; empty when there is none that can be read. */
  private Optional<byte[]> small(String name) {
    Path file = backup.directory().resolve(name);
    try {
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
              && Files.size(file) <= BackupLabel.LARGEST
          ? Optional.of(Files.readAllBytes(file))
          : Optional.empty();
    } catch (IOException e) {
      throw RawArchive.unreadable(file, 0, e);
    }
  }

  private void requireWalBehindLink() throws IOException {
    Path wal = backup.directory().resolve(BackupPart.WAL);
    if (Files.isSymbolicLink(wal) && !Files.exists(wal)) {
      throw new FindingException(
          Reason.BACKUP_INCOMPLETE,
          backup.directory()
              + " has a link to "
              + Files.readSymbolicLink(wal)
              + " for its WAL, and there is no such directory");
    }
  }

  private void requireData() {
    for (String name : FileLayout.NEVER_EMPTY) {
      if (!Files.isDirectory(order.places().data().resolve(name), LinkOption.NOFOLLOW_LINKS)) {
        throw new FindingException(
            Reason.BACKUP_INCOMPLETE, backup.baseName() + " holds no directory " + name);
      }
    }
  }

  private List<String> notes(List<String> made) {
    Stream<String> lost =
        made.isEmpty()
            ? Stream.empty()
            : Stream.of(
                "directories that the backup lacks and that may be empty were made: "
                    + String.join(", ", made));
    return Stream.of(foreignFiles.notes().stream(), lost, origin.stream())
        .flatMap(notes -> notes)
        .toList();
  }

  private Map<String, String> map() throws IOException {
    return Files.exists(
            order.places().data().resolve(TablespaceMap.NAME), LinkOption.NOFOLLOW_LINKS)
        ? TablespaceMap.parse(required(TablespaceMap.NAME, TablespaceMap.LARGEST))
        : Map.of();
  }

  /**
   * Throws a finding when {@code pg_control} does not date from the time of the backup. In a sound
   * backup it is copied after the checkpoint with which the backup begins, or after that of a
   * standby's last restartpoint, and before the backup ends; a copy from another time would mislead
   * recovery.
   */
  private void requireItsTime(ControlFile control, Optional<Manifest> manifest) {
    Lsn begin = identity.label().checkpointLsn();
    Lsn checkpoint = control.checkpointLsn();
    if (checkpoint.compareTo(begin) < 0) {
      throw new FindingException(
          Reason.INCONSISTENT,
          "global/pg_control is older than the backup: its checkpoint is at "
              + checkpoint
              + ", and that of backup_label at "
              + begin);
    }
    manifest
        .flatMap(RestoreJob::end)
        .filter(end -> checkpoint.compareTo(end) >= 0)
        .ifPresent(
            end -> {
              throw new FindingException(
                  Reason.INCONSISTENT,
                  "global/pg_control is younger than the backup: its checkpoint is at "
                      + checkpoint
                      + ", and backup_manifest says that the backup ended at "
                      + end);
            });
  }

  private static Optional<Lsn> end(Manifest manifest) {
    return manifest.wal().isEmpty()
        ? Optional.empty()
        : Optional.of(manifest.wal().get(manifest.wal().size() - 1).end());
  }

  private List<Check> checks(
      List<ArchiveFacts> archives,
      Optional<Manifest> manifest,
      Optional<ManifestCheck> comparison,
      Optional<Check> pages) {
    Check whole = Check.passed("archive", read(archives), Duration.ZERO);
    Check listed =
        comparison
            .map(compared -> Check.passed("manifest", compared.summary(), Duration.ZERO))
            .orElseGet(
                () ->
                    manifest.isPresent()
                        ? Check.inapplicable("manifest", Inapplicable.DEPTH, NOT_COMPARED)
                        : Check.inapplicable(
                            "manifest",
                            Inapplicable.NO_MANIFEST,
                            origin.isPresent()
                                ? "backup_manifest is of another backup"
                                : identity.version().writesManifest()
                                    ? "the backup has no backup_manifest"
                                    : identity.version() + " writes no backup_manifest"));
    return Stream.concat(Stream.of(whole, listed), pages.stream()).toList();
  }

  /**
   * Returns the check of pages as far as it is decided before recovery; empty when some are
   * suspect.
   */
  static Optional<Check> pages(ControlFile control, SuspectPages suspects, boolean compared) {
    if (!control.dataChecksums()) {
      return Optional.of(Check.inapplicable("pages", Inapplicable.NO_CHECKSUMS, NO_CHECKSUMS));
    }
    if (!compared) {
      return Optional.of(Check.inapplicable("pages", Inapplicable.DEPTH, NOT_COMPARED));
    }
    return suspects.isEmpty()
        ? Optional.of(Check.passed("pages", suspects.among(), Duration.ZERO))
        : Optional.empty();
  }

  private String read(List<ArchiveFacts> archives) {
    List<String> read = new ArrayList<>();
    if (!archives.isEmpty()) {
      long bytes = archives.stream().mapToLong(ArchiveFacts::bytes).sum();
      read.add(
          String.format(
              Locale.ROOT,
              "%d archive%s, %,d bytes, SHA-256 kept",
              archives.size(),
              archives.size() == 1 ? "" : "s",
              bytes));
    }
    if (!backup.trees().isEmpty()) {
      read.add(
          String.format(
              Locale.ROOT,
              "%,d files, %,d bytes, %s, %s",
              sources.filesOfTrees(),
              sources.bytesOfTrees(),
              String.join(" and ", ways),
              unread == 0
                  ? "none changed while they were read"
                  : String.format(
                      Locale.ROOT,
                      "%,d of them not read at this depth, none changed meanwhile",
                      unread)));
    }
    return String.join("; ", read);
  }

  private List<String> notChecked(Optional<ManifestCheck> comparison, ControlFile control) {
    List<String> open = new ArrayList<>();
    if (!order.compare()) {
      open.add("whether each file is what backup_manifest lists, and the checksums of pages");
      if (unread > 0) {
        open.add(
            String.format(
                Locale.ROOT,
                "whether each file can be read: %,d that were not copied were left to the server",
                unread));
      }
      return open;
    }
    if (comparison.isEmpty()) {
      open.add(
          "without backup_manifest nothing tells whether each file is there and is what the server sent");
    } else if (comparison.get().filesWithoutChecksum() > 0) {
      open.add(
          "backup_manifest lists "
              + comparison.get().filesWithoutChecksum()
              + " files without a checksum, so their sizes alone were compared");
    }
    if (!control.dataChecksums()) {
      open.add(NO_CHECKSUMS);
    }
    return open;
  }
}
