package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.Remains;
import io.pgproof.Tars;
import io.pgproof.TestEnvironment;
import io.pgproof.backup.format.Lsn;
import io.pgproof.command.Trees;
import io.pgproof.demo.OrderWriter;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.demo.SourceOptions;
import io.pgproof.proof.Check;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Report;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pages of a backup that was taken while its pages were written, and damage to them that no
 * manifest tells of.
 */
@Tag("container")
class PagesTest {
  private static final int PAGE = 8192;
  private static final Pattern START = Pattern.compile("START WAL LOCATION: (\\S+)");

  private static Path backups;
  private static Path sound;
  private static String quiet;
  private static String unbuilt;
  private static String dropped;

  @TempDir Path place;

  @BeforeAll
  static void takeABackupWhilePagesAreWritten() throws IOException {
    backups = TestEnvironment.state().path().resolve("backups").resolve("pages");
    SourceOptions options =
        SourceOptions.standard().with("autovacuum", "off").withBackupDirectory(backups);
    try (SourceDatabase source = TestEnvironment.source(15, "pages", options)) {
      source.fill(5_000);
      source.execute(
          "create table quiet as select i, repeat('quiet ', 100) from generate_series(1, 200) i");
      source.execute("create table dropped as select 1");
      source.execute("create table twice as select 1 as i from generate_series(1, 2)");
      assertThatThrownBy(
              () -> source.execute("create unique index concurrently unbuilt on twice (i)"))
          .hasMessageContaining("could not create unique index");
      source.execute("vacuum freeze");
      quiet = source.query("select pg_relation_filepath('quiet')");
      unbuilt = source.query("select pg_relation_filepath('unbuilt')");
      dropped = source.query("select pg_relation_filepath('dropped')");
      try (OrderWriter writer = source.startWriter()) {
        // The more slowly until the table was dropped while files were sent.
        for (int rate = 16; sound == null && rate > 0; rate /= 2) {
          Path backup = backUpWhilePagesAreWritten(source, rate);
          if (source.query("select to_regclass('dropped')") == null) {
            sound = backup;
          } else {
            Trees.remove(backup);
          }
        }
        assertThat(sound).as("a backup during which the table was dropped").isNotNull();
        assertThat(writer.writtenRows()).isPositive();
      }
    }
  }

  private static Path backUpWhilePagesAreWritten(SourceDatabase source, int rate) {
    CompletableFuture<Path> backup =
        CompletableFuture.supplyAsync(
            () ->
                source.baseBackup(
                    "backup",
                    "--format=tar",
                    "--wal-method=stream",
                    "--gzip",
                    "--max-rate=" + rate + "M"));
    for (int round = 0; !backup.isDone(); round++) {
      source.execute("update orders set status = 'paid' where id % 10 = " + round % 10);
      source.execute("checkpoint");
      if (source.query(
              "select 1 from pg_stat_progress_basebackup where phase = 'streaming database files'")
          != null) {
        source.execute("drop table if exists dropped");
      }
    }
    return backup.join();
  }

  @AfterAll
  static void removeIt() throws IOException {
    Trees.remove(backups);
  }

  @AfterEach
  void nothingIsLeft() {
    Remains.assertNone(TestEnvironment.state());
  }

  @Test
  void aBackupTakenWhilePagesWereWrittenIsProven() {
    Report report = TestEnvironment.verify(TestEnvironment.request(sound));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(pages(report).outcome().word()).isEqualTo("passed");
    assertThat(pages(report).detail()).matches("[0-9,]+ pages in [0-9,]+ files.*");
  }

  @Test
  void aPageWithAWrongChecksumRefutes() throws Exception {
    Report report =
        verifyWith(
            quiet,
            file -> {
              file[PAGE + 4000] ^= 1;
              return file;
            });

    assertVerdict(report, "refuted", "page-checksum");
    assertThat(report.conclusion().message())
        .startsWith(
            "block 1 of " + quiet + " (public.quiet in the database postgres) has the checksum ")
        .doesNotContain("more page");
    assertThat(pages(report).outcome().word()).isEqualTo("failed");
  }

  @Test
  void aDamagedPageWithALaterLsnRefutes() throws Exception {
    Report report =
        verifyWith(
            quiet,
            file -> {
              Arrays.fill(file, 2 * PAGE, 4 * PAGE, (byte) 0x77);
              return file;
            });

    assertVerdict(report, "refuted", "page-checksum");
    assertThat(report.conclusion().message())
        .startsWith("block 2 of " + quiet)
        .endsWith("; 1 more page fails");
  }

  @Test
  void aCutPageRefutes() throws Exception {
    Report report = verifyWith(quiet, file -> Arrays.copyOf(file, file.length - 1000));

    assertVerdict(report, "refuted", "page-checksum");
    assertThat(report.conclusion().message())
        .startsWith("block ")
        .contains(" of " + quiet)
        .endsWith("ends after 7192 of 8192 bytes");
  }

  @Test
  void tornPagesThatRecoveryRewritesAreProven() throws Exception {
    Path backup = copyWithoutManifest();
    AtomicReference<Lsn> start = new AtomicReference<>();
    AtomicInteger torn = new AtomicInteger();
    Tars.change(
        backup.resolve("base.tar.gz"),
        (name, content) -> {
          if (name.equals("backup_label")) {
            Matcher line = START.matcher(new String(content, StandardCharsets.UTF_8));
            assertThat(line.find()).isTrue();
            start.set(Lsn.parse(line.group(1)));
          } else if (name.matches("base/5/\\d+")) {
            torn.addAndGet(tear(content, start.get()));
          }
          return content;
        });
    assertThat(torn).as("pages that were written while the backup was taken").hasPositiveValue();
    Report report = TestEnvironment.verify(TestEnvironment.request(backup));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(pages(report).outcome().word()).isEqualTo("passed");
    assertThat(pages(report).detail().replace(",", ""))
        .endsWith("files " + torn + " read again after recovery");
  }

