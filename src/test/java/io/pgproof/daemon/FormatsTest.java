package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.Remains;
import io.pgproof.RequestBuilder;
import io.pgproof.TestEnvironment;
import io.pgproof.backup.damage.DamagedCopies;
import io.pgproof.backup.damage.DamagedCopy;
import io.pgproof.backup.damage.Layer;
import io.pgproof.backup.restore.Backups;
import io.pgproof.backup.restore.DiskSpace;
import io.pgproof.command.Trees;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.demo.OrderWriter;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.demo.SourceOptions;
import io.pgproof.proof.Check;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Report;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.target.VerificationRequest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every format that pg_basebackup writes, of one server with two tablespaces and WAL segments of 1
 * MB, taken while orders came in: each proven by the whole program, or refuted where it is damaged.
 */
@Tag("container")
class FormatsTest {
  private static final String FRESHNESS = SourceDatabase.FRESHNESS_QUERY;
  private static final String IN_TABLESPACES =
      "select count(*) > 100 from order_lines join customers on customers.id > 0";
  private static final String STANDBY_PORT = "5433";
  private static final String SPACES = "/pgproof/out/spaces/";

  private static Path backups;

  @TempDir Path place;

  @BeforeAll
  static void takeBackups() throws Exception {
    backups = TestEnvironment.state().path().resolve("formats");
    SourceOptions options =
        SourceOptions.standard().withInitdb("--wal-segsize=1").withBackupDirectory(backups);
    try (SourceDatabase source = TestEnvironment.source(15, "formats", options)) {
      run(source, "mkdir", "-p", SPACES + "one", SPACES + "two");
      source.execute("create tablespace one location '" + SPACES + "one'");
      source.execute("create tablespace two location '" + SPACES + "two'");
      source.fill(2_000);
      source.execute(
          "alter table order_lines set tablespace one; alter index orders_placed set tablespace two; "
              + "alter table customers set tablespace two");
      for (String slot : List.of("gzip", "lz4")) {
        source.query("select pg_create_physical_replication_slot('" + slot + "', true)");
      }
      try (OrderWriter writer = source.startWriter()) {
        source.baseBackup("tar-none-fetch", "-Ft", "-Xf", "--manifest-checksums=SHA224");
        source.baseBackup(
            "tar-gzip-none", "-Ft", "-Xn", "--compress=server-gzip:1", "--manifest-checksums=NONE");
        source.baseBackup(
            "tar-lz4-client", "-Ft", "-Xs", "--compress=client-lz4", "--manifest-checksums=SHA256");
        source.baseBackup(
            "tar-lz4-server", "-Ft", "-Xs", "--compress=server-lz4:9", "--no-manifest");
        source.baseBackup(
            "tar-zstd-client",
            "-Ft",
            "-Xs",
            "--compress=client-zstd:level=3,workers=2",
            "--manifest-checksums=SHA384");
        source.baseBackup(
            "tar-zstd-server",
            "-Ft",
            "-Xf",
            "--compress=server-zstd:15",
            "--manifest-checksums=SHA512");
        plain(source, "plain-stream", "-Xs");
        plain(source, "plain-fetch", "-Xf", "--waldir=" + source.inside("plain-fetch-wal"));
        fromStandby(source);
        assertThat(writer.writtenRows()).isPositive();
      }
      source.execute(
          "insert into orders (customer_id, placed_at, status) select 1, now(), 'placed'");
      receive(source, "gzip", source.currentLsn());
      receive(source, "lz4", source.currentLsn());
    }
  }

  /** A plain backup as it lies on this host: the source wrote links as it saw them. */
  private static void plain(SourceDatabase source, String name, String... arguments)
      throws IOException {
    List<String> all = new ArrayList<>(List.of("-Fp"));
    for (String space : List.of("one", "two")) {
      all.add("--tablespace-mapping=" + SPACES + space + "=" + source.inside(name + "-" + space));
    }
    all.addAll(List.of(arguments));
    Path backup = source.baseBackup(name, all.toArray(String[]::new));
    try (Stream<Path> links = Files.walk(backup).filter(Files::isSymbolicLink)) {
      for (Path link : links.toList()) {
        Path target = backups.resolve(Files.readSymbolicLink(link).getFileName());
        Files.delete(link);
        Files.createSymbolicLink(link, target);
      }
    }
  }

