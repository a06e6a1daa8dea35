package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.Remains;
import io.pgproof.TestEnvironment;
import io.pgproof.command.Trees;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.demo.SourceOptions;
import io.pgproof.proof.Report;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Incremental backups, with all that they stand on. */
@Tag("container")
class IncrementalTest {
  private static final List<String> MEMBERS = List.of("full", "tuesday", "wednesday");
  private static Path chains;
  private static Path copies;
  private static Taken of17;
  private static Taken of18;

  /**
   * @param orders the file of that table, below the data directory
   */
  private record Taken(Path directory, String orders) {}

  /**
   * One chain of archives and one of plain backups, each full, incremental, incremental, with a
   * tablespace.
   */
  @BeforeAll
  static void takeChains() throws IOException {
    chains = TestEnvironment.state().path().resolve("backups").resolve("chains");
    copies = chains.resolveSibling("chain-copied");
    try (SourceDatabase source = TestEnvironment.source(17, "chain", options(chains))) {
      source.fill(2_000);
      of17 = new Taken(chains, source.query("select pg_relation_filepath('orders')"));
      source.run("/bin/mkdir", "/tmp/elsewhere");
      source.execute("create tablespace elsewhere location '/tmp/elsewhere'");
      source.execute(
          "create table moved tablespace elsewhere as select g as n, now() as at from generate_series(1, 5000) g");
      chain(source, "tar", "--format=tar", "--gzip");
      chain(
          source,
          "plain",
          "--format=plain",
          "--tablespace-mapping=/tmp/elsewhere=BACKUP-elsewhere");
    }
    for (String member : MEMBERS) {
      relink(
          chains.resolve("plain-" + member).resolve("pg_tblspc"),
          chains.resolve("plain-" + member + "-elsewhere"));
    }
  }

  /** A chain of plain backups of the newest version, without a tablespace. */
  @BeforeAll
  static void takeAChainOf18() {
    Path directory = TestEnvironment.state().path().resolve("backups").resolve("chains-of-18");
    try (SourceDatabase source = TestEnvironment.source(18, "chain-18", options(directory))) {
      source.fill(2_000);
      of18 = new Taken(directory, source.query("select pg_relation_filepath('orders')"));
      source.execute(
          "create table moved as select g as n, now() as at from generate_series(1, 5000) g");
      chain(source, "plain", "--format=plain");
    }
  }

  private static SourceOptions options(Path directory) {
    return SourceOptions.standard()
        .withBackupDirectory(directory)
        .with("summarize_wal", "on")
        .with("autovacuum", "off")
        .with("allow_in_place_tablespaces", "on");
  }

