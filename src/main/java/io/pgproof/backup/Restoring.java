package io.pgproof.backup;

import io.pgproof.proof.Check;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report.ArchiveFacts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** One restore: the archives side by side into a new data directory, then what only the whole can tell. */
final class Restoring {
  private static final long REPORT_EVERY = 4L << 20;

  private final Backup backup;
  private final BackupIdentity identity;
  private final RestoreOrder order;
  private final Progress progress;
  private final SourceFiles sources;
  private final Map<String, WalAtHand.Segment> segments = new ConcurrentHashMap<>();
  private final AtomicLong read = new AtomicLong();

  Restoring(Backup backup, BackupIdentity identity, RestoreOrder order, Progress progress) {
    this.backup = backup;
    this.identity = identity;
    this.order = order;
    this.progress = progress;
    this.sources = SourceFiles.of(backup);
  }

  Restored run() throws InterruptedException {
    try {
      Restored restored = restore();
      sources.requireUnchanged();
      return restored;
    } catch (FindingException e) {
      throw sources.judged(e);
    } catch (IOException e) {
      throw new UncheckedIOException(order.dataDirectory() + " cannot be written", e);
    }
  }

  private Restored restore() throws IOException, InterruptedException {
    if (identity.bytes() != total()) {
      throw new FindingException(
          Reason.BACKUP_CHANGED, backup.directory() + " was written to since it was inspected");
    }
    Optional<Manifest> manifest = backup.manifest().map(Manifest::read);
    Optional<ManifestCheck> comparison = manifest.filter(listed -> order.compare()).map(ManifestCheck::new);
    DataDirectory directory = new DataDirectory(order);
    directory.make(manifest.map(listed -> listed.bytes() + ByteBudget.neededWal(listed)).orElse(0L));

    List<ArchiveFacts> archives = SideBySide.run(unpackings(directory, comparison, manifest));
    sources.requireUnchanged();

    int major = major();
    ControlFile control = ControlFile.parse(required("global/pg_control", ControlFile.SIZE));
    requireOneBackup(major, control, manifest);
    WalAtHand wal = new WalAtHand(segments, order.walArchive(), control, major);
    wal.requireComplete(identity.label(), manifest);

    return new Restored(
        new BackupIdentity(major, Optional.of(control.systemIdentifier()), identity.label(), identity.bytes()),
        control,
        archives,
        manifest.map(Manifest::sha256),
        manifest.flatMap(Restoring::end),
        wal.last(),
        checks(archives, manifest, comparison, major),
        notChecked(comparison, control));
  }

  private List<Unpacking> unpackings(
      DataDirectory directory, Optional<ManifestCheck> comparison, Optional<Manifest> manifest) {
    ByteBudget budget = manifest.map(ByteBudget::beyond).orElseGet(ByteBudget::unknown);
    List<Unpacking> all = new ArrayList<>();
    all.add(new Unpacking(backup.base(), "", directory, comparison, budget, segments, this::report));
    backup.wal().ifPresent(wal -> all.add(new Unpacking(
        wal, Unpacking.WAL_DIRECTORY, directory, Optional.empty(), budget, segments, this::report)));
    return all;
  }

  private void report(long bytes) {
    long now = read.addAndGet(bytes);
    if (now / REPORT_EVERY != (now - bytes) / REPORT_EVERY || now == total()) {
      progress.at(now, total(), null);
    }
  }

  private long total() {
    return backup.archives().stream().mapToLong(sources::size).sum();
  }

  private int major() throws IOException {
    String text = new String(required("PG_VERSION", 16), StandardCharsets.US_ASCII).strip();
    if (!text.equals(Integer.toString(identity.postgresMajor()))) {
      throw new FindingException(
          Reason.INCONSISTENT, "PG_VERSION says " + Names.shown(text) + ", and the WAL was written by PostgreSQL "
              + identity.postgresMajor());
    }
    return identity.postgresMajor();
  }

