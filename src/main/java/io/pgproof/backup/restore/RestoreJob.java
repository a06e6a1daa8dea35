package io.pgproof.backup.restore;

import io.pgproof.backup.format.BackupIdentity;
import io.pgproof.backup.format.BackupPart;
import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.Manifest;
import io.pgproof.backup.pages.PageCheck;
import io.pgproof.backup.pages.RestoredFiles;
import io.pgproof.backup.pages.SuspectPages;
import io.pgproof.backup.source.Backup;
import io.pgproof.backup.source.ForeignFiles;
import io.pgproof.backup.source.NamedTablespaces;
import io.pgproof.backup.source.Reflink;
import io.pgproof.backup.source.RunningServers;
import io.pgproof.backup.source.SourceFiles;
import io.pgproof.backup.source.Tablespaces;
import io.pgproof.backup.source.TreeWalk;
import io.pgproof.backup.wal.ReplayPlan;
import io.pgproof.backup.wal.Timelines;
import io.pgproof.backup.wal.WalArchive;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report.ArchiveFacts;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
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
          Reason.BACKUP_CHANGED, backup.directory() + " was written to after its inspection");
    }
    RunningServers.requireNoneIn(backup);
    if (!ancestor && order.walArchive().isEmpty()) {
      requireWalBehindLink();
    }
    Optional<Manifest> beside = beside();
    excludeForeignFiles(beside);
    Optional<ManifestCheck> inPass =
        beside.filter(listed -> order.compare()).map(ManifestCheck::new);
    DataDirectory directory = new DataDirectory(order, tablespaces);
    directory.create();
    boolean shares =
        backup.format() == Backup.Format.PLAIN
            && Reflink.works(backup.directory(), order.places().data());
    if (!shares) {
      mountOverlay(directory);
    }
    directory.require(shares || laidOver ? 0 : requiredBytes(beside));

    // The pages of a chain's member are judged after all members are combined.
    boolean member = ancestor || identity.label().incremental();
    Optional<PageCheck> pages =
        order.compare() && !member
            ? Optional.of(new PageCheck(identity.label().startLsn()))
            : Optional.empty();
    RestoreChecks.Pass pass = pass(directory, inPass, pages, ancestor);
    Optional<Manifest> manifest = beside.isPresent() ? beside : inArchive();
    Optional<ManifestCheck> comparison = beside.isPresent() ? inPass : compareLate(manifest);
    if (member) {
      copyManifest(directory);
    }
    sources.requireUnchanged();
    comparison.ifPresent(ManifestCheck::finish);
    directory.link();
    RestoredData data = new RestoredData(order.places().data(), identity, backup.baseName());
    data.requireDirectories();
    List<String> made = directory.complete();

    data.requireVersion();
    ControlFile control = data.control();
    data.requireOneBackup(control, manifest, tablespaces);
    Optional<WalArchive> archive = order.walArchive().map(WalArchive::new);
    ReplayPlanner planner = new ReplayPlanner(order, identity, control, manifest, archive);
    Timelines.Choice choice = planner.timelines(data);
    AvailableWal wal =
        new AvailableWal(segments, archive, control, identity.version(), choice.path());
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
    RestoreChecks checks =
        new RestoreChecks(identity.version(), sources, pass, control, order.compare(), comparison);
    List<String> open = checks.notChecked();
    tablespaces
        .requireNamed(data.tablespaceMap(), identity.version(), comparison.isPresent())
        .forEach(
            stranger ->
                open.add(
                    "no file shows whether "
                        + stranger
                        + " belongs to this backup: it may contain a tablespace from the data directory"));
    ReplayPlan replayPlan =
        ancestor ? ReplayPlan.followTimeline(choice.path().target()) : planner.plan(wal, choice);
    tablespaces.requireOthersCreated(replayPlan.tablespaces().keySet());
    open.addAll(wal.supply().leftOut());

    return new RestoredBackup(
        new BackupIdentity(
            identity.version(),
            Optional.of(control.systemIdentifier()),
            identity.label(),
            identity.bytes()),
        control,
        pass.archives(),
        manifest.map(Manifest::sha256),
        manifest.flatMap(Manifest::end),
        wal.last(),
        replayPlan,
        suspects,
        checks.checks(
            manifest,
            origin.isPresent(),
            member ? Optional.empty() : RestoreChecks.pages(control, suspects, order.compare())),
        laidOver ? Optional.of(sources) : Optional.empty(),
        List.copyOf(open),
        Stream.of(notes, notes(made), choice.notes()).flatMap(Collection::stream).toList());
  }

  /** Returns the manifest beside the data, unless it is of another backup. */
  private Optional<Manifest> beside() throws InterruptedException {
    if (backup.manifest().isEmpty()) {
      return Optional.empty();
    }
    Manifest manifest = Manifest.read(backup.manifest().get());
    origin = new ManifestOrigin(backup).elsewhere(manifest, identity.label().startLsn());
    return origin.isEmpty() ? Optional.of(manifest) : Optional.empty();
  }

  private void excludeForeignFiles(Optional<Manifest> manifest) throws InterruptedException {
    if (backup.archives().stream().noneMatch(archive -> archive.tablespace().isPresent())) {
      return;
    }
    Set<String> named = new NamedTablespaces(backup).oids();
    List<BackupPart> foreignFiles =
        Tablespaces.unlistedParts(backup, named, manifest, identity.version());
    foreignFiles.forEach(
        stranger ->
            notes.add(stranger.name() + " contains no tablespace of this backup and was skipped"));
    backup = backup.without(foreignFiles);
    tablespaces = new Tablespaces(backup);
  }

  /** Mounts the data directory as an overlay on that of a plain backup, if possible. */
  private void mountOverlay(DataDirectory directory) throws IOException, InterruptedException {
    // A tablespace in place would have to be removed from the overlay, because tablespaces are
    // restored beside the data directory.
    boolean tablespaceInPlace =
        backup.linkedDirectories().stream()
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
          Overlay.mountOver(
              backup.directory(),
              order.uid(),
              order.gid(),
              order.places().data(),
              order.layers().get());
      if (laidOver) {
        directory.markOverlaid(backup.linkedDirectories());
      }
    }
  }

  /** Returns the bytes that will be written, as far as they are known. */
  private long requiredBytes(Optional<Manifest> manifest) {
    return manifest
        .map(listed -> listed.bytes() + listed.walBytes())
        .orElse(sources.bytesOfTrees());
  }

  /**
   * Copies the manifest of a tar into the data directory, because pg_combinebackup looks for it
   * among the files.
   */
  private void copyManifest(DataDirectory directory) throws IOException {
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

  private RestoreChecks.Pass pass(
      DataDirectory directory,
      Optional<ManifestCheck> comparison,
      Optional<PageCheck> pages,
      boolean ancestor)
      throws IOException, InterruptedException {
    PartRestore.Target target =
        new PartRestore.Target(
            directory,
            tablespaces,
            comparison,
            pages,
            backup.linkedDirectories(),
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
      return new RestoreChecks.Pass(
          archives,
          backup.trees().stream().map(walk::describeMethod).distinct().toList(),
          walk.unreadableCount());
    }
  }

  private void report(long bytes) {
    long now = read.addAndGet(bytes);
    if (now / REPORT_EVERY != (now - bytes) / REPORT_EVERY || now == sources.bytes()) {
      progress.at(now, sources.bytes(), null);
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
              + " for its WAL, but there is no such directory");
    }
  }

  private List<String> notes(List<String> made) {
    Stream<String> lost =
        made.isEmpty()
            ? Stream.empty()
            : Stream.of(
                "pgproof created directories that the backup lacks and that may be empty: "
                    + String.join(", ", made));
    return Stream.of(foreignFiles.notes().stream(), lost, origin.stream())
        .flatMap(notes -> notes)
        .toList();
  }
}
