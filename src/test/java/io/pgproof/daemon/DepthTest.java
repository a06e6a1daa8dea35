package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.Remains;
import io.pgproof.TestEnvironment;
import io.pgproof.command.Trees;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.demo.SourceOptions;
import io.pgproof.proof.Check;
import io.pgproof.proof.Check.Outcome;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Report;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How deep a backup is checked: what each depth covers of a sound one, and which finds what is
 * wrong with a damaged one.
 */
@Tag("container")
class DepthTest {
  private Path place;

  @BeforeEach
  void makePlace() throws IOException {
    place = TestEnvironment.state().path().resolve("depth");
    Trees.remove(place);
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    Trees.remove(place);
    Remains.assertNone(TestEnvironment.state());
  }

  @ParameterizedTest(name = "PostgreSQL {0}")
  @ValueSource(ints = {13, 15, 17, 18})
  void deepProvesASoundBackup(int major) {
    Set<String> told = new TreeSet<>();
    Reply reply =
        TestEnvironment.ask(
            new Request.Verify(
                TestEnvironment.at(
                    Depth.DEEP, TestEnvironment.request(TestEnvironment.backup(major)))),
            said -> {
              if (said instanceof Reply.Standing standing
                  && standing.standing().phase().equals("check")) {
                told.add(String.valueOf(standing.standing().note()));
              }
            });
    Report report = ((Reply.Verdict) reply).report();

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.coverage().checks())
        .extracting(Check::name)
        .containsSubsequence(
            "archive", "manifest", "recovery", "freshness", "indexes", "rows", "checksums");
    assertThat(report.coverage().checks()).extracting(Check::outcome).containsOnly(Outcome.PASSED);
    assertThat(detail(report, "indexes"))
        .matches(
            major < 14
                ? "\\d{3} indexes in 2 databases, every row looked up in its indexes"
                : "\\d{3} indexes and \\d{3} tables in 2 databases, every row looked up in its indexes");
    assertThat(detail(report, "rows"))
        .matches("every row of \\d{3} tables in 2 databases, 2 catalogs dumped");
    assertThat(detail(report, "checksums")).matches("\\d,\\d{3} pages after a clean stop");
    assertThat(report.coverage().notChecked())
        .contains("indexes: the database template0, which allows no connections");
    assertThat(told).anyMatch(note -> note.matches("(?:indexes|rows|checksums): .*"));
  }

  @Test
  void quickProvesAndReportsWhatItDidNotCheck() {
    Report report =
        TestEnvironment.verify(
            TestEnvironment.at(Depth.QUICK, TestEnvironment.request(TestEnvironment.backup(15))));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.coverage().checks())
        .extracting(Check::name)
        .containsExactly("archive", "manifest", "pages", "recovery", "freshness");
    assertThat(report.coverage().checks())
        .extracting(Check::outcome)
        .containsExactly(
            Outcome.PASSED, Outcome.SKIPPED, Outcome.SKIPPED, Outcome.PASSED, Outcome.PASSED);
    assertThat(report.backup().archives())
        .allSatisfy(archive -> assertThat(archive.sha256()).hasSize(64));
    assertThat(report.coverage().notChecked())
        .containsExactly(
            "whether each file matches backup_manifest, and the checksums of pages",
            "indexes and tables (amcheck)",
            "every row",
            "checksums of pages as recovery left them (pg_checksums)");
  }

  @Test
  void aDamagedIndexPageIsFoundAtStandardAndNotAtQuick() throws Exception {
    Path backup;
    SourceOptions options =
        SourceOptions.standard()
            .withoutChecksums()
            .with("autovacuum", "off")
            .withBackupDirectory(place);
    try (SourceDatabase source = TestEnvironment.source(15, "torn-index", options)) {
      source.fill(5_000);
      source.execute("checkpoint");
      Path index =
          source
              .dataDirectory()
              .resolve(source.query("select pg_relation_filepath('orders_customer')"));
      try (RandomAccessFile file = new RandomAccessFile(index.toFile(), "rw")) {
        // The first two line pointers of the second page, swapped: its items are no longer in
        // order.
        file.seek(8192 + 24 + 8);
        int second = file.readInt();
        int third = file.readInt();
        file.seek(8192 + 24 + 8);
        file.writeInt(third);
        file.writeInt(second);
      }
      backup = source.baseBackup("backup");
    }
    Report standard = TestEnvironment.verify(TestEnvironment.request(backup));
    assertThat(standard.verdict().word()).as(standard.toString()).isEqualTo("refuted");
    assertThat(standard.reason().code()).isEqualTo("index-corrupt");
    assertThat(standard.conclusion().message())
        .contains(
            "the index public.orders_customer of the database postgres", "item order invariant");
    assertThat(standard.conclusion().hint()).isNotBlank();
    assertThat(outcome(standard, "indexes")).isEqualTo("failed");

    Report quick =
        TestEnvironment.verify(TestEnvironment.at(Depth.QUICK, TestEnvironment.request(backup)));
    assertThat(quick.verdict().word()).as(quick.toString()).isEqualTo("proven");
    assertThat(quick.coverage().notChecked()).contains("indexes and tables (amcheck)");
  }

  @Test
  void aDamagedLongValueIsFoundAtDeep() {
    Path backup;
    try (SourceDatabase source =
        TestEnvironment.source(
            13, "torn-value", SourceOptions.standard().withBackupDirectory(place))) {
      source.fill(1_000);
      String toast =
          source.query("select reltoastrelid::regclass from pg_class where relname = 'orders'");
      source.execute("update pg_class set relkind = 'r' where oid = '" + toast + "'::regclass");
      source.execute(
          "delete from "
              + toast
              + " where chunk_seq = 1 and chunk_id = (select min(chunk_id) from "
              + toast
              + ")");
      source.execute("vacuum " + toast);
      source.execute("update pg_class set relkind = 't' where oid = '" + toast + "'::regclass");
      backup = source.baseBackup("backup");
    }
    // Before version 14, amcheck looks at no table.
    Report standard = TestEnvironment.verify(TestEnvironment.request(backup));
    assertThat(standard.verdict().word()).as(standard.toString()).isEqualTo("proven");
    assertThat(standard.coverage().notChecked()).contains("every row");

    Report deep =
        TestEnvironment.verify(TestEnvironment.at(Depth.DEEP, TestEnvironment.request(backup)));
    assertThat(deep.verdict().word()).as(deep.toString()).isEqualTo("refuted");
    assertThat(deep.reason().code()).isEqualTo("row-unreadable");
    assertThat(deep.conclusion().message())
        .contains("the table public.orders of the database postgres", "for toast value");
    assertThat(outcome(deep, "checksums")).isEqualTo("passed");
  }

  private static String detail(Report report, String name) {
    return report.coverage().checks().stream()
        .filter(check -> check.name().equals(name))
        .findFirst()
        .orElseThrow()
        .detail();
  }

  private static String outcome(Report report, String name) {
    return report.coverage().checks().stream()
        .filter(check -> check.name().equals(name))
        .findFirst()
        .orElseThrow()
        .outcome()
        .word();
  }
}