  /** From a standby of the same server, which follows it over a socket of the same machine. */
  private static void fromStandby(SourceDatabase source) {
    String bin = source.image().binDirectory();
    run(
        source,
        "/bin/sh",
        "-c",
        """
        exec >/tmp/standby.out 2>&1
        %1$s/pg_basebackup --host=/pgproof/socket --username=postgres --checkpoint=fast --write-recovery-conf -Xs \
          --pgdata=/tmp/standby --tablespace-mapping=%3$sone=/tmp/one --tablespace-mapping=%3$stwo=/tmp/two &&
        %1$s/pg_ctl --pgdata=/tmp/standby --log=/tmp/standby.log --wait --options='-c port=%2$s \
          -c unix_socket_directories=/pgproof/socket -c listen_addresses=' start
        """
            .formatted(bin, STANDBY_PORT, SPACES));
    source.baseBackup("standby", "-Ft", "-Xs", "--compress=client-zstd", "--port=" + STANDBY_PORT);
    run(source, bin + "/pg_ctl", "--pgdata=/tmp/standby", "--mode=fast", "--wait", "stop");
  }

  private static void receive(SourceDatabase source, String method, String end) {
    run(source, "mkdir", source.inside("wal-" + method));
    run(
        source,
        source.image().binDirectory() + "/pg_receivewal",
        "--host=/pgproof/socket",
        "--username=postgres",
        "--no-loop",
        "--slot=" + method,
        "--directory=" + source.inside("wal-" + method),
        "--compress=" + method,
        "--endpos=" + end);
  }

  private static void run(SourceDatabase source, String... line) {
    Sandbox.Ended ended = source.run(line);
    assertThat(ended.status())
        .as(String.join(" ", line) + ": " + ended.out() + ended.err())
        .isZero();
  }

  @AfterAll
  static void removeBackups() throws IOException {
    Trees.remove(backups);
  }