  /** A small file that was just written. */
  private byte[] required(String name, int longest) throws IOException {
    Path file = order.dataDirectory().resolve(name);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new FindingException(Reason.BACKUP_INCOMPLETE, backup.base().getFileName() + " holds no file " + name);
    }
    if (Files.size(file) > longest) {
      throw new FindingException(
          Reason.INCONSISTENT, name + " has " + Files.size(file) + " bytes, which PostgreSQL never writes");
    }
    return Files.readAllBytes(file);
  }

  private void requireOneBackup(int major, ControlFile control, Optional<Manifest> manifest) throws IOException {
    String archive = backup.base().getFileName().toString();
    if (!BackupLabel.parse(required(BackupLabel.NAME, BackupLabel.LARGEST), archive).equals(identity.label())) {
      throw new FindingException(
          Reason.BACKUP_CHANGED, backup.base() + " has another backup_label than when it was inspected");
    }
    Path tablespaces = order.dataDirectory().resolve("tablespace_map");
    if (Files.exists(tablespaces) && Files.size(tablespaces) > 0) {
      throw new FindingException(
          Reason.BACKUP_INCOMPLETE, "tablespace_map in " + archive + " names tablespaces, and their archives are not there");
    }
    if (!fits(major, control.controlVersion())) {
      throw new FindingException(
          Reason.INCONSISTENT, "PG_VERSION says " + major + ", and global/pg_control is of version "
              + control.controlVersion() + ", which PostgreSQL " + major + " does not write");
    }
    manifest.flatMap(Manifest::systemIdentifier).ifPresent(listed -> {
      if (!listed.equals(control.systemIdentifier())) {
        throw new FindingException(
            Reason.MANIFEST_MISMATCH, "backup_manifest is of the cluster " + listed + ", and global/pg_control of "
                + control.systemIdentifier());
      }
    });
  }

  private static boolean fits(int major, int controlVersion) {
    return controlVersion == switch (major) {
      case 10 -> 1002;
      case 11 -> 1100;
      case 12 -> 1201;
      case 13, 14, 15, 16 -> 1300;
      case 17 -> 1700;
      default -> 1800;
    };
  }

  private static Optional<Lsn> end(Manifest manifest) {
    return manifest.wal().isEmpty()
        ? Optional.empty()
        : Optional.of(manifest.wal().get(manifest.wal().size() - 1).end());
  }

  private List<Check> checks(
      List<ArchiveFacts> archives, Optional<Manifest> manifest, Optional<ManifestCheck> comparison, int major) {
    long bytes = archives.stream().mapToLong(ArchiveFacts::bytes).sum();
    Check whole = Check.passed("archive",
        String.format(Locale.ROOT, "%d archive%s, %,d bytes, SHA-256 kept",
            archives.size(), archives.size() == 1 ? "" : "s", bytes),
        Duration.ZERO);
    String why = manifest.isPresent()
        ? "not compared at this depth"
        : major < 13 ? "PostgreSQL " + major + " writes no backup_manifest" : "the backup has no backup_manifest";
    Check listed = comparison
        .map(compared -> Check.passed("manifest", compared.summary(), Duration.ZERO))
        .orElseGet(() -> Check.skipped("manifest", why));
    return List.of(whole, listed);
  }

  private List<String> notChecked(Optional<ManifestCheck> comparison, ControlFile control) {
    List<String> open = new ArrayList<>();
    if (!order.compare()) {
      open.add("whether each file is what backup_manifest lists, and the checksums of pages");
      return open;
    }
    if (comparison.isEmpty()) {
      open.add("without backup_manifest nothing tells whether each file is there and is what the server sent");
    } else if (comparison.get().filesWithoutChecksum() > 0) {
      open.add("backup_manifest lists " + comparison.get().filesWithoutChecksum()
          + " files without a checksum, so their sizes alone were compared");
    }
    open.add(control.dataChecksums()
        ? "page checksums were not compared while the files were unpacked"
        : "the source keeps no page checksums");
    return List.copyOf(open);
  }
}
