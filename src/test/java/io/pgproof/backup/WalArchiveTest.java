package io.pgproof.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WalArchiveTest {
  private static final String SECOND = "000000010000000000000002";
  private static final String THIRD = "000000010000000000000003";

  @TempDir Path directory;
  private CraftedBackup backup;
  private Path archive;

  @BeforeEach
  void craft() throws IOException {
    backup = new CraftedBackup(directory.resolve("backup"));
    backup.wal.clear();
    backup.endLsn = "0/2000100";
    backup.write();
    archive = Files.createDirectory(directory.resolve("archive"));
  }

  @ParameterizedTest
  @EnumSource(Coding.class)
  void segmentsAreDecodedForTheServer(Coding coding) throws Exception {
    store(CraftedBackup.SEGMENT + coding.ending(), Packed.by(coding, CraftedBackup.segment(1)));
    store(SECOND + coding.ending(), Packed.by(coding, CraftedBackup.segment(2)));
    store("00000002.history" + coding.ending(), Packed.by(coding, CraftedBackup.utf8("1\t0/3000000\tno recovery target specified\n")));
    store("000000010000000000000000" + coding.ending(), new byte[1]);
    store("000000020000000000000002" + coding.ending(), new byte[1]);
    store("README", new byte[1]);
    Restored restored = backup.restore(Optional.of(archive));

    assertThat(restored.identity().postgresMajor()).isEqualTo(15);
    assertThat(copies()).containsExactly(CraftedBackup.SEGMENT, SECOND, "00000002.history");
    assertThat(copy(SECOND)).hasBinaryContent(CraftedBackup.segment(2));
    assertThat(copy("00000002.history")).content().startsWith("1\t0/3000000");
    assertThat(Files.getAttribute(copy(SECOND), "unix:uid")).isEqualTo(100100);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy(SECOND)))).isEqualTo("rw-------");
  }

  @Test
  void segmentsBeyondTheRunsBoundAreNotCopied() throws Exception {
    store(CraftedBackup.SEGMENT, CraftedBackup.segment(1));
    store(SECOND, CraftedBackup.segment(2));
    Backup found = backup.find();
    RestoreOrder order = new RestoreOrder(backup.places(), 100100, 100102, Optional.of(archive),
        new DiskSpace(1 << 20, Optional.of(24L << 20)), true);

    Found.expect(Reason.DISK_FULL, "by the setting disk the run may take 25,165,824, of which 16,", () -> Backups.restore(
        found, Backups.inspect(found, Optional.of(archive)), order, (done, total, note) -> {}));
    assertThat(copies()).containsExactly(CraftedBackup.SEGMENT);
  }

  @ParameterizedTest
  @EnumSource(Coding.class)
  void aPartialSegmentTakesThePlaceOfAWholeOneThatIsNotThere(Coding coding) throws Exception {
    byte[] begun = Arrays.copyOf(CraftedBackup.segment(2), 3 << 20);
    begun[(3 << 20) - 1] = 7;
    byte[] packed = Packed.by(coding, begun);
    store(CraftedBackup.SEGMENT, CraftedBackup.segment(1));
    // Written up to somewhere: what is compressed has no end yet.
    store(SECOND + coding.ending() + ".partial", Arrays.copyOf(packed, packed.length - (coding == Coding.NONE ? 0 : 4)));
    backup.restore(Optional.of(archive));

    assertThat(Files.size(copy(SECOND))).isEqualTo(CraftedBackup.SEGMENT_SIZE);
    try (var in = Files.newInputStream(copy(SECOND))) {
      assertThat(WalPage.parse(in.readNBytes(WalPage.HEADER)).orElseThrow().start()).hasToString("0/2000000");
    }
  }

  @Test
  void aWholeSegmentIsPreferredToAPartialOne() throws Exception {
    store(CraftedBackup.SEGMENT + ".partial", new byte[100]);
    store(CraftedBackup.SEGMENT + ".zst", Packed.by(Coding.ZSTD, CraftedBackup.segment(1)));
    store(SECOND, CraftedBackup.segment(2));
    backup.restore(Optional.of(archive));

    assertThat(copy(CraftedBackup.SEGMENT)).hasBinaryContent(CraftedBackup.segment(1));
  }

  @ParameterizedTest
  @EnumSource(value = Coding.class, names = {"GZIP", "LZ4", "ZSTD"})
  void aNeededSegmentThatIsCutIsMissing(Coding coding) throws Exception {
    byte[] packed = Packed.by(coding, CraftedBackup.segment(2));
    store(CraftedBackup.SEGMENT, CraftedBackup.segment(1));
    store(SECOND + coding.ending(), Arrays.copyOf(packed, packed.length - 4));

    Found.expect(Reason.WAL_MISSING, SECOND + " is needed for recovery and is damaged in the archive: " + SECOND
        + coding.ending() + " ends at byte " + (packed.length - 4), () -> backup.restore(Optional.of(archive)));
  }

  @Test
  void aNeededSegmentOfAnotherLengthIsMissing() throws Exception {
    store(CraftedBackup.SEGMENT, CraftedBackup.segment(1));
    store(SECOND + ".gz", Packed.by(Coding.GZIP, Arrays.copyOf(CraftedBackup.segment(2), 1 << 20)));

    Found.expect(Reason.WAL_MISSING, "holds 1048576 bytes instead of 16777216", () -> backup.restore(Optional.of(archive)));
  }

  @Test
  void aNeededSegmentThatIsLongerThanOneIsMissing() throws Exception {
    store(CraftedBackup.SEGMENT, CraftedBackup.segment(1));
    store(SECOND + ".lz4", Packed.by(Coding.LZ4, Arrays.copyOf(CraftedBackup.segment(2), 17 << 20)));

    Found.expect(Reason.WAL_MISSING, "holds more than the 16777216 bytes", () -> backup.restore(Optional.of(archive)));
  }

  @Test
  void damageBehindWhatTheBackupNeedsIsSaidAndRefutesNothing() throws Exception {
    store(CraftedBackup.SEGMENT, CraftedBackup.segment(1));
    store(SECOND, CraftedBackup.segment(2));
    store(THIRD + ".gz", CraftedBackup.utf8("rubbish"));
    store("000000010000000000000004", CraftedBackup.segment(4));
    Restored restored = backup.restore(Optional.of(archive));

    assertThat(copies()).containsExactly(CraftedBackup.SEGMENT, SECOND);
    assertThat(restored.notChecked()).anyMatch(text -> text.startsWith(THIRD + " of the WAL archive"));
  }

  @Test
  void damageToASegmentThatTheBackupBringsItselfRefutesNothing() throws Exception {
    backup.wal.put(CraftedBackup.SEGMENT, CraftedBackup.segment(1));
    backup.write();
    store(CraftedBackup.SEGMENT + ".gz", CraftedBackup.utf8("rubbish"));
    store(SECOND + ".gz", Packed.by(Coding.GZIP, CraftedBackup.segment(2)));
    Restored restored = backup.restore(Optional.of(archive));

    assertThat(copies()).containsExactly(SECOND);
    assertThat(restored.notChecked()).anyMatch(text -> text.contains(CraftedBackup.SEGMENT));
  }

  @ParameterizedTest
  @EnumSource(value = Coding.class, names = {"GZIP", "LZ4", "ZSTD"})
  void aCompressedSegmentOfAnotherClusterIsNotTheBackupsFault(Coding coding) throws Exception {
    byte[] foreign = CraftedBackup.segment(1);
    foreign[24] ^= 1;
    store(CraftedBackup.SEGMENT + coding.ending(), Packed.by(coding, foreign));

    Found.expect(Reason.ENVIRONMENT, "is of the cluster", () -> backup.restore(Optional.of(archive)));
  }

  private void store(String name, byte[] content) throws IOException {
    Files.write(archive.resolve(name), content);
  }

  private Path copy(String name) {
    return backup.places().wal().resolve(name);
  }

  private String[] copies() throws IOException {
    try (var files = Files.list(backup.places().wal())) {
      return files.map(file -> file.getFileName().toString()).sorted().toArray(String[]::new);
    }
  }
}
