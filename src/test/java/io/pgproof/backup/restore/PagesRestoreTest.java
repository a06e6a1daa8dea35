package io.pgproof.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.pgproof.backup.archive.ExpectedFinding;
import io.pgproof.backup.format.CraftedPages;
import io.pgproof.backup.format.PageLayout;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.backup.pages.RestoredFiles;
import io.pgproof.backup.pages.SuspectPages;
import io.pgproof.postgres.check.CheckResults;
import io.pgproof.postgres.check.PagesAfterRecovery;
import io.pgproof.postgres.server.RunningServer;
import io.pgproof.postgres.server.ServerAddress;
import io.pgproof.proof.Check;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Verdict;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a restore makes of pages, and what comes of reading the suspects again. */
class PagesRestoreTest {
  private static final String FILE = "base/5/16384";

  @TempDir Path directory;
  private CraftedBackup backup;

  @BeforeEach
  void craft() {
    backup = new CraftedBackup(directory.resolve("backup"));
  }

  @Test
  void soundPagesAreCounted() throws Exception {
    backup.files.put(FILE, CraftedPages.of(200));
    RestoredBackup restoredBackup = backup.write().restore();

    assertThat(restoredBackup.suspects().isEmpty()).isTrue();
    assertThat(pages(restoredBackup))
        .contains(Check.passed("pages", "203 pages in 2 files", Duration.ZERO));
    assertThat(restoredBackup.notChecked()).isEmpty();
  }

  @Test
  void pagesWithoutChecksumsAreReportedAsNotChecked() throws Exception {
    backup.files.put("global/pg_control", CraftedPages.control(PageLayout.USUAL, false));
    backup.files.put(FILE, flipped(CraftedPages.of(5000), 0, 5000));
    RestoredBackup restoredBackup = backup.write().restore();

    assertThat(restoredBackup.suspects().isEmpty()).isTrue();
    assertThat(pages(restoredBackup)).map(Check::outcome).contains(Check.Outcome.SKIPPED);
    assertThat(restoredBackup.notChecked()).containsExactly("the source has no page checksums");
  }

  @Test
  void damageThatTheManifestDoesNotShowWaitsForRecovery() throws Exception {
    backup.files.put(FILE, flipped(CraftedPages.of(9), 7, 9));
    RestoredBackup restoredBackup = backup.write().restore();

    assertThat(pages(restoredBackup)).as("decided later").isEmpty();
    assertThat(restoredBackup.suspects().count()).isEqualTo(2);
    Finding finding =
        restoredBackup.suspects().failing(files()).finding(Reason.PAGE_CHECKSUM, "orders");
    assertThat(finding).returns(Verdict.REFUTED, Finding::verdict);
    assertThat(finding.message())
        .matches(
            "block 7 of base/5/16384 \\(orders\\) has the checksum [0-9A-F]{4}, "
                + "but its content has the checksum [0-9A-F]{4}; 1 more page fails");
  }

  @Test
  void tooManyDamagedPagesEndTheRestore() {
    backup.files.put(FILE, flipped(CraftedPages.of(5000), 0, 4097));
    backup.write();

    assertThat(ExpectedFinding.by(() -> backup.restore()))
        .satisfies(
            fault -> {
              assertThat(fault.refutes()).isTrue();
              assertThat(fault.reason()).isEqualTo(Reason.PAGE_CHECKSUM);
              assertThat(fault.message())
                  .startsWith("block 0 of base/5/16384 has the checksum")
                  .endsWith("; 4,096 more pages fail");
            });
  }

  @Test
  void anyNumberOfPagesThatRecoveryMayRewriteWaitsForRecovery() throws Exception {
    backup.files.put(FILE, flipped(CraftedPages.of(5000), 0, 4096));
    backup.files.put(FILE + "_vm", flipped(CraftedPages.of(5000), 0, 5000));

    assertThat(backup.write().restore().suspects().count()).isEqualTo(9096);
  }

  @Test
  void pagesOfAnotherSizeAreReadAgain() throws Exception {
    PageLayout layout = new PageLayout(16_384, 65_536);
    backup.files.put("global/pg_control", CraftedPages.control(layout, true));
    backup.files.put("base/5/1259", CraftedPages.of(layout, 0, 50));
    byte[] later = CraftedPages.of(layout, 65_536, 50);
    later[33 * 16_384 + 9000] ^= 1;
    backup.files.put("base/5/1259.1", later);
    SuspectPages suspects = backup.write().restore().suspects();

    assertThat(suspects.pageCount()).isEqualTo("100 pages in 2 files");
    assertThat(suspects.count()).isEqualTo(1);
    assertThat(suspects.failing(files()).finding(Reason.PAGE_CHECKSUM, "").message())
        .startsWith("block 33 of base/5/1259.1 has the checksum");
  }

  @Test
  void laterFilesOfAnotherSegmentSizeAreReadAgain() throws Exception {
    PageLayout layout = new PageLayout(8192, 4);
    backup.files.put("global/pg_control", CraftedPages.control(layout, true));
    backup.files.put("base/5/1259.1", CraftedPages.of(layout, 4, 2));

    assertThat(pages(backup.write().restore())).map(Check::outcome).contains(Check.Outcome.PASSED);
  }

  @Test
  void aPageThatRecoveryRewroteIsNoLongerSuspect() throws Exception {
    backup.files.put(FILE, flipped(CraftedPages.of(9), 7, 9));
    SuspectPages suspects = backup.write().restore().suspects();
    write(FILE, 7, CraftedPages.page(PageLayout.USUAL, 7, CraftedPages.YOUNG));
    assertThat(suspects.failing(files()).count()).isEqualTo(1);

    write(FILE, 8, new byte[8192]);
    assertThat(suspects.failing(files()).isEmpty()).isTrue();
    assertThat(suspects.present(files()).count()).isEqualTo(2);
  }

