package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.Remains;
import io.pgproof.RequestBuilder;
import io.pgproof.Tars;
import io.pgproof.TestEnvironment;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.proof.Check;
import io.pgproof.proof.Check.Outcome;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import io.pgproof.target.VerificationRequest.Resources;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every kind of bad input that the design names, given to the whole program: its own outcome each,
 * and nothing left.
 */
@Tag("container")
class BadInputTest {
  @TempDir Path place;

  @BeforeEach
  void aSoundBackupIsThere() {
    TestEnvironment.backup(15);
  }

  @AfterEach
  void nothingIsLeft() {
    Remains.assertNone(TestEnvironment.state());
  }

  @Test
  void aMissingPathIsRefused() {
    assertRefused(place.resolve("nowhere"), "no-such-path", "nowhere does not exist");
  }

  @Test
  void anEmptyDirectoryIsRefused() {
    assertRefused(place, "not-a-backup", place.toString());
  }

  @Test
  void aDirectoryWithoutABackupIsRefused() throws IOException {
    Files.writeString(place.resolve("holiday.jpg"), "no backup");
    assertRefused(place, "not-a-backup", place.toString());
  }

  @Test
  void aBackupWithoutWalIsRefuted() throws IOException {
    Path backup = copy();
    Files.delete(backup.resolve("pg_wal.tar.gz"));
    Report report = TestEnvironment.verify(TestEnvironment.request(backup));
    assertVerdict(report, "refuted", "backup-incomplete", "WAL");
    assertThat(report.coverage().notChecked())
        .contains("recovery, freshness, indexes: not reached, because the run ended earlier");
  }

  @Test
  void aBackupWithoutItsBaseIsRefuted() throws IOException {
    Path backup = copy();
    Files.delete(backup.resolve("base.tar.gz"));
    assertVerdict(
        TestEnvironment.verify(TestEnvironment.request(backup)),
        "refuted",
        "backup-incomplete",
        "base.tar");
  }

  @Test
  void aBackupThatIsStillBeingCopiedIsInconclusive() throws IOException {
    Path backup = copy();
    Files.move(backup.resolve("pg_wal.tar.gz"), backup.resolve("pg_wal.tar.gz.partial"));
    assertVerdict(
        TestEnvironment.verify(TestEnvironment.request(backup)),
        "inconclusive",
        "backup-in-progress",
        "pg_wal.tar.gz.partial");
  }

  @Test
  void aTextFileInsteadOfTheBaseIsRefuted() throws IOException {
    Path backup = copy();
    Files.writeString(backup.resolve("base.tar.gz"), "this is no archive\n");
    assertVerdict(
        TestEnvironment.verify(TestEnvironment.request(backup)),
        "refuted",
        "archive-corrupt",
        "base.tar.gz");
  }

  @ParameterizedTest(name = "{0} cut in the middle")
  @CsvSource({"base.tar.gz", "pg_wal.tar.gz"})
  void anArchiveCutInTheMiddleIsRefuted(String archive) throws IOException {
    Path backup = copy();
    long half = Files.size(backup.resolve(archive)) / 2;
    try (FileChannel file = FileChannel.open(backup.resolve(archive), StandardOpenOption.WRITE)) {
      file.truncate(half);
    }
    assertVerdict(
        TestEnvironment.verify(TestEnvironment.request(backup)),
        "refuted",
        "archive-truncated",
        archive,
        String.valueOf(half));
  }

  @ParameterizedTest(name = "one flipped byte in {0}")
  @CsvSource({"base.tar.gz", "pg_wal.tar.gz"})
  void aFlippedByteIsRefuted(String archive) throws IOException {
    Path backup = copy();
    long middle = Files.size(backup.resolve(archive)) / 2;
    try (RandomAccessFile file = new RandomAccessFile(backup.resolve(archive).toFile(), "rw")) {
      file.seek(middle);
      int old = file.read();
      file.seek(middle);
      file.write(old ^ 0xFF);
    }
    Report report = TestEnvironment.verify(TestEnvironment.request(backup));
    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("refuted");
    // Whichever notices first: the decoder, the tar's headers, or the manifest that knows every
    // file's content.
    assertThat(report.reason().code())
        .isIn("archive-corrupt", "manifest-mismatch", "unsafe-archive");
    assertThat(report.conclusion().message()).containsAnyOf(archive, "backup_manifest");
    if (report.reason().code().equals("archive-corrupt")) {
      Matcher place =
          Pattern.compile("damaged (?:at|before) byte (\\d+)")
              .matcher(report.conclusion().message());
      assertThat(place.find()).as(report.conclusion().message()).isTrue();
      // A decoder notices when it comes to the byte or later; only a member's header is told by its
      // beginning.
      assertThat(Long.parseLong(place.group(1))).isBetween(middle - 18, 2 * middle + 1);
    }
  }

