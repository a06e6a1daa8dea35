package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.Remains;
import io.pgproof.RequestBuilder;
import io.pgproof.TestEnvironment;
import io.pgproof.command.Trees;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.demo.SourceOptions;
import io.pgproof.proof.Check;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Report;
import io.pgproof.target.VerificationRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Backups of a source that is set up unlike this machine's images: what differs is handled or
 * named, and blamed on nobody.
 */
@Tag("container")
class UnusualSourceTest {
  private static Path place;
  private static Path backup;
  private static Path withForeignLocale;

  @BeforeAll
  static void backedUp() throws IOException {
    place = TestEnvironment.state().path().resolve("odd");
    Trees.remove(place);
    SourceOptions options =
        SourceOptions.standard()
            .withBackupDirectory(place)
            .with("wal_level", "logical")
            .with("max_connections", "300")
            .with("max_prepared_transactions", "5")
            .with("max_locks_per_transaction", "200")
            .with("max_wal_senders", "30")
            .with("max_worker_processes", "20")
            .with("track_commit_timestamp", "on");
    try (SourceDatabase source = TestEnvironment.source(15, "odd-source", options)) {
      source.fill(500);
      // A slot waits for every transaction that is open, so it comes before the one that stays so.
      source.execute("select pg_create_logical_replication_slot('decoding', 'test_decoding')");
      source.execute("create table held(x int)");
      source.execute("begin; insert into held values (1); prepare transaction 'held'");
      source.execute("update pg_database set datcollversion = '2.28' where datname = 'postgres'");
      // What a server that is started anew would read: this one is not.
      append(
          source.dataDirectory().resolve("postgresql.auto.conf"),
          """
          shared_preload_libraries = 'pg_stat_statements, pg_cron,timescaledb'
          huge_pages = 'on'
          ssl = 'on'
          ssl_cert_file = '/etc/ssl/certs/of-the-source.pem'
          shared_buffers = '64GB'
          dynamic_library_path = '/opt/lib:$libdir'
          log_destination = 'syslog'
          external_pid_file = '/run/postgresql/15.pid'
          """);
      append(
          source.dataDirectory().resolve("postgresql.conf"),
          """
          include '/etc/postgresql/of-the-source.conf'
          include_dir 'conf.d'
          """);
      source.execute("create database foreign_locale");
      source.execute(
          "create role boss superuser login replication;"
              + " update pg_authid set rolname = 'no_longer_there' where rolname = 'postgres'");
      backup =
          source.baseBackup(
              "backup", "--format=tar", "--wal-method=stream", "--gzip", "--username=boss");
    }
    try (SourceDatabase source =
        TestEnvironment.source(
            15, "far-source", SourceOptions.standard().withBackupDirectory(place))) {
      source.fill(100);
      source.execute("create database foreign_locale");
      source.execute(
          "update pg_database set datcollate = 'xx_XX.UTF-8', datctype = 'xx_XX.UTF-8' where datname = 'foreign_locale'");
      source.execute("create function nap(int) returns int language sql immutable as 'select $1'");
      source.execute(
          "create table sleepers(id int); create index on sleepers (nap(id)); insert into sleepers values (1)");
      source.execute(
          "create or replace function nap(int) returns int language plpgsql immutable as"
              + " 'begin perform pg_catalog.pg_sleep(600); return $1; end'");
      withForeignLocale = source.baseBackup("far");
    }
  }

  @AfterEach
  void nothingIsLeft() {
    Remains.assertNone(TestEnvironment.state());
  }

  @AfterAll
  static void removePlace() throws IOException {
    Trees.remove(place);
  }

  @Test
  void settingsLibrariesAndCollationsOfAnotherMachineAreHandledOrNamed() {
    Report report =
        TestEnvironment.verify(
            as("boss", TestEnvironment.at(Depth.DEEP, TestEnvironment.request(backup))));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.coverage().checks())
        .filteredOn(check -> check.name().equals("recovery"))
        .extracting(Check::outcome)
        .containsExactly(Check.Outcome.MISMATCH);
    assertThat(report.coverage().checks())
        .filteredOn(check -> check.outcome().word().equals("mismatch"))
        .extracting(Check::detail)
        .satisfiesExactly(
            libraries ->
                assertThat(libraries)
                    .startsWith("consistent at ")
                    .endsWith(
                        "; the image lacks pg_cron (preloaded by the source, package"
                            + " postgresql-15-cron), timescaledb (preloaded by the source)"),
            collations ->
                assertThat(collations)
                    .contains(
                        "tables in 3 databases",
                        "the collation of the database has the version 2.28 in the backup and 2."));
  }

  @Test
  void aSuperuserOfAnotherNameConnectsWithItsOption() {
    Report report = TestEnvironment.verify(TestEnvironment.request(backup));
    assertThat(List.of(report.verdict().word(), report.reason().code()))
        .as(report.toString())
        .containsExactly("inconclusive", "query-failed");
    assertThat(report.conclusion().hint()).contains("--superuser");
    assertThat(report.coverage().notChecked())
        .contains("recovery, freshness, indexes: not reached, because the run ended earlier");
  }

  @Test
  void aDatabaseInAMissingLocaleIsNotChecked() {
    Report report = TestEnvironment.verify(TestEnvironment.request(withForeignLocale));
    assertThat(List.of(report.verdict().word(), report.reason().code()))
        .as(report.toString())
        .containsExactly("inconclusive", "collation-mismatch");
    assertThat(report.conclusion().message()).contains("locale", "the database foreign_locale");
    assertThat(report.conclusion().hint()).contains("locale");
    assertThat(report.coverage().checks())
        .filteredOn(check -> check.name().equals("indexes"))
        .extracting(Check::outcome)
        .containsExactly(Check.Outcome.MISMATCH);

    Report quick =
        TestEnvironment.verify(
            TestEnvironment.at(Depth.QUICK, TestEnvironment.request(withForeignLocale)));
    assertThat(quick.verdict().word()).as(quick.toString()).isEqualTo("proven");
    assertThat(quick.coverage().notChecked())
        .anyMatch(what -> what.startsWith("libraries of the database foreign_locale: "));
  }

  @Test
  void anEndlessCheckEndsAtTheDeadline() {
    VerificationRequest deep =
        TestEnvironment.at(Depth.DEEP, TestEnvironment.request(withForeignLocale));
    Report report =
        TestEnvironment.verify(
            RequestBuilder.from(deep).stayTimeout(Duration.ofSeconds(12)).build());
    assertThat(List.of(report.verdict().word(), report.reason().code()))
        .as(report.toString())
        .containsExactly("inconclusive", "deadline");
  }

  private static VerificationRequest as(String superuser, VerificationRequest request) {
    return RequestBuilder.from(request).superuser(superuser).build();
  }

  private static void append(Path file, String lines) throws IOException {
    Files.writeString(file, lines, StandardOpenOption.APPEND);
  }
}
