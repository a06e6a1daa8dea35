package io.pgproof.backup.damage;

import io.pgproof.backup.archive.Compression;
import io.pgproof.backup.archive.FileChecksum;
import io.pgproof.backup.archive.RawArchive;
import io.pgproof.backup.damage.DamagedCopy.Made;
import io.pgproof.backup.damage.DamagedCopy.NotApplicable;
import io.pgproof.backup.format.BackupIdentity;
import io.pgproof.backup.format.BackupPart;
import io.pgproof.backup.format.Manifest;
import io.pgproof.backup.restore.Backups;
import io.pgproof.backup.restore.DiskSpace;
import io.pgproof.backup.source.Backup;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Makes copies of one sound backup, each damaged in one layer so that only the check of that layer
 * can find it. The backup is only read.
 */
public final class DamagedCopies {
  private static final String NO_CATALOG =
      "no database of the backup has the catalog pg_proc and its index as initdb makes them";

  private final Backup backup;
  private final BackupIdentity identity;
  private final boolean walArchive;

  /**
   * @param walArchive whether recovery reads a WAL archive, too
   * @throws io.pgproof.proof.FindingException when the backup cannot be read
   */
  public DamagedCopies(Backup backup, boolean walArchive) throws InterruptedException {
    this.backup = backup;
    this.identity = Backups.inspect(backup);
    this.walArchive = walArchive;
  }

  /**
   * Makes one copy. Whatever happens, the caller removes the directory.
   *
   * @param layer one that is copied
   * @param directory where the copy is made; it does not exist, and is not created if the layer
   *     does not apply
   * @param space what the copy may use
   * @throws io.pgproof.proof.FindingException {@code disk-full} when the copy exceeds the space;
   *     others when the backup cannot be read
   * @throws IOException when the copy cannot be written
   */
  public DamagedCopy make(Layer layer, Path directory, DiskSpace space)
      throws IOException, InterruptedException {
    if (!layer.isCopied()) {
      throw new IllegalArgumentException(layer + " needs no copy");
    }
    if (identity.label().incremental()) {
      return new NotApplicable(
          "an incremental backup holds parts of files; copies are made of full backups");
    }
    return switch (layer) {
      case ARCHIVE -> archive(directory, space);
      case MANIFEST -> manifest(directory, space);
      case PAGE -> page(directory, space);
      case WAL -> wal(directory, space);
      case INDEX ->
          inside(
              Catalogs.read(backup).indexOutOfOrder(),
              "two entries exchanged in",
              NO_CATALOG,
              directory,
              space);
      case ROW ->
          inside(
              Catalogs.read(backup).rowOfUnknownTransaction(),
              "a row written by a transaction of unknown outcome in",
              NO_CATALOG + ", or the states of all transactions are kept",
              directory,
              space);
      case FRESHNESS, ASSERTION -> throw new IllegalArgumentException(layer.word());
    };
  }

  private DamagedCopy archive(Path directory, DiskSpace space)
      throws IOException, InterruptedException {
    Optional<BackupPart.Archive> base =
        backup.archives().stream().filter(archive -> archive.prefix().isEmpty()).findFirst();
    if (base.isEmpty()) {
      return new NotApplicable("a plain backup has no archives");
    }
    CopyWriter writer = new CopyWriter(begin(directory), space);
    long half = Files.size(base.get().path()) / 2;
    writer.copy(base.get().path(), half);
    copyOthers(writer, base.get(), true);
    return made(directory, base.get().name() + " cut after " + half + " bytes", 1, writer);
  }

  private DamagedCopy manifest(Path directory, DiskSpace space)
      throws IOException, InterruptedException {
    if (backup.manifest().isEmpty()) {
      return new NotApplicable("the backup has no " + Manifest.NAME);
    }
    Optional<Patch> patch = Catalogs.read(backup).unusedByteSealed();
    if (patch.isEmpty()) {
      return new NotApplicable(NO_CATALOG);
    }
    String file = patch.get().file().name();
    Manifest manifest = Manifest.read(backup.manifest().get());
    int place = manifest.files().find(file);
    if (place < 0 || manifest.files().entry(place).algorithm() == FileChecksum.NONE) {
      return new NotApplicable("the manifest holds no checksum of " + file);
    }
    return copied(
        directory,
        space,
        List.of(patch.get()),
        Optional.empty(),
        "a byte that no page uses changed in " + file + ", the page's checksum right");
  }

