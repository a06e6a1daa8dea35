package io.pgproof.backup.damage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.TestEnvironment;
import io.pgproof.backup.archive.Compression;
import io.pgproof.backup.archive.DecodedStream;
import io.pgproof.backup.archive.Packed;
import io.pgproof.backup.archive.RawArchive;
import io.pgproof.backup.damage.DamagedCopy.Made;
import io.pgproof.backup.damage.DamagedCopy.NotApplicable;
import io.pgproof.backup.format.Manifest;
import io.pgproof.backup.restore.Backups;
import io.pgproof.backup.restore.DiskSpace;
import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Digests;
import io.pgproof.proof.FindingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Damages copies of a real backup; that each check finds its damage is shown by {@code
 * NegativeControlTest}.
 */
class DamagedCopiesTest {
  @TempDir Path place;

  @Test
  void aPlainBackupIsDamagedInAFileOfItsCopyOnly() throws Exception {
    Path backup = plain();
    Map<String, String> before = digests(backup);

    Made made = made(backup, Layer.MANIFEST);

    assertThat(digests(backup)).isEqualTo(before);
    Map<String, String> after = digests(made.directory());
    assertThat(after.keySet()).isEqualTo(before.keySet());
    assertThat(after.keySet().stream().filter(file -> !after.get(file).equals(before.get(file))))
        .singleElement()
        .asString()
        .matches("base/1/\\d+")
        .satisfies(file -> assertThat(made.damage()).contains(file));
    assertThat(make(backup, Layer.ARCHIVE))
        .isEqualTo(new NotApplicable("a plain backup has no archives"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"NONE", "LZ4", "ZSTD"})
  void anArchiveOfEveryCompressionDiffersInTheNamedBytesOnly(Compression compression)
      throws Exception {
    Path backup = repacked(compression);

    Made made = made(backup, Layer.INDEX);

    String base = "base.tar" + compression.ending();
    byte[] before = decoded(backup.resolve(base));
    byte[] after = decoded(made.directory().resolve(base));
    assertThat(after).hasSameSizeAs(before);
    int first = Arrays.mismatch(before, after);
    assertThat(first).isPositive();
    long changed = 0;
    for (int i = 0; i < before.length; i++) {
      changed += before[i] == after[i] ? 0 : 1;
    }
    // Two pointers of four bytes and a checksum of two, in each of the databases 1, 4, 5 and
    // demo's.
    assertThat(changed).isBetween(4L, 4 * 10L);
    String wal = "pg_wal.tar" + compression.ending();
    assertThat(Files.mismatch(made.directory().resolve(wal), backup.resolve(wal))).isEqualTo(-1);
    assertThat(Manifest.read(made.directory().resolve("backup_manifest"))).isNotNull();
    assertThat(made.bytes()).isLessThan(2 * bytes(backup));
  }

  @Test
  void whatADepthDoesNotCheckIsBeyondIt() {
    assertThat(Layer.ROW.beyond(Depth.STANDARD))
        .contains("the depth standard does not make the check rows");
    assertThat(Layer.INDEX.beyond(Depth.QUICK))
        .contains("the depth quick does not make the check indexes");
    assertThat(Layer.WAL.beyond(Depth.QUICK)).isEmpty();
    assertThat(Layer.ROW.beyond(Depth.DEEP)).isEmpty();
    assertThat(Layer.of("row")).contains(Layer.ROW);
    assertThat(Layer.of("soul")).isEmpty();
  }

  @Test
  void aBackupWithoutManifestHasNoManifestToContradict() throws Exception {
    Path backup = TestEnvironment.copy(TestEnvironment.backup(15), place);
    Files.delete(backup.resolve("backup_manifest"));

    assertThat(make(backup, Layer.MANIFEST))
        .isEqualTo(new NotApplicable("the backup has no backup_manifest"));
    assertThat(place.resolve("copy-MANIFEST")).doesNotExist();
    assertThat(make(backup, Layer.PAGE)).isInstanceOf(Made.class);
  }

  @Test
  void walThatLiesElsewhereIsNotDamaged() throws Exception {
    Path backup = TestEnvironment.backup(15);

    assertThat(
            new DamagedCopies(Backups.find(backup), true)
                .make(Layer.WAL, place.resolve("copy"), unbounded()))
        .isEqualTo(
            new NotApplicable("recovery reads a WAL archive, which is no part of the backup"));
  }

  @ParameterizedTest
  @EnumSource(names = {"ARCHIVE", "INDEX"})
  void aCopyThatExceedsTheSpaceIsNotMade(Layer layer) throws Exception {
    Path backup = TestEnvironment.backup(15);

    assertThatThrownBy(
            () ->
                new DamagedCopies(Backups.find(backup), false)
                    .make(layer, place.resolve("copy"), new DiskSpace(0, Optional.of(1L << 20))))
        .isInstanceOfSatisfying(
            FindingException.class,
            e -> assertThat(e.finding().reason().code()).isEqualTo("disk-full"));
    assertThat(bytes(place.resolve("copy"))).isLessThanOrEqualTo(1L << 20);
  }

  private Made made(Path backup, Layer layer) throws Exception {
    return (Made) make(backup, layer);
  }

  private DamagedCopy make(Path backup, Layer layer) throws Exception {
    return new DamagedCopies(Backups.find(backup), false)
        .make(layer, place.resolve("copy-" + layer), unbounded());
  }

  private static DiskSpace unbounded() {
    return new DiskSpace(0, Optional.empty());
  }

  private Path repacked(Compression compression) throws Exception {
    Path sound = TestEnvironment.backup(15);
    Path backup = Files.createDirectory(place.resolve("backup"));
    for (String part : new String[] {"base.tar", "pg_wal.tar"}) {
      Files.write(
          backup.resolve(part + compression.ending()),
          Packed.by(compression, decoded(sound.resolve(part + ".gz"))));
    }
    Files.copy(sound.resolve("backup_manifest"), backup.resolve("backup_manifest"));
    return backup;
  }

  private Path plain() throws IOException {
    Path sound = TestEnvironment.backup(15);
    Path backup = Files.createDirectory(place.resolve("plain"));
    unpack(sound.resolve("base.tar.gz"), backup);
    unpack(sound.resolve("pg_wal.tar.gz"), backup.resolve("pg_wal"));
    Files.copy(sound.resolve("backup_manifest"), backup.resolve("backup_manifest"));
    return backup;
  }

  private static void unpack(Path archive, Path into) {
    assertThat(
            new HostPrograms()
                .run(
                    new HostCommand(
                        Duration.ofMinutes(1),
                        "tar",
                        "-xzf",
                        archive.toString(),
                        "-C",
                        into.toString()))
                .succeeded())
        .isTrue();
  }

  private static byte[] decoded(Path archive) throws Exception {
    try (DecodedStream in = new DecodedStream(new RawArchive(archive, bytes -> {}).decoded())) {
      return in.readAllBytes();
    }
  }

  private static Map<String, String> digests(Path directory) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        digests.put(directory.relativize(file).toString(), Digests.sha256(file));
      }
    }
    return digests;
  }

  private static long bytes(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
