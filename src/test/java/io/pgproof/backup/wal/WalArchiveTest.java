package io.pgproof.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.archive.Compression;
import io.pgproof.backup.archive.ExpectedFinding;
import io.pgproof.backup.archive.Packed;
import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.backup.format.WalPage;
import io.pgproof.backup.restore.Backups;
import io.pgproof.backup.restore.CraftedBackup;
import io.pgproof.backup.restore.DiskSpace;
import io.pgproof.backup.restore.RestoreRequest;
import io.pgproof.backup.restore.RestoredBackup;
import io.pgproof.backup.source.Backup;
import io.pgproof.command.Trees;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RecoveryTimeline;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WalArchiveTest {
  private static final String SECOND = "000000010000000000000002";
  private static final String THIRD = "000000010000000000000003";
  private static final String FOURTH = "000000010000000000000004";

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
  @EnumSource(Compression.class)
  void segmentsAreDecodedForTheServer(Compression compression) throws Exception {
    store(
        CraftedBackup.SEGMENT + compression.ending(),
        Packed.by(compression, CraftedBackup.segment(1)));
    store(SECOND + compression.ending(), Packed.by(compression, CraftedBackup.segment(2)));
    store(
        "00000002.history" + compression.ending(),
        Packed.by(compression, CraftedBackup.utf8("1\t0/3000000\tno recovery target specified\n")));
    store("000000010000000000000000" + compression.ending(), new byte[1]);
    store("000000020000000000000002" + compression.ending(), new byte[1]);
    store("README", new byte[1]);
    RestoredBackup restoredBackup = backup.restore(Optional.of(archive));

    assertThat(restoredBackup.identity().version()).isEqualTo(PostgresVersion.V15);
    assertThat(copies()).containsExactly(CraftedBackup.SEGMENT, SECOND, "00000002.history");
    assertThat(copy(SECOND)).hasBinaryContent(CraftedBackup.segment(2));
    assertThat(copy("00000002.history")).content().startsWith("1\t0/3000000");
    assertThat(Files.getAttribute(copy(SECOND), "unix:uid")).isEqualTo(CraftedBackup.UID);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy(SECOND))))
        .isEqualTo("rw-------");
  }

  @Test
  void segmentsBeyondTheDiskLimitAreNotCopied() throws Exception {
    store(CraftedBackup.SEGMENT, CraftedBackup.segment(1));
    store(SECOND, CraftedBackup.segment(2));
    Backup found = backup.find();
    RestoreRequest order =
        new RestoreRequest(
            backup.places(),
            CraftedBackup.UID,
            CraftedBackup.GID,
            Optional.of(archive),
            new DiskSpace(1 << 20, Optional.of(24L << 20)),
            true);

    ExpectedFinding.expect(
        Reason.DISK_FULL,
        "the setting disk allows the run 25,165,824, of which 16,",
        () ->
            Backups.restore(
                found,
                Backups.inspect(found, Optional.of(archive)),
                order,
                (done, total, note) -> {}));
    assertThat(copies()).containsExactly(CraftedBackup.SEGMENT);
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void aPartialSegmentReplacesAMissingOne(Compression compression) throws Exception {
    byte[] begun = Arrays.copyOf(CraftedBackup.segment(2), 3 << 20);
    begun[(3 << 20) - 1] = 7;
    byte[] packed = Packed.by(compression, begun);
    store(CraftedBackup.SEGMENT, CraftedBackup.segment(1));
    // Written up to somewhere: what is compressed has no end yet.
    store(
        SECOND + compression.ending() + ".partial",
        Arrays.copyOf(packed, packed.length - (compression == Compression.NONE ? 0 : 4)));
    backup.restore(Optional.of(archive));

    assertThat(Files.size(copy(SECOND))).isEqualTo(CraftedBackup.SEGMENT_SIZE);
    try (var in = Files.newInputStream(copy(SECOND))) {
      assertThat(WalPage.parse(in.readNBytes(WalPage.HEADER)).orElseThrow().start())
          .hasToString("0/2000000");
    }
  }

  @Test
  void aWholeSegmentIsPreferredToAPartialOne() throws Exception {
    store(CraftedBackup.SEGMENT + ".partial", new byte[100]);
    store(CraftedBackup.SEGMENT + ".zst", Packed.by(Compression.ZSTD, CraftedBackup.segment(1)));
    store(SECOND, CraftedBackup.segment(2));
    backup.restore(Optional.of(archive));

    assertThat(copy(CraftedBackup.SEGMENT)).hasBinaryContent(CraftedBackup.segment(1));
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"GZIP", "LZ4", "ZSTD"})
  void aNeededSegmentThatIsCutIsMissing(Compression compression) throws Exception {
    byte[] packed = Packed.by(compression, CraftedBackup.segment(2));
    store(CraftedBackup.SEGMENT, CraftedBackup.segment(1));
    store(SECOND + compression.ending(), Arrays.copyOf(packed, packed.length - 4));

    ExpectedFinding.expect(
        Reason.WAL_MISSING,
        SECOND
            + " is needed for recovery but is damaged in the archive: "
            + SECOND
            + compression.ending()
            + " ends at byte "
            + (packed.length - 4),
        () -> backup.restore(Optional.of(archive)));
  }

  @Test
  void aNeededSegmentOfAnotherLengthIsMissing() throws Exception {
    store(CraftedBackup.SEGMENT, CraftedBackup.segment(1));
    store(
        SECOND + ".gz",
        Packed.by(Compression.GZIP, Arrays.copyOf(CraftedBackup.segment(2), 1 << 20)));

    ExpectedFinding.expect(
        Reason.WAL_MISSING,
        "contains 1048576 bytes instead of 16777216",
        () -> backup.restore(Optional.of(archive)));
  }

  @Test
  void aNeededSegmentThatIsTooLongIsMissing() throws Exception {
    store(CraftedBackup.SEGMENT, CraftedBackup.segment(1));
    store(
        SECOND + ".lz4",
        Packed.by(Compression.LZ4, Arrays.copyOf(CraftedBackup.segment(2), 17 << 20)));

    ExpectedFinding.expect(
        Reason.WAL_MISSING,
        "contains more than the 16777216 bytes",
        () -> backup.restore(Optional.of(archive)));
  }

  @Test
  void aDamagedNewestSegmentIsNamedAndRefutesNothing() throws Exception {
    storeNeeded();
    store(THIRD + ".gz", CraftedBackup.utf8("rubbish"));
    RestoredBackup restoredBackup = backup.restore(Optional.of(archive));

    assertThat(copies()).containsExactly(CraftedBackup.SEGMENT, SECOND);
    assertThat(restoredBackup.notChecked())
        .anyMatch(
            text ->
                text.startsWith(
                    THIRD + ", the newest segment in the WAL archive, was not replayed"));
    assertThat(restoredBackup.replay().reach()).contains(Lsn.parse("0/2000000"));
    assertThat(restoredBackup.replay().lastSegment()).contains(SECOND);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"missing", "cut", "empty", "corrupt", "recycled", "partial"})
  void segmentsBehindADamagedOneCannotBeReached(String how) throws Exception {
    storeNeeded();
    byte[] third = CraftedBackup.segment(3);
    switch (how) {
      case "missing" -> assertThat(archive.resolve(THIRD)).doesNotExist();
      case "cut" -> store(THIRD, Arrays.copyOf(third, 5_000_000));
      case "empty" -> store(THIRD, new byte[0]);
      case "corrupt" -> store(THIRD + ".gz", CraftedBackup.utf8("rubbish"));
      case "recycled" -> store(THIRD, CraftedBackup.segment(1));
      default -> store(THIRD + ".partial", new byte[100]);
    }
    store(FOURTH + ".gz", Packed.by(Compression.GZIP, CraftedBackup.segment(4)));
    store("000000010000000000000005", CraftedBackup.segment(5));

    Finding finding = ExpectedFinding.by(() -> backup.restore(Optional.of(archive)));
    assertThat(finding.reason()).as(finding.message()).isEqualTo(Reason.WAL_MISSING);
    assertThat(finding.message()).contains(THIRD, "cannot reach the 2 segments of WAL after it");
  }

  @Test
  void aSegmentDamagedInItsMiddleHidesTheSegmentsBehindIt() throws Exception {
    storeNeeded();
    byte[] packed = Packed.by(Compression.GZIP, CraftedBackup.segment(3));
    packed[packed.length / 2] ^= 1;
    store(THIRD + ".gz", packed);
    store(FOURTH, CraftedBackup.segment(4));

    ExpectedFinding.expect(
        Reason.WAL_MISSING, THIRD + " is damaged in ", () -> backup.restore(Optional.of(archive)));
  }

  @Test
  void recycledSegmentsAreNotBehindAGap() throws Exception {
    storeNeeded();
    // As a copy of pg_wal has them: recycled under names of the future, and made but not written.
    store(FOURTH, CraftedBackup.segment(1));
    store("000000010000000000000005", new byte[CraftedBackup.SEGMENT_SIZE]);

    assertThat(backup.restore(Optional.of(archive)).replay().lastSegment()).contains(SECOND);
  }

  @Test
  void theLastSegmentMayStillBeArchived() throws Exception {
    store(CraftedBackup.SEGMENT, CraftedBackup.segment(1));
    ExpectedFinding.expect(
        Reason.BACKUP_IN_PROGRESS,
        SECOND + " is needed for recovery but is neither in the backup nor in ",
        () -> backup.restore(Optional.of(archive)));
  }

  @Test
  void theLastSegmentIsMissingIfNewerOnesExist() throws Exception {
    store(CraftedBackup.SEGMENT, CraftedBackup.segment(1));
    store(THIRD, CraftedBackup.segment(3));
    ExpectedFinding.expect(
        Reason.WAL_MISSING,
        SECOND + " is needed for recovery but is neither in the backup nor in ",
        () -> backup.restore(Optional.of(archive)));
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void theFirstBytesDecideTheCompressionOfASegment(Compression compression) throws Exception {
    store(CraftedBackup.SEGMENT, Packed.by(compression, CraftedBackup.segment(1)));
    store(
        SECOND + "-0123456789abcdef0123456789abcdef01234567.xyz",
        Packed.by(compression, CraftedBackup.segment(2)));
    store(
        "00000002.history",
        Packed.by(compression, CraftedBackup.utf8("1\t0/2800000\tno recovery target specified\n")));
    RestoredBackup restoredBackup = backup.restore(Optional.of(archive));

    assertThat(copy(CraftedBackup.SEGMENT)).hasBinaryContent(CraftedBackup.segment(1));
    assertThat(copy("00000002.history")).content().startsWith("1\t0/2800000");
    assertThat(restoredBackup.replay().target()).contains(2);
  }

  @Test
  void aCutCompressedSegmentUnderItsPlainNameIsMissing() throws Exception {
    byte[] packed = Packed.by(Compression.GZIP, CraftedBackup.segment(2));
    store(CraftedBackup.SEGMENT, CraftedBackup.segment(1));
    store(SECOND, Arrays.copyOf(packed, packed.length - 4));
    ExpectedFinding.expect(
        Reason.WAL_MISSING,
        SECOND + " is needed for recovery but is damaged",
        () -> backup.restore(Optional.of(archive)));
  }

  @Test
  void subdirectoriesOfTheArchiveAreSearched() throws Exception {
    Path deep = Files.createDirectories(archive.resolve("15-1/0000000100000000"));
    Files.write(deep.resolve(CraftedBackup.SEGMENT), CraftedBackup.segment(1));
    Files.write(
        deep.resolve(SECOND + ".gz"), Packed.by(Compression.GZIP, CraftedBackup.segment(2)));
    Path hidden = Files.createDirectories(archive.resolve(".snapshot/yesterday"));
    Files.write(hidden.resolve(THIRD), CraftedBackup.segment(3));
    Files.createDirectory(deep.resolve(FOURTH));
    backup.restore(Optional.of(archive));

    assertThat(copies()).containsExactly(CraftedBackup.SEGMENT, SECOND);
  }

  @ParameterizedTest(name = "a file that {2}")
  @CsvSource({
    "'', Salted__,             is encrypted with OpenSSL",
    ".xz, '\u00fd7zXZ\u0000', is compressed with xz",
    ".gpg, '\u0085\u0002\u000c', has a file name extension that pgproof does not support",
    "'', '\u0085\u0002\u000c', begins with bytes that are neither",
  })
  void anUnreadableSegmentIsNotMissing(String ending, String begin, String why) throws Exception {
    byte[] content = new byte[CraftedBackup.SEGMENT_SIZE];
    new Random(1).nextBytes(content);
    byte[] magic = begin.translateEscapes().getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(magic, 0, content, 0, magic.length);
    store(CraftedBackup.SEGMENT, CraftedBackup.segment(1));
    store(SECOND + ending, content);
    ExpectedFinding.expect(Reason.WAL_UNREADABLE, why, () -> backup.restore(Optional.of(archive)));

    // Behind what the backup needs it keeps the rest from being proven as well.
    store(SECOND, CraftedBackup.segment(2));
    if (!ending.isEmpty()) {
      Files.delete(archive.resolve(SECOND + ending));
    }
    store(THIRD + ending, content);
    ExpectedFinding.expect(Reason.WAL_UNREADABLE, why, () -> again());
  }

  @Test
  void aDamagedFirstPageIsNotTakenForEncryption() throws Exception {
    byte[] second = CraftedBackup.segment(2);
    System.arraycopy(CraftedBackup.resource("wal/15"), 0, second, 8192, 24);
    second[0] ^= 1;
    store(CraftedBackup.SEGMENT, CraftedBackup.segment(1));
    store(SECOND, second);
    ExpectedFinding.expect(
        Reason.WAL_MISSING,
        SECOND + " does not begin with a WAL page",
        () -> backup.restore(Optional.of(archive)));
  }

  @Test
  void aLinkOutOfTheArchiveIsNotFollowed() throws Exception {
    Path outside = Files.write(directory.resolve("outside"), CraftedBackup.segment(2));
    store(CraftedBackup.SEGMENT, CraftedBackup.segment(1));
    Files.createSymbolicLink(archive.resolve(SECOND), outside);
    ExpectedFinding.expect(
        Reason.WAL_UNREADABLE,
        "is a link to a place outside the WAL archive",
        () -> backup.restore(Optional.of(archive)));
  }

  @Test
  void aLinkWithinTheArchiveIsFollowed() throws Exception {
    Path pool = Files.createDirectory(archive.resolve("pool"));
    Files.write(pool.resolve("one"), CraftedBackup.segment(1));
    Files.createSymbolicLink(archive.resolve(CraftedBackup.SEGMENT), Path.of("pool/one"));
    store(SECOND, CraftedBackup.segment(2));
    backup.restore(Optional.of(archive));
    assertThat(copy(CraftedBackup.SEGMENT)).hasBinaryContent(CraftedBackup.segment(1));
  }

  @Test
  @Timeout(60)
  void specialFilesAreNotOpenedAndOversizedFilesAreNotCopied() throws Exception {
    storeNeeded();
    assertThat(new ProcessBuilder("mkfifo", archive.resolve(THIRD).toString()).start().waitFor())
        .isZero();
    backup.restore(Optional.of(archive));
    assertThat(copies()).containsExactly(CraftedBackup.SEGMENT, SECOND);

    try (RandomAccessFile file = new RandomAccessFile(archive.resolve(SECOND).toFile(), "rw")) {
      file.setLength(10L << 30);
    }
    ExpectedFinding.expect(
        Reason.WAL_MISSING, "has 10737418240 bytes instead of 16777216", this::again);
  }

  @Test
  void theLatestTimelineThatContinuesTheBackupIsFollowed() throws Exception {
    storeNeeded();
    store(
        "00000002.history.gz",
        Packed.by(
            Compression.GZIP, CraftedBackup.utf8("1\t0/3800000\tno recovery target specified\n")));
    // Of another restored copy: it left timeline 1 before the backup ended.
    store("00000003.history", CraftedBackup.utf8("1\t0/1800000\tno recovery target specified\n"));
    store("000000010000000000000003.partial", CraftedBackup.segment(3));
    store("000000020000000000000003", onTimeline(2, 3));
    store("000000020000000000000004", onTimeline(2, 4));
    RestoredBackup restoredBackup = backup.restore(Optional.of(archive));

    assertThat(restoredBackup.replay().target()).contains(2);
    assertThat(
            restoredBackup
                .replay()
                .path()
                .timelines(Lsn.parse("0/1000028"), Lsn.parse("0/5000000")))
        .containsExactly(1, 2);
    assertThat(copies())
        .contains("000000020000000000000003", "000000020000000000000004")
        .doesNotContain("000000010000000000000003");
    assertThat(restoredBackup.replay().reach()).contains(Lsn.parse("0/4000000"));
    assertThat(restoredBackup.notes())
        .anyMatch(note -> note.startsWith("timeline 3 of the WAL archive was ignored"));
  }

  @Test
  void theOldTimelinesLastSegmentIsUsedUpToTheSwitch() throws Exception {
    storeNeeded();
    store("00000002.history", CraftedBackup.utf8("1\t0/3800000\tno recovery target specified\n"));
    byte[] third = CraftedBackup.segment(3);
    third[0x7FFFFF] = 1;
    third[0x800000] = 1;
    store(THIRD, third);
    backup.restore(Optional.of(archive));

    byte[] copied = Files.readAllBytes(copy(THIRD));
    assertThat(copied).hasSize(CraftedBackup.SEGMENT_SIZE);
    assertThat(copied[0x7FFFFF]).isEqualTo((byte) 1);
    assertThat(copied[0x800000]).as("written on timeline 1 after timeline 2 had left it").isZero();
  }

  @Test
  void aGapInALaterTimelineHidesTheSegmentsBehindIt() throws Exception {
    storeNeeded();
    store("00000002.history", CraftedBackup.utf8("1\t0/3000000\tno recovery target specified\n"));
    store("000000020000000000000003", onTimeline(2, 3));
    store("000000020000000000000005", onTimeline(2, 5));
    ExpectedFinding.expect(
        Reason.WAL_MISSING,
        "000000020000000000000004 is not in ",
        () -> backup.restore(Optional.of(archive)));
    assertThat(again(new RecoveryTimeline("current")).replay().lastSegment()).contains(SECOND);
  }

  @Test
  void aRequestedTimelineMustContinueTheBackup() throws Exception {
    storeNeeded();
    store("00000003.history", CraftedBackup.utf8("1\t0/1800000\tno recovery target specified\n"));
    ExpectedFinding.expect(
        Reason.TIMELINE_UNREACHABLE,
        "it does not continue from timeline 1 of the backup at 0/2000100",
        () -> again(new RecoveryTimeline("3")));
    ExpectedFinding.expect(
        Reason.TIMELINE_UNREACHABLE, "00000007.history", () -> again(new RecoveryTimeline("7")));
    assertThat(again(new RecoveryTimeline("1")).replay().target()).isEmpty();
  }

  @Test
  void anUnreadableTimelineHistoryIsInconclusive() throws Exception {
    storeNeeded();
    byte[] packed =
        Packed.by(
            Compression.GZIP, CraftedBackup.utf8("1\t0/3000000\tno recovery target specified\n"));
    store("00000002.history.gz", Arrays.copyOf(packed, packed.length - 4));
    ExpectedFinding.expect(
        Reason.WAL_UNREADABLE,
        "no file shows whether timeline 2 continues from this backup",
        () -> backup.restore(Optional.of(archive)));
    assertThat(again(RecoveryTimeline.CURRENT).replay().target()).isEmpty();
  }

  @Test
  void damageToAnArchivedCopyOfABackupsSegmentRefutesNothing() throws Exception {
    backup.wal.put(CraftedBackup.SEGMENT, CraftedBackup.segment(1));
    backup.write();
    store(CraftedBackup.SEGMENT + ".gz", CraftedBackup.utf8("rubbish"));
    store(SECOND + ".gz", Packed.by(Compression.GZIP, CraftedBackup.segment(2)));
    RestoredBackup restoredBackup = backup.restore(Optional.of(archive));

    assertThat(copies()).containsExactly(SECOND);
    assertThat(restoredBackup.notChecked()).anyMatch(text -> text.contains(CraftedBackup.SEGMENT));
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"GZIP", "LZ4", "ZSTD"})
  void aCompressedSegmentOfAnotherClusterIsNotTheBackupsFault(Compression compression)
      throws Exception {
    byte[] foreign = CraftedBackup.segment(1);
    foreign[24] ^= 1;
    store(CraftedBackup.SEGMENT + compression.ending(), Packed.by(compression, foreign));

    ExpectedFinding.expect(
        Reason.ENVIRONMENT, "belongs to the cluster", () -> backup.restore(Optional.of(archive)));
  }

  private void storeNeeded() throws IOException {
    store(CraftedBackup.SEGMENT, CraftedBackup.segment(1));
    store(SECOND, CraftedBackup.segment(2));
  }

  /** A segment whose pages are of this timeline. */
  private static byte[] onTimeline(int timeline, int number) {
    byte[] segment = CraftedBackup.segment(number);
    segment[4] = (byte) timeline;
    return segment;
  }

  private RestoredBackup again() throws Exception {
    return again(RecoveryTimeline.LATEST);
  }

  /** Restores once more, in the place of what was restored before. */
  private RestoredBackup again(RecoveryTimeline timeline) throws Exception {
    for (Path restoredBackup : List.of(backup.data(), backup.places().wal())) {
      if (Files.exists(restoredBackup)) {
        Trees.remove(restoredBackup);
      }
    }
    Backup found = backup.find();
    RestoreRequest order =
        new RestoreRequest(
            backup.places(),
            CraftedBackup.UID,
            CraftedBackup.GID,
            Optional.of(archive),
            new DiskSpace(1 << 20, Optional.empty()),
            true,
            Optional.empty(),
            timeline);
    return Backups.restore(
        found, Backups.inspect(found, Optional.of(archive)), order, (done, total, note) -> {});
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