  private DamagedCopy page(Path directory, DiskSpace space)
      throws IOException, InterruptedException {
    Catalogs catalogs = Catalogs.read(backup);
    if (!catalogs.dataChecksums()) {
      return new NotApplicable("the cluster has no page checksums");
    }
    List<Patch> patches = catalogs.unusedByteUnsealed().stream().toList();
    return inside(patches, "a page with a wrong checksum in", NO_CATALOG, directory, space);
  }

  private DamagedCopy wal(Path directory, DiskSpace space)
      throws IOException, InterruptedException {
    if (walArchive) {
      return new NotApplicable("recovery reads a WAL archive, which is no part of the backup");
    }
    String segment = BackupPart.WAL + identity.label().startSegment();
    boolean separate =
        backup.archives().stream().anyMatch(archive -> archive.prefix().equals(BackupPart.WAL));
    Optional<StoredFile> file =
        StoredFiles.read(
                backup,
                part -> part.prefix().equals(separate ? BackupPart.WAL : ""),
                segment::equals)
            .file(segment);
    if (file.isEmpty()) {
      return new NotApplicable("the backup does not contain the WAL segment " + segment);
    }
    byte[] log = file.get().content();
    // Behind its length, the record has the transaction's id, which its CRC covers.
    int at =
        (int) Long.remainderUnsigned(identity.label().startLsn().position(), log.length)
            + Integer.BYTES;
    return copied(
        directory,
        space,
        List.of(new Patch(file.get(), at, new byte[] {(byte) ~log[at]})),
        Optional.empty(),
        "the first WAL record that recovery needs changed in " + segment);
  }

  /** Makes a copy of what the source was damaged in before: its manifest matches its files. */
  private DamagedCopy inside(
      List<Patch> patches, String damage, String lack, Path directory, DiskSpace space)
      throws IOException, InterruptedException {
    if (patches.isEmpty()) {
      return new NotApplicable(lack);
    }
    Optional<ManifestRewrite> rewrite = Optional.empty();
    if (backup.manifest().isPresent()) {
      Manifest manifest = Manifest.read(backup.manifest().get());
      Optional<Patch> unlisted =
          patches.stream()
              .filter(patch -> manifest.files().find(patch.file().name()) < 0)
              .findFirst();
      if (unlisted.isPresent()) {
        return new NotApplicable("the manifest does not list " + unlisted.get().file().name());
      }
      rewrite = Optional.of(new ManifestRewrite(manifest, patches));
    }
    String files =
        patches.stream().map(patch -> patch.file().name()).collect(Collectors.joining(", "));
    return copied(directory, space, patches, rewrite, damage + " " + files);
  }

  private DamagedCopy copied(
      Path directory,
      DiskSpace space,
      List<Patch> patches,
      Optional<ManifestRewrite> rewrite,
      String damage)
      throws IOException, InterruptedException {
    CopyWriter writer = new CopyWriter(begin(directory), space);
    BackupPart changed = patches.get(0).file().part();
    if (changed instanceof BackupPart.Archive archive) {
      writer.copy(archive, patches);
      copyOthers(writer, archive, rewrite.isEmpty());
    } else {
      writer.copyTrees(backup, directory.resolve("tablespaces"), patches);
    }
    if (rewrite.isPresent()) {
      Path manifest = backup.manifest().orElseThrow();
      Files.deleteIfExists(place(directory).resolve(manifest.getFileName()));
      try (OutputStream out =
          compression(manifest).encode(writer.create(manifest.getFileName().toString()))) {
        rewrite.get().write(manifest, out);
      }
    }
    return made(directory, damage, patches.size(), writer);
  }

  private static Compression compression(Path manifest) throws InterruptedException {
    try (RawArchive raw = new RawArchive(manifest, bytes -> {})) {
      return raw.coding();
    }
  }

  private void copyOthers(CopyWriter writer, BackupPart.Archive changed, boolean manifestToo)
      throws IOException, InterruptedException {
    for (BackupPart.Archive archive : backup.archives()) {
      if (!archive.equals(changed)) {
        writer.copy(archive.path(), Files.size(archive.path()));
      }
    }
    if (manifestToo && backup.manifest().isPresent()) {
      writer.copy(backup.manifest().get(), Files.size(backup.manifest().get()));
    }
  }

  private static Path begin(Path directory) throws IOException {
    Files.createDirectory(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    return Files.createDirectory(place(directory));
  }

  private static Path place(Path directory) {
    return directory.resolve("backup");
  }

  private static DamagedCopy made(Path directory, String damage, int files, CopyWriter writer) {
    return new Made(place(directory), damage, files, writer.written());
  }
}