  @Test
  void aPageThatIsGoneIsNoLongerSuspect() throws Exception {
    backup.files.put(FILE, flipped(CraftedPages.of(9), 7, 9));
    backup.files.put(FILE + "_vm", flipped(CraftedPages.of(1), 0, 1));
    SuspectPages suspects = backup.write().restore().suspects();
    Files.delete(backup.data().resolve(FILE + "_vm"));
    cut(FILE, 8 * 8192);

    assertThat(suspects.present(files()).count()).isEqualTo(1);
    assertThat(suspects.failing(files()).count()).isEqualTo(1);
    cut(FILE, 0);
    assertThat(suspects.failing(files()).isEmpty()).isTrue();
  }

  @Test
  void aPageThatRecoveryLeavesCutIsNotSound() throws Exception {
    backup.files.put(FILE, Arrays.copyOf(CraftedPages.of(3), 2 * 8192 + 512));
    SuspectPages suspects = backup.write().restore().suspects();
    assertThat(suspects.failing(files()).finding(Reason.PAGE_CHECKSUM, "").message())
        .isEqualTo("block 2 of base/5/16384 ends after 512 of 8192 bytes");

    write(FILE, 2, CraftedPages.page(PageLayout.USUAL, 2, CraftedPages.YOUNG));
    assertThat(suspects.failing(files()).isEmpty()).isTrue();
  }

  @Test
  void aNewPageThatRecoveryLeavesWithContentIsNotSound() throws Exception {
    byte[] file = CraftedPages.of(2);
    Arrays.fill(file, 8192, 8192 + 64, (byte) 0);
    backup.files.put(FILE, file);

    assertThat(
            backup
                .write()
                .restore()
                .suspects()
                .failing(files())
                .finding(Reason.PAGE_CHECKSUM, "")
                .message())
        .isEqualTo("block 1 of base/5/16384 is marked as new but is not empty");
  }

  @Test
  void suspectPagesInTablespacesAreReadThere() throws Exception {
    String name = "pg_tblspc/16390/PG_15_202209061/5/16384";
    backup.files.put(name, flipped(CraftedPages.of(2), 1, 2));
    SuspectPages suspects = backup.write().restore().suspects();
    assertThat(suspects.failing(files()).count()).as("in its place").isEqualTo(1);

    Files.createDirectory(directory.resolve("tablespaces"));
    Files.move(backup.data().resolve("pg_tblspc/16390"), directory.resolve("tablespaces/16390"));
    Files.createSymbolicLink(backup.data().resolve("pg_tblspc/16390"), Path.of("/pgproof/space"));

    assertThat(suspects.failing(files()).finding(Reason.PAGE_CHECKSUM, "").message())
        .startsWith("block 1 of " + name);
  }

  @Test
  void aLinkThatTheServerCreatedIsNotFollowed() throws Exception {
    backup.files.put(FILE, flipped(CraftedPages.of(2), 1, 2));
    SuspectPages suspects = backup.write().restore().suspects();
    Path moved = directory.resolve("5");
    Files.move(backup.data().resolve("base/5"), moved);
    Files.createSymbolicLink(backup.data().resolve("base/5"), moved);
    ExpectedFinding.expect(Reason.ENVIRONMENT, FILE, () -> suspects.failing(files()));

    Files.delete(backup.data().resolve("base/5"));
    Files.createDirectories(backup.data().resolve(FILE));
    ExpectedFinding.expect(Reason.ENVIRONMENT, FILE, () -> suspects.failing(files()));
  }

  @Test
  void aServerThatDoesNotAnswerLeavesSuspectPagesUnjudged() throws Exception {
    backup.files.put(FILE, flipped(CraftedPages.of(9), 7, 9));
    SuspectPages suspects = backup.write().restore().suspects();
    ServerAddress nowhere =
        new ServerAddress(
            directory.resolve("socket"), 100100, "1", "postgres", PostgresVersion.V15, List.of());
    RunningServer silent =
        new RunningServer(nowhere, directory.resolve("log"), () -> false, () -> false);
    CheckResults checkResults =
        PagesAfterRecovery.judge(silent, suspects, files(), Duration.ofSeconds(10)).answers();

    assertThat(checkResults.findings())
        .singleElement()
        .returns(Verdict.INCONCLUSIVE, Finding::verdict)
        .extracting(Finding::message)
        .asString()
        .contains("pages could not be read again");
    assertThat(checkResults.checks())
        .extracting(Check::name, Check::outcome)
        .containsExactly(tuple("pages", Check.Outcome.FAILED));
  }

  private RestoredFiles files() throws IOException {
    return RestoredFiles.of(backup.data(), directory.resolve("tablespaces"));
  }

  private static Optional<Check> pages(RestoredBackup restoredBackup) {
    return restoredBackup.checks().stream().filter(check -> check.name().equals("pages")).findAny();
  }

  /** One bit in each of the pages from the first up to the last, which is not among them. */
  private static byte[] flipped(byte[] file, int from, int to) {
    for (int page = from; page < to; page++) {
      file[page * 8192 + 7000] ^= 1;
    }
    return file;
  }

  private void write(String name, int block, byte[] page) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(backup.data().resolve(name).toFile(), "rw")) {
      file.seek(block * 8192L);
      file.write(page);
    }
  }

  private void cut(String name, long length) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(backup.data().resolve(name).toFile(), "rw")) {
      file.setLength(length);
    }
  }
}