  /** The links of a plain backup hold paths as its container saw them. */
  private static void relink(Path links, Path tablespace) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.list(links)) {
      all = files.toList();
    }
    for (Path link : all) {
      Files.delete(link);
      Files.createSymbolicLink(link, tablespace);
    }
  }

  private static void chain(SourceDatabase source, String name, String... format) {
    String before = null;
    for (String member : MEMBERS) {
      String backup = name + "-" + member;
      List<String> arguments = new ArrayList<>(List.of(format));
      arguments.replaceAll(argument -> argument.replace("BACKUP", source.inside(backup)));
      arguments.add("--wal-method=stream");
      if (before != null) {
        arguments.add("--incremental=" + source.inside(before) + "/backup_manifest");
      }
      source.baseBackup(backup, arguments.toArray(String[]::new));
      before = backup;
      source.execute("update moved set at = now() where n % 10 = 0");
      source.execute("insert into moved select 100000 + g, now() from generate_series(1, 500) g");
      // The first page of this table comes anew with tuesday, the last ones with wednesday, those
      // between with the full one alone.
      source.execute(
          "update orders set status = 'paid' where id "
              + (member.equals("full") ? "<= 50" : "> 1950"));
    }
  }

  @AfterAll
  static void removeChains() throws IOException {
    Trees.remove(chains);
    Trees.remove(of18.directory());
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    Trees.remove(copies);
    Remains.assertNone(TestEnvironment.state());
  }

  @Test
  void aChainOfArchivesIsCombinedAndProven() {
    Report report = verify(chains.resolve("tar-wednesday"));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.backup().format()).isEqualTo("incremental");
    assertThat(report.backup().archives())
        .extracting(Report.ArchiveFacts::file)
        .contains(
            "tar-full/base.tar.gz", "tar-tuesday/base.tar.gz", "base.tar.gz", "pg_wal.tar.gz");
    assertThat(report.coverage().checks())
        .filteredOn(check -> check.name().equals("archive"))
        .singleElement()
        .satisfies(
            check -> assertThat(check.detail()).contains("3 backups combined by pg_combinebackup"));
  }

  @ParameterizedTest(name = "PostgreSQL {0}")
  @ValueSource(ints = {17, 18})
  void aPlainChainIsProvenAndStaysUnchanged(int major) throws IOException {
    Path newest = of(major).directory().resolve("plain-wednesday");
    Object before = Files.getLastModifiedTime(newest.resolve("global"));

    Report report = verify(newest);

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.coverage().checks())
        .filteredOn(check -> check.name().equals("pages"))
        .singleElement()
        .satisfies(
            check -> {
              assertThat(check.outcome().word()).isEqualTo("passed");
              assertThat(check.detail()).matches("\\d,\\d{3} pages in \\d{3} combined files");
            });
    assertThat(Files.getLastModifiedTime(newest.resolve("global"))).isEqualTo(before);
  }

  @Test
  void aBackupInTheMiddleOfAChainIsProven() {
    Report report =
        TestEnvironment.verify(
            TestEnvironment.request(
                chains.resolve("tar-tuesday"), null, "select count(*) = 5500 from moved"));
    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
  }

  @Test
  void aChainWithAMissingBackupIsIncomplete(@TempDir Path place) throws IOException {
    copy(chains.resolve("tar-full"), place.resolve("full"));
    Path newest = copy(chains.resolve("tar-wednesday"), place.resolve("newest"));

    Report report = verify(newest);

    assertThat(report.verdict().word()).isEqualTo("refuted");
    assertThat(report.reason().code()).isEqualTo("backup-incomplete");
    assertThat(report.conclusion().message())
        .contains("is an incremental backup that is based on one that starts at");
  }

  @Test
  void aDamagedAncestorRefutesTheBackup(@TempDir Path place) throws IOException {
    copy(chains.resolve("tar-full"), place.resolve("full"));
    Path base =
        copy(chains.resolve("tar-tuesday"), place.resolve("tuesday")).resolve("base.tar.gz");
    Path newest = copy(chains.resolve("tar-wednesday"), place.resolve("wednesday"));
    byte[] bytes = Files.readAllBytes(base);
    byte[] sound = unzipped(bytes).orElseThrow();
    // In a run of zeros a changed distance may decode to the same bytes, which is no damage.
    int at = bytes.length / 2;
    bytes[at] ^= 1;
    while (unzipped(bytes).filter(decoded -> Arrays.equals(decoded, sound)).isPresent()) {
      bytes[at++] ^= 1;
      bytes[at] ^= 1;
    }
    Files.write(base, bytes);

    Report report = verify(newest);

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("refuted");
    assertThat(report.reason().code()).isIn("archive-corrupt", "manifest-mismatch");
  }

  @ParameterizedTest(name = "PostgreSQL {0}, {1}, manifest {2}")
  @CsvSource({
    "17, full, kept",
    "17, full, gone",
    "17, tuesday, gone",
    "17, wednesday, gone",
    "18, tuesday, kept",
    "18, wednesday, gone"
  })
  void aDamagedPageThatIsCombinedRefutesTheBackup(int major, String member, String manifest)
      throws Exception {
    Report report = verifyFlipped(major, member, member.equals("full") ? 10 : 0, manifest);

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("refuted");
    assertThat(report.reason().code())
        .as(report.toString())
        .isEqualTo(manifest.equals("kept") ? "manifest-mismatch" : "page-checksum");
    assertThat(report.conclusion().message())
        .contains(
            manifest.equals("kept") ? copies.resolve(member) + ": base/" : of(major).orders());
  }

  @Test
  void aChainWithoutManifestsIsProven() throws Exception {
    copyPlain(17);
    for (String member : MEMBERS) {
      Files.delete(copies.resolve(member).resolve("backup_manifest"));
    }
    Report report = verify(copies.resolve("wednesday"));
    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.coverage().notChecked())
        .anyMatch(open -> open.endsWith("because there is no backup_manifest"));
  }

  @Test
  void aDamagedPageThatALaterBackupReplacesIsNoFault() throws Exception {
    Report report = verifyFlipped(17, "full", 0, "gone");
    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
  }

  /**
   * @param page among those of the table {@code orders} that the member brings
   */
  private static Report verifyFlipped(int major, String member, int page, String manifest)
      throws Exception {
    copyPlain(major);
    Path relation = copies.resolve(member).resolve(of(major).orders());
    boolean full = member.equals("full");
    // The header of an incremental file is filled up to a page.
    try (RandomAccessFile file =
        new RandomAccessFile(
            (full ? relation : relation.resolveSibling("INCREMENTAL." + relation.getFileName()))
                .toFile(),
            "rw")) {
      int at = (full ? page : page + 1) * 8192 + 5000;
      file.seek(at);
      int flipped = file.read() ^ 0x10;
      file.seek(at);
      file.write(flipped);
    }
    if (manifest.equals("gone")) {
      Files.delete(copies.resolve(member).resolve("backup_manifest"));
    }
    return verify(copies.resolve("wednesday"));
  }

  private static void copyPlain(int major) throws Exception {
    Files.createDirectory(copies);
    for (String member : MEMBERS) {
      Path from = of(major).directory().resolve("plain-" + member);
      assertThat(
              new ProcessBuilder("cp", "-a", from.toString(), copies.resolve(member).toString())
                  .start()
                  .waitFor())
          .isZero();
    }
  }

  private static Taken of(int major) {
    return major == 17 ? of17 : of18;
  }

  private static Optional<byte[]> unzipped(byte[] archive) {
    try (GZIPInputStream content = new GZIPInputStream(new ByteArrayInputStream(archive))) {
      return Optional.of(content.readAllBytes());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Path copy(Path backup, Path copy) throws IOException {
    return Files.move(
        TestEnvironment.copy(backup, copy.resolveSibling(copy.getFileName() + ".new")), copy);
  }

  private static Report verify(Path backup) {
    return TestEnvironment.verify(
        TestEnvironment.request(
            backup,
            null,
            "select count(*) >= 6000 from moved",
            "select count(*) >= 2000 from orders"));
  }
}
