package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.Remains;
import io.pgproof.TestEnvironment;
import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.Trees;
import io.pgproof.demo.OrderWriter;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.demo.SourceOptions;
import io.pgproof.proof.Report;
import io.pgproof.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What differs from version to version: where a standby's settings lie, and what else a source may
 * be made with.
 */
@Tag("container")
class VersionsTest {
  private static final String STANDBY_PORT = "5433";

  private Path place;

  @BeforeEach
  void makePlace() throws IOException {
    place = TestEnvironment.state().path().resolve("versions");
    Trees.remove(place);
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    Trees.remove(place);
    Remains.assertNone(TestEnvironment.state());
  }

  @ParameterizedTest(name = "PostgreSQL {0}")
  @ValueSource(ints = {10, 11, 12, 16})
  void aBackupFromALaggingStandbyIsProven(int major) throws Exception {
    Path backup;
    try (SourceDatabase primary =
        TestEnvironment.source(
            major, "primary", SourceOptions.standard().withBackupDirectory(place))) {
      primary.fill(1_000);
      startStandby(primary, major);
      try (OrderWriter writer = primary.startWriter()) {
        backup =
            primary.baseBackup(
                "backup",
                "--port=" + STANDBY_PORT,
                "--format=tar",
                "--wal-method=stream",
                "--gzip");
        assertThat(writer.writtenRows()).isPositive();
      }
    }
    assertThat(member(backup, "backup_label")).contains("BACKUP FROM: standby");
    assertThat(member(backup, major < 12 ? "recovery.conf" : "postgresql.auto.conf"))
        .contains(
            "primary_conninfo", "primary_slot_name", "recovery_min_apply_delay", "no_such_command");

    Report report =
        TestEnvironment.verify(
            TestEnvironment.request(
                backup, SourceDatabase.FRESHNESS_QUERY, "select count(*) >= 1000 from orders"));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.recovery().timeline()).isEqualTo(1);
  }

  /**
   * In the primary's machine, for there is no network between two; left with all that a standby may
   * be told.
   */
  private void startStandby(SourceDatabase primary, int major) throws IOException {
    primary.query("select pg_create_physical_replication_slot('standby')");
    Path standby =
        primary.baseBackup(
            "standby",
            "--format=plain",
            "--wal-method=stream",
            "--slot=standby",
            "--write-recovery-conf");
    Files.writeString(
        standby.resolve(major < 12 ? "recovery.conf" : "postgresql.auto.conf"),
        "recovery_min_apply_delay = '1d'\nrestore_command = 'false'\narchive_cleanup_command = 'no_such_command'\n"
            + "recovery_end_command = 'no_such_command'\nrecovery_target_timeline = 'latest'\n"
            + (major < 12 ? "trigger_file" : major < 16 ? "promote_trigger_file" : "#")
            + " = '/pgproof/out/trigger'\n",
        StandardOpenOption.APPEND);
    String inside = primary.inside("standby");
    Sandbox.Ended started =
        primary.run(
            primary.image().binDirectory() + "/pg_ctl",
            "start",
            "--wait",
            "--timeout=60",
            "--pgdata=" + inside,
            "--log=" + inside + ".log",
            "--options=-c listen_addresses= -c unix_socket_directories=/pgproof/socket -c fsync=off -c port="
                + STANDBY_PORT);
    assertThat(started.status())
        .as(started.out() + Files.readString(Path.of(standby + ".log")))
        .isZero();
  }

  private static String member(Path backup, String name) {
    return new HostPrograms()
        .run(
            new HostCommand(
                Duration.ofMinutes(1),
                "tar",
                "--extract",
                "--to-stdout",
                "--file=" + backup.resolve("base.tar.gz"),
                name))
        .out();
  }

  @ParameterizedTest(name = "PostgreSQL {0}, WAL segments of {1} MB")
  @CsvSource({"10, 16", "11, 64", "16, 1"})
  void aBackupWithUnusualSettingsIsProven(int major, int segment) throws SQLException {
    Path backup;
    SourceOptions odd =
        SourceOptions.standard()
            .withoutChecksums()
            .withBackupDirectory(place)
            .with("max_prepared_transactions", "5");
    try (SourceDatabase source =
        TestEnvironment.source(
            major, "odd", segment == 16 ? odd : odd.withInitdb("--wal-segsize=" + segment))) {
      source.fill(1_000);
      try (Connection connection = source.connect();
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        statement.execute("delete from order_lines");
        statement.execute("prepare transaction 'left'");
      }
      backup = source.baseBackup("backup");
    }

    Report report =
        TestEnvironment.verify(
            TestEnvironment.request(
                backup,
                SourceDatabase.FRESHNESS_QUERY,
                "select count(*) = 1 from pg_prepared_xacts",
                "select count(*) = 3000 from order_lines",
                "select setting = '"
                    + segment
                    + "MB' from (select current_setting('wal_segment_size') as setting) as it"));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
  }

  @Test
  void aMissingLibraryIsNamedForEveryVersion() {
    Path backup;
    try (SourceDatabase source =
        TestEnvironment.source(
            10, "library", SourceOptions.standard().withBackupDirectory(place))) {
      source.fill(100);
      source.execute("create extension citext; create extension hstore");
      source.execute(
          "update pg_catalog.pg_proc set probin = '$libdir/absent' where probin = '$libdir/citext'");
      backup = source.baseBackup("backup");
    }

    Report report = TestEnvironment.verify(TestEnvironment.request(backup));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.coverage().checks())
        .filteredOn(check -> check.outcome().word().equals("mismatch"))
        .singleElement()
        .satisfies(
            check ->
                assertThat(check.detail())
                    .startsWith("consistent at ")
                    .endsWith("; the image lacks absent (of the database postgres)"));
  }
}
