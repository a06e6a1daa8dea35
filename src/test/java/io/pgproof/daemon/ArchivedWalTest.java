package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.Remains;
import io.pgproof.RequestBuilder;
import io.pgproof.TestEnvironment;
import io.pgproof.command.Trees;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.demo.SourceOptions;
import io.pgproof.proof.RecoveryTimeline;
import io.pgproof.proof.Report;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.target.VerificationRequest;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A backup whose source failed over to a standby afterwards: the archive goes on compressed under
 * plain names, on another timeline, with a tablespace and prepared transactions that the backup
 * does not know.
 */
@Tag("container")
class ArchivedWalTest {
  private static final String STANDBY_PORT = "5433";

  private static Path place;
  private static Path backup;

  @BeforeAll
  static void failOver() throws Exception {
    place = TestEnvironment.state().path().resolve("archived");
    Trees.remove(place);
    SourceOptions options =
        SourceOptions.standard()
            .withInitdb("--wal-segsize=1")
            .withBackupDirectory(place)
            .with("archive_mode", "on")
            .with("archive_command", "gzip < %p > /pgproof/out/wal/%f");
    try (SourceDatabase source = TestEnvironment.source(15, "archived", options)) {
      run(source, "mkdir /pgproof/out/wal /pgproof/out/late");
      source.fill(100);
      backup = source.baseBackup("backup", "-Ft", "-Xn");
      String bin = source.image().binDirectory();
      run(
          source,
          """
          exec >/tmp/standby.out 2>&1
          %1$s/pg_basebackup --host=/pgproof/socket --username=postgres --checkpoint=fast --write-recovery-conf -Xs --pgdata=/tmp/standby
          cat >> /tmp/standby/postgresql.auto.conf <<'END'
          port = %2$s
          listen_addresses = ''
          unix_socket_directories = '/pgproof/socket'
          max_prepared_transactions = 5
          archive_mode = on
          archive_command = 'gzip < %%p > /pgproof/out/wal/%%f'
          END
          %1$s/pg_ctl --pgdata=/tmp/standby --log=/tmp/standby.log --wait start
          %1$s/pg_ctl --pgdata=/tmp/standby --wait promote
          %1$s/psql --host=/pgproof/socket --port=%2$s --username=postgres -XAtq -v ON_ERROR_STOP=1 <<'END'
          create tablespace late location '/pgproof/out/late';
          create table moved tablespace late as select 1 i;
          create table held(i int);
          begin;
          insert into held values (1);
          prepare transaction 'held';
          END
          %1$s/pg_ctl --pgdata=/tmp/standby --mode=fast --wait stop
          """
              .formatted(bin, STANDBY_PORT));
    }
  }

  private static void run(SourceDatabase source, String script) {
    Sandbox.Ended ended = source.run("/bin/sh", "-ec", script);
    assertThat(ended.status()).as(ended.out() + ended.err()).isZero();
  }

  @AfterEach
  void nothingIsLeft() {
    Remains.assertNone(TestEnvironment.state());
  }

  @AfterAll
  static void removePlace() throws Exception {
    Trees.remove(place);
  }

  @Test
  void recoveryFollowsAFailoverWithNewTablespacesAndRaisedSettings() {
    Report report =
        TestEnvironment.verify(
            along(
                Optional.empty(),
                "select count(*) = 1 from moved",
                "select count(*) = 1 from pg_prepared_xacts"));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.recovery().timelines()).containsExactly(1, 2);
    assertThat(report.coverage().notes())
        .anyMatch(note -> note.contains("at /pgproof/out/late: pgproof created an empty directory"))
        .anyMatch(
            note ->
                note.startsWith(
                    "recovery followed the WAL archive from timeline 1 of the backup to timeline 2"));
  }

  @Test
  void recoveryFollowsTheBackupsOwnTimelineOnRequest() {
    Report report =
        TestEnvironment.verify(
            along(Optional.of(RecoveryTimeline.CURRENT), "select to_regclass('moved') is null"));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.recovery().timelines()).containsExactly(1);
  }

  private static VerificationRequest along(
      Optional<RecoveryTimeline> timeline, String... assertions) {
    VerificationRequest request =
        TestEnvironment.request(backup, SourceDatabase.FRESHNESS_QUERY, assertions);
    return RequestBuilder.from(request)
        .walArchive(Optional.of(place.resolve("wal")))
        .timeline(timeline)
        .build();
  }
}
