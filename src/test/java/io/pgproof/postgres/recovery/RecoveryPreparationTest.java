package io.pgproof.postgres.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.backup.wal.ReplayPlan;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryPreparationTest {
  @TempDir Path temp;
  private Path data;
  private Path settings;

  @BeforeEach
  void restored() throws IOException {
    data = Files.createDirectory(temp.resolve("data"));
    settings = temp.resolve("settings");
    Files.writeString(data.resolve("backup_label"), "START WAL LOCATION: 0/2000028\n");
  }

  @Test
  void filesOfStandbysAndEarlierRecoveriesAreRemoved() throws IOException {
    List<String> leftovers =
        List.of(
            "recovery.conf",
            "recovery.done",
            "standby.signal",
            "promote",
            "fallback_promote",
            "postmaster.pid",
            "postmaster.opts");
    for (String name : leftovers) {
      Files.writeString(data.resolve(name), "primary_conninfo = 'host=production'\n");
    }
    Files.writeString(
        data.resolve("postgresql.auto.conf"), "archive_command = 'scp %p production:'\n");
    Files.createDirectories(data.resolve("pg_replslot/slot"));
    Files.writeString(data.resolve("pg_replslot/slot/state"), "state");

    RecoveryPreparation.prepare(order(PostgresVersion.V15, false));

    assertThat(leftovers).noneMatch(name -> Files.exists(data.resolve(name)));
    assertThat(data.resolve("postgresql.auto.conf")).isEmptyFile();
    assertThat(data.resolve("recovery.signal")).isEmptyFile();
    assertThat(data.resolve("backup_label")).isNotEmptyFile();
    assertThat(data.resolve("pg_replslot")).isEmptyDirectory();
  }

  @Test
  void aLinkedSettingsFileIsReplacedAndNotWrittenThrough() throws IOException {
    Path outside = Files.writeString(temp.resolve("outside"), "untouched");
    Files.createSymbolicLink(data.resolve("postgresql.auto.conf"), outside);
    RecoveryPreparation.prepare(order(PostgresVersion.V15, false));
    assertThat(outside).hasContent("untouched");
    assertThat(Files.isSymbolicLink(data.resolve("postgresql.auto.conf"))).isFalse();
  }

  @Test
  void version11GetsARecoveryFileAndNoSignal() throws IOException {
    Files.writeString(
        data.resolve("recovery.conf"), "standby_mode = on\nprimary_conninfo = 'host=production'\n");
    RecoveryPreparation.prepare(order(PostgresVersion.V11, false));
    assertThat(data.resolve("recovery.conf")).hasContent("restore_command = 'false'");
    assertThat(data.resolve("recovery.signal")).doesNotExist();
    assertThat(Files.readString(settings.resolve("postgresql.conf")))
        .doesNotContain("restore_command", "recovery_target", "primary_conninfo");
  }

  @Test
  void aLaterTimelineIsRequestedByNumberInEveryVersion() throws IOException {
    ReplayPlan replayPlan =
        new ReplayPlan(
            ReplayPlan.followTimeline(2).path(),
            Optional.of(2),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            new ReplayPlan.Raised(200, 7, 128));
    for (PostgresVersion version : List.of(PostgresVersion.V10, PostgresVersion.V11)) {
      RecoveryPreparation.prepare(order(version, true, replayPlan));
      assertThat(data.resolve("recovery.conf"))
          .content()
          .contains("recovery_target_timeline = '2'");
      Files.delete(data.resolve("recovery.conf"));
    }
    for (PostgresVersion version : List.of(PostgresVersion.V12, PostgresVersion.V15)) {
      assertThat(RecoverySettings.commandLine(order(version, true, replayPlan)))
          .containsEntry("recovery_target_timeline", "2");
    }
    Map<String, String> settings =
        RecoverySettings.file(order(PostgresVersion.V15, true, replayPlan));
    assertThat(settings).containsEntry("max_prepared_transactions", "7");
    assertThat(Integer.parseInt(settings.get("max_locks_per_transaction")) * (20 + 7))
        .isGreaterThanOrEqualTo(128 * 207);
  }

  @Test
  void tablespacesCreatedInTheWalGetDirectories() throws IOException {
    Path rootfs = Files.createDirectories(temp.resolve("rootfs"));
    Files.createDirectories(rootfs.resolve("srv"));
    Files.createDirectories(rootfs.resolve("var/lib/postgresql/.config"));
    Files.createSymbolicLink(rootfs.resolve("var/run"), Path.of("/run"));
    Map<String, String> created =
        Map.ofEntries(
            Map.entry("16401", "/srv/one"),
            Map.entry("16402", "/var/lib/postgresql/two"),
            Map.entry("16403", "/srv/one"),
            Map.entry("16404", "/srv"),
            Map.entry("16405", "/pgproof/data/base"),
            Map.entry("16406", "/pgproof"),
            Map.entry("16407", "/usr/lib/postgresql/ts"),
            Map.entry("16408", "/var/lib/postgresql"),
            Map.entry("16409", "/srv/../etc"),
            Map.entry("16410", "/var/run/ts"),
            Map.entry("16411", "relative"),
            Map.entry("16412", "/"),
            Map.entry("16413", "/srv/line\nbreak"),
            Map.entry("16414", "/pgproof/out/ts"),
            Map.entry("16415", "/srv//twice"));
    ReplayPlan replayPlan =
        new ReplayPlan(
            ReplayPlan.followTimeline(1).path(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            created,
            ReplayPlan.Raised.NOTHING);

    assertThat(CreatedTablespaces.directories(replayPlan, rootfs))
        .containsExactly(
            Map.entry("/pgproof/out/ts", "16414"),
            Map.entry("/srv", "16404"),
            Map.entry("/srv/one", "16403"),
            Map.entry("/var/lib/postgresql/two", "16402"));
  }

  @Test
  void aMissingLabelIsTheBackupsFault() throws IOException {
    Files.delete(data.resolve("backup_label"));
    assertThatThrownBy(() -> RecoveryPreparation.prepare(order(PostgresVersion.V15, false)))
        .asInstanceOf(InstanceOfAssertFactories.type(FindingException.class))
        .satisfies(e -> assertThat(e.finding().reason()).isEqualTo(Reason.INCONSISTENT));
  }

  @Test
  void tablespaceLinksStayUnchanged() throws IOException {
    Files.createDirectory(data.resolve("pg_tblspc"));
    Files.createSymbolicLink(
        data.resolve("pg_tblspc/16401"), Path.of("/pgproof/tablespaces/16401"));
    Files.writeString(data.resolve("tablespace_map"), "16401 /srv/production/far\n");
    RecoveryPreparation.prepare(order(PostgresVersion.V15, false));
    assertThat(data.resolve("tablespace_map")).hasContent("16401 /pgproof/tablespaces/16401");
  }

  @Test
  void aMissingTablespaceIsIncomplete() throws IOException {
    Files.writeString(data.resolve("tablespace_map"), "16401 /srv/production/far\n");
    assertThatThrownBy(() -> RecoveryPreparation.prepare(order(PostgresVersion.V15, false)))
        .asInstanceOf(InstanceOfAssertFactories.type(FindingException.class))
        .satisfies(
            e -> {
              assertThat(e.finding().reason()).isEqualTo(Reason.BACKUP_INCOMPLETE);
              assertThat(e.finding().message()).contains("16401");
            });
  }

  @Test
  void aRepeatedPreparationGivesTheSame() throws IOException {
    RecoveryPreparation.prepare(order(PostgresVersion.V15, true));
    String first = Files.readString(settings.resolve("postgresql.conf"));
    RecoveryPreparation.prepare(order(PostgresVersion.V15, true));
    assertThat(settings.resolve("postgresql.conf")).hasContent(first.strip());
  }

  @Test
  void onlyTheServerCanReadTheSettings() throws IOException {
    RecoveryPreparation.prepare(order(PostgresVersion.V15, false));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(settings)))
        .isEqualTo("rwx------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
        .isEqualTo("rwx------");
    assertThat(settings.resolve("pg_hba.conf")).hasContent("local all all trust");
  }

  @Test
  void unknownSettingsOfAVersionAreNotWritten() {
    assertThat(RecoverySettings.file(order(PostgresVersion.V10, false)))
        .doesNotContainKeys("jit", "recovery_target", "archive_library");
    assertThat(RecoverySettings.file(order(PostgresVersion.V13, false)))
        .containsKeys("log_parameter_max_length", "promote_trigger_file", "restore_command")
        .doesNotContainKeys("archive_library", "event_triggers", "log_startup_progress_interval");
    assertThat(RecoverySettings.file(order(PostgresVersion.V16, false)))
        .doesNotContainKeys("promote_trigger_file", "event_triggers");
    assertThat(RecoverySettings.file(order(PostgresVersion.V17, false)))
        .containsEntry("event_triggers", "off")
        .doesNotContainKeys("db_user_namespace", "promote_trigger_file");
  }

  @Test
  void settingsThatWouldActAreAlsoOnTheCommandLine() {
    assertThat(RecoverySettings.commandLine(order(PostgresVersion.V17, false)))
        .containsEntry("archive_mode", "off")
        .containsEntry("archive_command", "")
        .containsEntry("archive_library", "")
        .containsEntry("primary_conninfo", "")
        .containsEntry("listen_addresses", "")
        .containsEntry("shared_preload_libraries", "")
        .containsEntry("synchronous_standby_names", "")
        .containsEntry("max_logical_replication_workers", "0")
        .containsEntry("cron.launch_active_jobs", "off")
        .containsEntry("recovery_target_timeline", "current")
        .containsEntry("log_min_error_statement", "panic")
        .containsEntry("log_error_verbosity", "terse");
  }

  @Test
  void settingsFitLargeSegmentsAndManyLocksOfTheSource() {
    ControlFile control =
        new ControlFile(
            "1",
            1300,
            new Lsn(1),
            Instant.EPOCH,
            1,
            1000,
            8,
            10,
            50,
            256,
            8192,
            131_072,
            1 << 30,
            true);
    var settings =
        RecoverySettings.file(
            new RecoveryRequest(
                data, this.settings, PostgresVersion.V15, control, 0, 0, true, "/bin"));
    assertThat(settings)
        .containsEntry("min_wal_size", "2048MB")
        .containsEntry("max_wal_size", "8192MB")
        .containsEntry("max_prepared_transactions", "50");
    int locks = Integer.parseInt(settings.get("max_locks_per_transaction"));
    assertThat(locks * (20 + 50)).isBetween(256 * 1050, 256 * 1050 + 70);
  }

  private RecoveryRequest order(PostgresVersion version, boolean archive) {
    return order(version, archive, ReplayPlan.followTimeline(1));
  }

  private RecoveryRequest order(PostgresVersion version, boolean archive, ReplayPlan replayPlan) {
    ControlFile control =
        new ControlFile(
            "1",
            1300,
            new Lsn(1),
            Instant.EPOCH,
            1,
            100,
            8,
            10,
            0,
            64,
            8192,
            131_072,
            16 << 20,
            true);
    try {
      int uid = (Integer) Files.getAttribute(temp, "unix:uid");
      int gid = (Integer) Files.getAttribute(temp, "unix:gid");
      return new RecoveryRequest(
          data,
          settings,
          version,
          control,
          uid,
          gid,
          archive,
          "/usr/lib/postgresql/bin",
          replayPlan);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
