package io.pgproof.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.Bench;
import io.pgproof.Remains;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.demo.SourceOptions;
import io.pgproof.proof.Report;
import io.pgproof.state.Trees;
import java.io.ByteArrayInputStream;
import java.io.IOException;
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

/** Incremental backups of PostgreSQL 17, with all that they stand on. */
@Tag("container")
class IncrementalTest {
  private static final List<String> MEMBERS = List.of("full", "tuesday", "wednesday");
  private static Path chains;

  /** One chain of archives and one of plain backups, each full, incremental, incremental, with a tablespace. */
  @BeforeAll
  static void takeChains() throws IOException {
    chains = Bench.state().path().resolve("backups").resolve("chains");
    SourceOptions options = SourceOptions.standard().keepingBackupsIn(chains).with("summarize_wal", "on")
        .with("allow_in_place_tablespaces", "on");
    try (SourceDatabase source = Bench.source(17, "chain", options)) {
      source.fill(2_000);
      source.run("/bin/mkdir", "/tmp/elsewhere");
      source.execute("create tablespace elsewhere location '/tmp/elsewhere'");
      source.execute("create table moved tablespace elsewhere as select g as n, now() as at from generate_series(1, 5000) g");
      chain(source, "tar", "--format=tar", "--gzip");
      chain(source, "plain", "--format=plain", "--tablespace-mapping=/tmp/elsewhere=BACKUP-elsewhere");
    }
    for (String member : MEMBERS) {
      relink(chains.resolve("plain-" + member).resolve("pg_tblspc"), chains.resolve("plain-" + member + "-elsewhere"));
    }
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
    }
  }

  @AfterAll
  static void removeChains() throws IOException {
    Trees.remove(chains);
  }

  @AfterEach
  void nothingIsLeft() {
    Remains.assertNone(Bench.state());
  }

  @Test
  void aChainOfArchivesIsCombinedAndProven() {
    Report report = verify(chains.resolve("tar-wednesday"));

    assertThat(report.verdict()).as(report.toString()).isEqualTo("proven");
    assertThat(report.backup().format()).isEqualTo("incremental");
    assertThat(report.backup().archives()).extracting(Report.ArchiveFacts::file)
        .contains("tar-full/base.tar.gz", "tar-tuesday/base.tar.gz", "base.tar.gz", "pg_wal.tar.gz");
    assertThat(report.checks()).filteredOn(check -> check.name().equals("archive")).singleElement()
        .satisfies(check -> assertThat(check.detail()).contains("3 backups combined by pg_combinebackup"));
  }

  @Test
  void aPlainChainIsCombinedAndProvenAndNotWrittenTo() throws IOException {
    Path newest = chains.resolve("plain-wednesday");
    Object before = Files.getLastModifiedTime(newest.resolve("global"));

    Report report = verify(newest);

    assertThat(report.verdict()).as(report.toString()).isEqualTo("proven");
    assertThat(Files.getLastModifiedTime(newest.resolve("global"))).isEqualTo(before);
  }

  @Test
  void aMemberOfTheMiddleOfAChainIsProvenByItself() {
    Report report = Bench.verify(Bench.request(chains.resolve("tar-tuesday"), null, "select count(*) = 5500 from moved"));
    assertThat(report.verdict()).as(report.toString()).isEqualTo("proven");
  }

  @Test
  void aChainThatLacksABackupIsIncomplete(@TempDir Path place) throws IOException {
    copy(chains.resolve("tar-full"), place.resolve("full"));
    Path newest = copy(chains.resolve("tar-wednesday"), place.resolve("newest"));

    Report report = verify(newest);

    assertThat(report.verdict()).isEqualTo("refuted");
    assertThat(report.reason()).isEqualTo("backup-incomplete");
    assertThat(report.message()).contains("is an incremental backup on one that starts at");
  }

  @Test
  void aDamagedAncestorRefutesTheBackupThatStandsOnIt(@TempDir Path place) throws IOException {
    copy(chains.resolve("tar-full"), place.resolve("full"));
    Path base = copy(chains.resolve("tar-tuesday"), place.resolve("tuesday")).resolve("base.tar.gz");
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

    assertThat(report.verdict()).as(report.toString()).isEqualTo("refuted");
    assertThat(report.reason()).isIn("archive-corrupt", "manifest-mismatch");
  }

  private static Optional<byte[]> unzipped(byte[] archive) {
    try (GZIPInputStream content = new GZIPInputStream(new ByteArrayInputStream(archive))) {
      return Optional.of(content.readAllBytes());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Path copy(Path backup, Path copy) throws IOException {
    return Files.move(Bench.copy(backup, copy.resolveSibling(copy.getFileName() + ".new")), copy);
  }

  private static Report verify(Path backup) {
    return Bench.verify(Bench.request(backup, null, "select count(*) >= 6000 from moved", "select count(*) >= 2000 from orders"));
  }
}