  @Test
  void aMissingWalSegmentIsRefuted() throws IOException {
    Path backup = copy();
    String segment =
        Tars.names(backup.resolve("pg_wal.tar.gz")).stream()
            .filter(name -> name.matches("[0-9A-F]{24}"))
            .sorted()
            .skip(1)
            .findFirst()
            .orElseThrow();
    Tars.without(backup.resolve("pg_wal.tar.gz"), name -> name.equals(segment));
    Report report = TestEnvironment.verify(TestEnvironment.request(backup));
    assertVerdict(report, "refuted", "wal-missing", segment);
    assertThat(report.recovery().consistent()).isFalse();
  }

  @ParameterizedTest(name = "a member named {0}")
  @CsvSource({"../../etc/cron.d/x", "/etc/cron.d/x", "base/../../../etc/cron.d/x"})
  void aMemberThatPointsOutsideIsRefuted(String name) throws IOException {
    Path backup = copy();
    Tars.with(
        backup.resolve("base.tar.gz"),
        new Tars.Member(new TarArchiveEntry(name, true), "x".getBytes(StandardCharsets.UTF_8)));
    Report report = TestEnvironment.verify(TestEnvironment.request(backup));
    assertVerdict(report, "refuted", "unsafe-archive", "base.tar.gz", name);
    // Where a naive unpacking would have put it.
    assertThat(
            TestEnvironment.state().run(new RunId(report.run())).data().resolve(name).normalize())
        .doesNotExist();
  }

  @Test
  void aFileBehindALinkIsRefuted() throws IOException {
    Path backup = copy();
    TarArchiveEntry link = new TarArchiveEntry("base/way-out", TarConstants.LF_SYMLINK);
    link.setLinkName(place.toString());
    Tars.with(
        backup.resolve("base.tar.gz"),
        new Tars.Member(link, new byte[0]),
        new Tars.Member(
            new TarArchiveEntry("base/way-out/planted"), "x".getBytes(StandardCharsets.UTF_8)));
    assertVerdict(
        TestEnvironment.verify(TestEnvironment.request(backup)),
        "refuted",
        "unsafe-archive",
        "base/way-out");
    assertThat(place.resolve("planted")).doesNotExist();
  }

