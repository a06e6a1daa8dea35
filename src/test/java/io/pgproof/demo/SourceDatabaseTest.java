package io.pgproof.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgproof.Remains;
import io.pgproof.command.HostPrograms;
import io.pgproof.image.Image;
import io.pgproof.image.TestImages;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.sandbox.lxc.LxcSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("container")
class SourceDatabaseTest {
  private static final Sandbox SANDBOX = new LxcSandbox(new HostPrograms());
  private static Image image;

  private final String name = "pgproof-source-test-" + ProcessHandle.current().pid();
  private Path parent;
  private Path place;

  @BeforeAll
  static void haveAnImage() {
    image = TestImages.of(15, SANDBOX.firstHostId());
  }

  @BeforeEach
  void makePlace() throws IOException {
    parent = Files.createTempDirectory("pgproof-demo");
    place = parent.resolve("source");
  }

  @AfterEach
  void removePlace() throws IOException {
    SourceDatabase.remove(SANDBOX, name, place);
    new SourceDirectory(parent, parent).remove();
  }

  private SourceDatabase start(SourceOptions options) {
    return SourceDatabase.start(SANDBOX, image, name, place, options);
  }

  @Test
  void aBackupIsTakenWhileOrdersComeIn() throws IOException {
    try (SourceDatabase source = start(SourceOptions.standard())) {
      source.fill(2_000);
      Path backup;
      long before;
      long after;
      try (OrderWriter writer = source.startWriter()) {
        await().until(() -> writer.writtenRows() > 10);
        before = writer.writtenRows();
        backup = source.baseBackup("base");
        after = writer.writtenRows();
      }

      assertThat(after).isGreaterThan(before);
      assertThat(Long.parseLong(source.query("select count(*) from orders")))
          .isGreaterThanOrEqualTo(2_000 + after);
      assertThat(backup.toFile().list())
          .contains("base.tar.gz", "pg_wal.tar.gz", "backup_manifest");
      assertThat(Files.size(backup.resolve("base.tar.gz"))).isGreaterThan(1 << 20);
      assertThat(Files.readString(backup.resolve("backup_manifest"))).contains("\"WAL-Ranges\"");
      assertThat(source.run(image.binDirectory() + "/pg_verifybackup", "--version").out())
          .contains("15.");
    }
  }

  @Test
  void aClosedDatabaseLeavesNothing() throws IOException {
    SourceDatabase source = start(SourceOptions.standard());
    source.baseBackup("base");
    assertThat(processesThatMount(place)).isNotEmpty();

    source.close();
    source.close();

    assertThat(parent).isEmptyDirectory();
    // A hook that LXC starts as a container stops may outlive it by a moment.
    await().untilAsserted(() -> assertThat(processesThatName(name)).isEmpty());
    await().untilAsserted(() -> assertThat(processesThatMount(place)).isEmpty());
    assertThat(Remains.controlGroups(name)).isEmpty();
  }

  private static List<String> processesThatName(String text) {
    return ProcessHandle.allProcesses()
        .flatMap(process -> process.info().commandLine().stream())
        .filter(line -> line.contains(text))
        .toList();
  }

  /**
   * The server's own command line names no place of the host, but what it sees is mounted from
   * there.
   */
  private static List<Path> processesThatMount(Path directory) throws IOException {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .filter(
              process -> {
                try {
                  return Files.readString(process.resolve("mountinfo"))
                      .contains(directory.toString());
                } catch (IOException e) {
                  return false;
                }
              })
          .toList();
    }
  }

  @Test
  void theServerHasTheRequestedSettings() {
    try (SourceDatabase source =
        start(
            SourceOptions.standard()
                .withInitdb("--wal-segsize=1")
                .with("archive_mode", "on")
                .with("archive_command", "test -n '%p'"))) {
      assertThat(source.query("show data_checksums")).isEqualTo("on");
      assertThat(source.query("show wal_segment_size")).isEqualTo("1MB");
      assertThat(source.query("show wal_level")).isEqualTo("replica");
      assertThat(source.query("show listen_addresses")).isEmpty();
      assertThat(source.query("show archive_command")).isEqualTo("test -n '%p'");
      assertThat(
              source.query("select datcollate from pg_database where datname = current_database()"))
          .isEqualTo("en_US.UTF-8");
      assertThat(source.query("show server_encoding")).isEqualTo("UTF8");
    }
  }

  @Test
  void checksumsCanBeOff() {
    try (SourceDatabase source = start(SourceOptions.standard().withoutChecksums())) {
      assertThat(source.query("show data_checksums")).isEqualTo("off");
    }
  }

  @Test
  void theShopHasTheRequestedOrders() {
    try (SourceDatabase source = start(SourceOptions.standard())) {
      source.fill(1_000);

      assertThat(source.query("select count(*) from customers")).isEqualTo("100");
      assertThat(source.query("select count(*) from orders")).isEqualTo("1000");
      assertThat(source.query("select count(*) from order_lines")).isEqualTo("3000");
      assertThat(
              source.query(
                  "select now() - (" + SourceDatabase.FRESHNESS_QUERY + ") < interval '1 hour'"))
          .isEqualTo("t");
      assertThat(
              source.query(
                  "select pg_relation_size(reltoastrelid) > 0 from pg_class where relname = 'orders'"))
          .isEqualTo("t");
    }
  }

  @Test
  void aWalSwitchEndsTheCurrentSegment() {
    try (SourceDatabase source = start(SourceOptions.standard())) {
      String segment = source.query("select pg_walfile_name('" + source.currentLsn() + "')");
      source.execute("create table t (a int)");

      source.switchWal();
      source.execute("insert into t values (1)");

      assertThat(source.query("select pg_walfile_name(pg_current_wal_lsn())"))
          .isNotEqualTo(segment);
    }
  }

  @Test
  void keptBackupsOutliveTheDatabase() {
    Path kept = parent.resolve("backups");
    Path backup;
    try (SourceDatabase source = start(SourceOptions.standard().withBackupDirectory(kept))) {
      backup = source.baseBackup("plain", "--format=plain", "--wal-method=fetch");
    }

    assertThat(place).doesNotExist();
    assertThat(backup).isEqualTo(kept.resolve("plain"));
    assertThat(backup.resolve("PG_VERSION")).hasContent("15");
  }

  @Test
  void aFailedBackupReportsTheProgramsOutput() {
    try (SourceDatabase source = start(SourceOptions.standard())) {
      assertThatThrownBy(() -> source.baseBackup("base", "--no-such-option"))
          .isInstanceOf(SourceException.class)
          .hasMessageContaining("no-such-option");
    }
  }

  @Test
  void aServerThatDoesNotStartReportsWhyAndLeavesNothing() {
    assertThatThrownBy(() -> start(SourceOptions.standard().with("no_such_setting", "1")))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("no_such_setting");

    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void anExistingDirectoryIsRefusedAndKept() throws IOException {
    Files.createDirectories(place.resolve("data"));

    assertThatThrownBy(() -> start(SourceOptions.standard()))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining(place.toString());

    assertThat(place.resolve("data")).exists();
  }
}