  @AfterEach
  void nothingIsLeft() {
    Remains.assertNone(TestEnvironment.state());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "tar-none-fetch,  tar,   SHA224,  base.tar one.tar two.tar",
    "tar-lz4-client,  tar,   SHA256,  base.tar.lz4 pg_wal.tar one.tar.lz4 two.tar.lz4",
    "tar-lz4-server,  tar,   '',      base.tar.lz4 pg_wal.tar one.tar.lz4 two.tar.lz4",
    "tar-zstd-client, tar,   SHA384,  base.tar.zst pg_wal.tar one.tar.zst two.tar.zst",
    "tar-zstd-server, tar,   SHA512,  base.tar.zst one.tar.zst two.tar.zst",
    "standby,         tar,   CRC32C,  base.tar.zst pg_wal.tar one.tar.zst two.tar.zst",
    "plain-stream,    plain, CRC32C,  ''",
    "plain-fetch,     plain, CRC32C,  ''",
  })
  void everyFormatIsProven(String name, String format, String checksums, String archives) {
    Report report =
        TestEnvironment.verify(
            TestEnvironment.request(backups.resolve(name), FRESHNESS, IN_TABLESPACES));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.backup().format()).isEqualTo(format);
    assertThat(report.backup().archives())
        .hasSize(archives.isEmpty() ? 0 : archives.split(" ").length);
    assertThat(report.backup().archives())
        .extracting(archive -> archive.file().replaceFirst("^[0-9]+", "*"))
        .containsExactly(
            archives.isEmpty() ? new String[0] : archives.replaceAll("one|two", "*").split(" "));
    assertThat(check(report, "manifest").detail())
        .contains(checksums.isEmpty() ? "no backup_manifest" : checksums);
    assertThat(report.recovery().consistent()).isTrue();
    assertThat(report.freshness().source()).isEqualTo("query");
  }

  @ParameterizedTest(name = "as pg_receivewal compresses it by {0}")
  @CsvSource({"gzip", "lz4"})
  void theArchiveSuppliesWalUpToItsPartialSegment(String method) throws IOException {
    Path archive = backups.resolve("wal-" + method);
    try (Stream<Path> files = Files.list(archive)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .anyMatch(name -> name.endsWith(".partial"));
    }
    VerificationRequest request =
        TestEnvironment.request(
            backups.resolve("tar-gzip-none"),
            FRESHNESS,
            IN_TABLESPACES,
            // The last order is in the partial segment alone.
            "select count(*) = 1 from orders where not exists (select from order_lines where order_id = orders.id) and id > 2000");
    assertThat(TestEnvironment.verify(request).reason().code()).isEqualTo("backup-incomplete");

    Report report = TestEnvironment.verify(with(request, archive));
    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.coverage().notChecked()).anyMatch(text -> text.contains("only their sizes"));
  }

  @ParameterizedTest(name = "{0}: {1} {2}")
  @CsvSource({
    "tar-none-fetch,  flipped, base.tar,      manifest-mismatch",
    "tar-none-fetch,  cut,     base.tar,      archive-truncated",
    "tar-lz4-client,  flipped, base.tar.lz4,  archive-corrupt|manifest-mismatch",
    "tar-lz4-client,  cut,     base.tar.lz4,  archive-truncated",
    "tar-zstd-client, flipped, base.tar.zst,  archive-corrupt|manifest-mismatch",
    "tar-zstd-server, cut,     base.tar.zst,  archive-truncated",
    "plain-stream,    flipped, base/1/1259,   manifest-mismatch",
    "plain-fetch,     cut,     base/1/1259,   manifest-mismatch",
  })
  void damageIsRefuted(String name, String how, String file, String reasons) throws Exception {
    Path copy = copy(name);
    Path damaged = copy.resolve(file);
    long half = Files.size(damaged) / 2;
    if (how.equals("cut")) {
      try (FileChannel channel = FileChannel.open(damaged, StandardOpenOption.WRITE)) {
        channel.truncate(half);
      }
    } else {
      try (RandomAccessFile bytes = new RandomAccessFile(damaged.toFile(), "rw")) {
        bytes.seek(half);
        int old = bytes.read();
        bytes.seek(half);
        bytes.write(old ^ 0x10);
      }
    }
    Report report = TestEnvironment.verify(TestEnvironment.request(copy, FRESHNESS));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("refuted");
    assertThat(report.reason().code()).as(report.toString()).isIn((Object[]) reasons.split("\\|"));
    assertThat(report.conclusion().hint()).isNotBlank();
  }

  /** The copies of negative controls keep the format, and each check finds the damage in it. */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "plain-stream,    INDEX, STANDARD",
    "plain-fetch,     WAL,   QUICK",
    "tar-zstd-server, PAGE,  STANDARD",
    "tar-lz4-server,  ROW,   DEEP"
  })
  void damageForControlIsFound(String name, Layer layer, Depth depth) throws Exception {
    DamagedCopy copy =
        new DamagedCopies(Backups.find(backups.resolve(name)), false)
            .make(layer, place.resolve("copy"), new DiskSpace(0, Optional.empty()));

    assertThat(copy).isInstanceOf(DamagedCopy.Made.class);
    Path damaged = ((DamagedCopy.Made) copy).directory();
    VerificationRequest request = TestEnvironment.request(damaged, FRESHNESS, IN_TABLESPACES);
    Report report = TestEnvironment.verify(TestEnvironment.at(depth, request));
    assertThat(check(report, layer.check()).outcome())
        .as(report.toString())
        .isEqualTo(Check.Outcome.FAILED);
    assertThat(report.backup().format()).isEqualTo(name.startsWith("plain") ? "plain" : "tar");
  }

  @Test
  void aTablespaceWithoutItsArchiveIsRefuted() throws Exception {
    Path copy = copy("tar-zstd-client");
    try (Stream<Path> files = Files.list(copy)) {
      Files.delete(
          files
              .filter(file -> file.getFileName().toString().matches("[0-9]+\\.tar\\.zst"))
              .findFirst()
              .orElseThrow());
    }
    Report report = TestEnvironment.verify(TestEnvironment.request(copy, FRESHNESS));

    assertThat(report.reason().code()).as(report.toString()).isEqualTo("backup-incomplete");
    assertThat(report.conclusion().message()).contains("tablespace_map names the tablespace");
  }

  @Test
  void aKeptCopyHasItsTablespaces() throws Exception {
    VerificationRequest request =
        TestEnvironment.request(backups.resolve("tar-lz4-client"), FRESHNESS, "select false");
    Report report = TestEnvironment.verify(TestEnvironment.keeping(Duration.ofHours(1), request));

    assertThat(report.reason().code()).isEqualTo("assertion-failed");
    try (Stream<Path> kept = Files.list(TestEnvironment.state().kept())) {
      Path copy =
          kept.filter(path -> path.getFileName().toString().startsWith(report.run()))
              .findFirst()
              .orElseThrow();
      try (Stream<Path> spaces = Files.list(copy.resolve("tablespaces"))) {
        assertThat(spaces).hasSize(2).allMatch(space -> space.toFile().list().length == 1);
      }
      Trees.remove(copy);
    }
  }

  @Test
  void theNewestFinishedBackupIsProvenAndTheChoiceIsReported() throws Exception {
    Files.createDirectory(place.resolve("empty"));
    for (String name : List.of("tar-none-fetch", "plain-stream")) {
      Files.createSymbolicLink(place.resolve(name), backups.resolve(name));
    }
    Path begun = Files.createDirectory(place.resolve("z-begun"));
    Files.createFile(begun.resolve("base.tar.gz.partial"));
    List<String> said = new ArrayList<>();
    Reply reply =
        TestEnvironment.ask(
            new Request.Verify(TestEnvironment.request(place, FRESHNESS, IN_TABLESPACES)),
            heard -> {
              if (heard instanceof Reply.Said words) {
                said.add(words.text());
              }
            });

    assertThat(reply)
        .isInstanceOfSatisfying(
            Reply.Verdict.class,
            verdict -> {
              assertThat(verdict.report().verdict().word())
                  .as(verdict.toString())
                  .isEqualTo("proven");
              assertThat(verdict.report().backup().path())
                  .isEqualTo(place.resolve("plain-stream").toString());
              assertThat(verdict.chosen().describeChoice())
                  .isEqualTo("the newest of 3 in " + place);
              assertThat(verdict.chosen().skipped()).singleElement().asString().contains("z-begun");
              Reply.Run shown =
                  (Reply.Run) TestEnvironment.ask(new Request.ShowRun(verdict.report().run()));
              assertThat(shown.chosen()).isEqualTo(verdict.chosen());
            });
    assertThat(said)
        .singleElement()
        .asString()
        .contains("plain-stream, the newest of 3 in", "skipped z-begun");
  }

  @Test
  void aDamagedNewestBackupIsRefutedAndNoOlderOneIsProven() throws Exception {
    Files.createSymbolicLink(place.resolve("tar-none-fetch"), backups.resolve("tar-none-fetch"));
    Path newest = copy("plain-stream");
    Files.delete(newest.resolve("base/1/1259"));
    Report report = TestEnvironment.verify(TestEnvironment.request(place, FRESHNESS));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("refuted");
    assertThat(report.reason().code()).isEqualTo("manifest-mismatch");
    assertThat(report.backup().path()).isEqualTo(newest.toString());
  }

  @Test
  void aBackupOfVersion17WithATablespaceInPlaceIsProven() throws Exception {
    SourceOptions options =
        SourceOptions.standard()
            .withInitdb("--wal-segsize=64")
            .with("summarize_wal", "on")
            .with("allow_in_place_tablespaces", "on")
            .withBackupDirectory(place.resolve("17"));
    Path tar;
    Path plain;
    try (SourceDatabase source = TestEnvironment.source(17, "formats-17", options)) {
      source.execute("create tablespace here location ''");
      source.fill(500);
      source.execute("alter table customers set tablespace here");
      tar = source.baseBackup("tar", "-Ft", "-Xs", "--compress=server-zstd:level=1,long");
      plain = source.baseBackup("plain", "-Fp", "-Xs");
    }
    for (Path backup : List.of(tar, plain)) {
      Report report =
          TestEnvironment.verify(TestEnvironment.request(backup, FRESHNESS, IN_TABLESPACES));
      assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
      assertThat(report.backup().manifest()).isNotNull();
    }
    assertThat(tar)
        .isDirectoryContaining(file -> file.getFileName().toString().matches("[0-9]+\\.tar\\.zst"));
  }

  private static Check check(Report report, String name) {
    return report.coverage().checks().stream()
        .filter(check -> check.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** A copy for the caller to damage, links as they are. */
  private Path copy(String name) throws Exception {
    Path copy = place.resolve(name);
    assertThat(
            new ProcessBuilder("cp", "-a", backups.resolve(name).toString(), copy.toString())
                .start()
                .waitFor())
        .isZero();
    return copy;
  }

  private static VerificationRequest with(VerificationRequest request, Path archive) {
    return RequestBuilder.from(request).walArchive(Optional.of(archive)).build();
  }
}