  /**
   * As if the second half of each page that was changed after the backup began had not been written
   * yet.
   */
  private static int tear(byte[] file, Lsn start) {
    ByteBuffer pages = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int torn = 0;
    for (int page = 0; page + PAGE <= file.length; page += PAGE) {
      Lsn lsn = new Lsn((long) pages.getInt(page) << 32 | (pages.getInt(page + 4) & 0xFFFF_FFFFL));
      if (lsn.compareTo(start) >= 0) {
        Arrays.fill(file, page + PAGE / 2, page + PAGE, (byte) 0x77);
        torn++;
      }
    }
    return torn;
  }

  @Test
  void aPageOfADroppedTableIsNoDamage() throws Exception {
    Path backup = copyWithoutManifest();
    put(backup, dropped, new byte[] {1});
    Report report = TestEnvironment.verify(TestEnvironment.request(backup));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(pages(report).detail())
        .endsWith(", 1 read again after recovery, of which 1 no longer exists");
  }

  @Test
  void aDamagedMapPageIsInconclusive() throws Exception {
    Report report =
        verifyWith(
            quiet + "_vm",
            file -> {
              file[100] ^= 1;
              return file;
            });

    assertVerdict(report, "inconclusive", "torn-page");
    assertThat(report.conclusion().message())
        .startsWith(
            "block 0 of " + quiet + "_vm (public.quiet in the database postgres) has the checksum");
  }

  @Test
  void aDamagedPageThatNothingReadsIsInconclusive() throws Exception {
    Path backup = copyWithoutManifest();
    byte[] page = new byte[PAGE];
    Arrays.fill(page, (byte) 0x77);
    put(backup, unbuilt, page);
    put(backup, "base/5/4000000000", page);
    put(backup, "base/4000000000/4000000000", page);
    Report deep =
        TestEnvironment.verify(TestEnvironment.at(Depth.DEEP, TestEnvironment.request(backup)));
    assertVerdict(deep, "inconclusive", "torn-page");
    Report report = TestEnvironment.verify(TestEnvironment.request(backup));

    assertVerdict(report, "inconclusive", "torn-page");
    assertThat(report.conclusion().message())
        .startsWith("block 0 of base/4000000000/4000000000 (not in use) has")
        .endsWith("; 2 more pages fail");
  }

  @Test
  void suspectPagesAreReportedAsNotCheckedIfRecoveryFails() throws Exception {
    Path backup = copyWithoutManifest();
    Tars.change(
        backup.resolve("base.tar.gz"),
        (name, content) -> {
          if (name.equals(quiet)) {
            content[PAGE + 4000] ^= 1;
          }
          return content;
        });
    Tars.change(
        backup.resolve("pg_wal.tar.gz"),
        (name, content) -> {
          // The backup's end lies behind the first page, because orders came in during the backup.
          Arrays.fill(content, Math.min(PAGE, content.length), content.length, (byte) 0);
          return content;
        });
    Report report = TestEnvironment.verify(TestEnvironment.request(backup));

    assertVerdict(report, "refuted", "wal-missing");
    assertThat(pages(report).outcome().word()).isEqualTo("skipped");
    assertThat(pages(report).detail())
        .matches("[0-9,]+ of [0-9,]+ pages in [0-9,]+ files were invalid when they were read");
    assertThat(report.coverage().notChecked()).anyMatch(open -> open.startsWith("pages: "));
  }

  @Test
  void pagesWithoutChecksumsAreReportedAsNotChecked() throws Exception {
    Path without;
    try (SourceDatabase source =
        TestEnvironment.source(
            15,
            "unchecked",
            SourceOptions.standard().withoutChecksums().withBackupDirectory(backups))) {
      source.fill(100);
      without = source.baseBackup("unchecked");
    }
    Report report = TestEnvironment.verify(TestEnvironment.request(without));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(pages(report).outcome().word()).isEqualTo("skipped");
    assertThat(report.coverage().notChecked()).contains("the source has no page checksums");
  }

  private Report verifyWith(String name, UnaryOperator<byte[]> damage) throws IOException {
    Path backup = copyWithoutManifest();
    AtomicInteger found = new AtomicInteger();
    Tars.change(
        backup.resolve("base.tar.gz"),
        (each, content) -> {
          if (!each.equals(name)) {
            return content;
          }
          found.incrementAndGet();
          return damage.apply(content);
        });
    assertThat(found).as(name).hasValue(1);
    return TestEnvironment.verify(TestEnvironment.request(backup));
  }

  private static void put(Path backup, String name, byte[] content) throws IOException {
    Tars.without(backup.resolve("base.tar.gz"), name::equals);
    Tars.with(backup.resolve("base.tar.gz"), new Tars.Member(new TarArchiveEntry(name), content));
  }

  private Path copyWithoutManifest() throws IOException {
    Path backup = TestEnvironment.copy(sound, place);
    Files.delete(backup.resolve("backup_manifest"));
    return backup;
  }

  private static Check pages(Report report) {
    List<Check> pages =
        report.coverage().checks().stream().filter(check -> check.name().equals("pages")).toList();
    assertThat(pages).as(report.toString()).hasSize(1);
    return pages.get(0);
  }

  private static void assertVerdict(Report report, String verdict, String reason) {
    assertThat(List.of(report.verdict().word(), report.reason().code()))
        .as(report.toString())
        .containsExactly(verdict, reason);
    assertThat(report.conclusion().hint()).isNotBlank();
  }
}