  @Test
  void aDeviceIsRefuted() throws IOException {
    Path backup = copy();
    TarArchiveEntry device = new TarArchiveEntry("base/disk", TarConstants.LF_BLK);
    device.setDevMajor(8);
    Tars.with(backup.resolve("base.tar.gz"), new Tars.Member(device, new byte[0]));
    assertVerdict(
        TestEnvironment.verify(TestEnvironment.request(backup)),
        "refuted",
        "unsafe-archive",
        "base/disk");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "selec max(placed_at) from orders        | query-failed      | syntax error",
        "select max(placed_at) from no_such      | query-failed      | no_such",
        "select placed_at from orders where false| freshness-unknown | no row",
        "select null::timestamptz                | freshness-unknown | NULL",
        "select name from customers limit 1      | freshness-unknown | time",
        "select now() + interval '1 hour'        | clock             | ahead of this machine's clock"
      })
  void aFreshnessQueryWithoutATimeIsInconclusive(String query, String reason, String said) {
    assertVerdict(
        TestEnvironment.verify(TestEnvironment.request(TestEnvironment.backup(15), query)),
        "inconclusive",
        reason,
        said);
  }

  @Test
  void oldDataAreStale() {
    Report report =
        TestEnvironment.verify(
            TestEnvironment.request(
                TestEnvironment.backup(15), "select timestamptz '2020-02-03 04:05:06Z'"));
    assertVerdict(report, "stale", "too-old", "2020-02-03");
    assertThat(report.freshness().maxAgeSeconds()).isEqualTo(86_400);
  }

  @Test
  void aMissingDatabaseIsInconclusive() {
    VerificationRequest sound = TestEnvironment.request(TestEnvironment.backup(15));
    VerificationRequest request = RequestBuilder.from(sound).database("no_such_database").build();
    assertVerdict(
        TestEnvironment.verify(request), "inconclusive", "query-failed", "no_such_database");
  }

  @Test
  void aFalseAssertionIsRefuted() {
    Report report =
        TestEnvironment.verify(
            TestEnvironment.request(
                TestEnvironment.backup(15),
                "select max(placed_at) from orders",
                "select true",
                "select 1 = 2"));
    assertVerdict(report, "refuted", "assertion-failed", "1 = 2");
    assertThat(report.coverage().checks())
        .filteredOn(check -> check.name().equals("assertion:1"))
        .extracting(Check::outcome)
        .containsExactly(Outcome.PASSED);
    assertThat(report.coverage().checks())
        .filteredOn(check -> check.name().equals("assertion:2"))
        .extracting(Check::outcome)
        .containsExactly(Outcome.FAILED);
  }

  @Test
  void anAssertionThatFailsIsInconclusive() {
    assertVerdict(
        TestEnvironment.verify(
            TestEnvironment.request(
                TestEnvironment.backup(15),
                "select max(placed_at) from orders",
                "select 1 / 0 = 1")),
        "inconclusive",
        "query-failed",
        "division by zero");
  }

  @Test
  void aQueryThatWritesIsInconclusive() {
    assertVerdict(
        TestEnvironment.verify(
            TestEnvironment.request(
                TestEnvironment.backup(15),
                "select max(placed_at) from orders",
                "with gone as (delete from order_lines returning 1) select count(*) > 0 from gone")),
        "inconclusive",
        "query-failed",
        "read-only");
  }

  @Test
  void aContainerOutOfMemoryIsInconclusive() {
    VerificationRequest request =
        TestEnvironment.request(
            TestEnvironment.backup(15),
            "select max(placed_at) from orders",
            "select length(string_agg(repeat(i::text, 300000), '')) > 0 from generate_series(100, 500) i");
    assertVerdict(
        TestEnvironment.verify(
            TestEnvironment.with(new Resources(256L << 20, 1, Optional.empty()), request)),
        "inconclusive",
        "out-of-memory",
        "memory");
  }

  @Test
  void aRecoveryThatTakesTooLongIsInconclusive() {
    VerificationRequest sound = TestEnvironment.request(TestEnvironment.backup(15));
    VerificationRequest request =
        RequestBuilder.from(sound)
            .recoveryTimeout(Duration.ofMillis(1))
            .resources(new Resources(1L << 30, 0.05, Optional.empty()))
            .build();
    Report report = TestEnvironment.verify(request);
    assertVerdict(report, "inconclusive", "recovery-timeout", "did not");
    assertThat(report.recovery().consistent()).isFalse();
    assertThat(report.recovery().timeline()).isEqualTo(1);
  }

  @Test
  void anAttemptThatTakesTooLongIsInconclusive() {
    VerificationRequest sound =
        TestEnvironment.request(
            TestEnvironment.backup(15),
            "select max(placed_at) from orders",
            "select pg_sleep(120) is not null");
    VerificationRequest request =
        RequestBuilder.from(sound).stayTimeout(Duration.ofSeconds(12)).build();
    assertVerdict(TestEnvironment.verify(request), "inconclusive", "deadline", "12 s");
  }

  @Test
  void aVersionWithoutAnImageIsInconclusive() throws IOException {
    Path backup = TestEnvironment.backup(12);
    whileImagesYamlSays(
        "images: []\n",
        () -> {
          Report report = TestEnvironment.verify(TestEnvironment.request(backup));
          assertVerdict(
              report,
              "inconclusive",
              "version-unsupported",
              "PostgreSQL 12",
              TestEnvironment.state().imageSources().toString());
          assertThat(report.conclusion().hint()).contains("- postgres: 12");
        });
  }

  @Test
  void aMistakeInImagesYamlIsInconclusive() throws IOException {
    whileImagesYamlSays(
        "images:\n  - postgres: 9\n",
        () ->
            assertRefused(
                TestEnvironment.backup(15),
                "bad-option",
                TestEnvironment.state().imageSources() + ":2: postgres of image 1 is '9'"));
  }

  private static void whileImagesYamlSays(String yaml, Runnable test) throws IOException {
    Path file = TestEnvironment.state().imageSources();
    String before = Files.readString(file);
    Files.writeString(file, yaml);
    try {
      test.run();
    } finally {
      Files.writeString(file, before);
    }
  }

  private Path copy() throws IOException {
    return TestEnvironment.copy(TestEnvironment.backup(15), place);
  }

  private static void assertRefused(Path path, String reason, String said) {
    Reply reply = TestEnvironment.ask(new Request.Verify(TestEnvironment.request(path)));
    assertThat(reply)
        .isInstanceOfSatisfying(
            Reply.Refused.class,
            refused -> {
              assertThat(refused.finding().reason().code()).isEqualTo(reason);
              assertThat(refused.finding().message()).contains(said);
              assertThat(refused.finding().hint()).isNotBlank();
            });
  }

  private static void assertVerdict(Report report, String verdict, String reason, String... said) {
    assertThat(List.of(report.verdict().word(), report.reason().code()))
        .as(report.toString())
        .containsExactly(verdict, reason);
    assertThat(report.conclusion().message()).contains(said);
    assertThat(report.conclusion().hint()).isNotBlank();
  }
}
