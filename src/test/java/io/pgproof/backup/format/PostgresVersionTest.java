package io.pgproof.backup.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.BuildDirectory;
import io.pgproof.backup.restore.CraftedBackup;
import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.ProgramResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of the table, compared with files and servers of the versions themselves. */
class PostgresVersionTest {
  /** A comparison with a version's number, or the use of a row, outside the table. */
  private static final Pattern BY_HAND =
      Pattern.compile(
          "(?i)major(?:\\(\\))?\\s*(?:[<>]=?|[=!]=)\\s*\\d\\d|\\d\\d\\s*[<>]=?\\s*(?:\\w+\\.)?major\\b|PostgresVersion\\.V\\d");

  private static final HostPrograms PROGRAMS = new HostPrograms();

  @TempDir Path place;

  @Test
  void versionsAreListedInOrder() {
    int major = PostgresVersion.OLDEST.major();
    for (PostgresVersion version : PostgresVersion.values()) {
      assertThat(version.major()).isEqualTo(major++);
      assertThat(PostgresVersion.of(version.major())).contains(version);
      assertThat(PostgresVersion.parse(String.valueOf(version.major()))).contains(version);
      assertThat(version).hasToString("PostgreSQL " + version.major());
    }
    assertThat(PostgresVersion.known()).isEqualTo("PostgreSQL 10 to 18");
    assertThat(PostgresVersion.knownWithManifest()).isEqualTo("PostgreSQL 13 to 18");
    assertThat(PostgresVersion.manifestVersions()).containsExactly(1, 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "9", "9.6", "19", "99999", "fifteen"})
  void anotherVersionIsUnknown(String text) {
    assertThat(PostgresVersion.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aRowHasTheFormatsOfItsVersion(PostgresVersion version) {
    ControlFile control = ControlFile.parse(CraftedBackup.resource("control/" + version.major()));
    assertThat(control.controlVersion()).isEqualTo(version.controlFileVersion());
    assertThat(control.maxWalSenders() > 0).isEqualTo(version.recordsWalSenders());
    assertThat(WalPage.parse(CraftedBackup.resource("wal/" + version.major())))
        .map(WalPage::version)
        .contains(version);
  }

  @Test
  void noTwoRowsAddOrRemoveTheSameSetting() {
    for (Stream<String> names :
        List.of(
            rows().flatMap(row -> row.addedSettings().stream()),
            rows().flatMap(row -> row.removedSettings().stream()))) {
      assertThat(names).doesNotHaveDuplicates();
    }
    assertThat(PostgresVersion.V15.hasSetting("promote_trigger_file")).isTrue();
    assertThat(PostgresVersion.V16.hasSetting("promote_trigger_file")).isFalse();
    assertThat(PostgresVersion.V11.hasSetting("promote_trigger_file")).isFalse();
    assertThat(PostgresVersion.OLDEST.hasSetting("max_connections")).isTrue();
  }

  static Stream<PostgresVersion> served() {
    return rows()
        .filter(version -> Files.exists(fetched(version)) || Files.exists(server(version)));
  }

  @ParameterizedTest
  @MethodSource("served")
  void aRowHasTheSettingsOfItsServer(PostgresVersion version) throws IOException {
    Path postgres = server(version);
    Path share = Path.of("/usr/share/postgresql").resolve(String.valueOf(version.major()));
    if (Files.exists(fetched(version))) {
      run("tar", "-C", place.toString(), "-xJf", fetched(version).toString());
      postgres = place.resolve("bin/postgres");
      share = place.resolve("share/postgresql");
    }
    Path data = Files.createDirectory(place.resolve("data"));
    Files.createFile(data.resolve("postgresql.conf"));
    Set<String> settings = new HashSet<>();
    rows().forEach(row -> settings.addAll(row.addedSettings()));
    rows().forEach(row -> settings.addAll(row.removedSettings()));
    for (String setting : settings) {
      ProgramResult asked = run(postgres.toString(), "-C", setting, "-D", data.toString());
      assertThat(asked.succeeded()).as(asked.describe()).isEqualTo(version.hasSetting(setting));
    }

    String catalogs = Files.readString(share.resolve("postgres.bki"));
    assertThat(catalogs.contains("datcollversion")).isEqualTo(version.recordsDatabaseCollation());
    assertThat(catalogs.contains("collisdeterministic"))
        .isEqualTo(version.hasNondeterministicCollations());
    assertThat(catalogs.contains("indnkeyatts")).isEqualTo(version.hasIncludedColumns());
    assertThat(
            Pattern.compile("create pg_database [^\n]*\\s+\\(\\s+oid = oid")
                .matcher(catalogs)
                .find())
        .isEqualTo(version.hasOidColumns());

    StringBuilder amcheck = new StringBuilder();
    try (Stream<Path> scripts = Files.list(share.resolve("extension"))) {
      for (Path script :
          scripts.filter(file -> file.toString().matches(".*/amcheck--.*\\.sql")).toList()) {
        amcheck.append(Files.readString(script));
      }
    }
    assertThat(amcheck.indexOf("heapallindexed") > 0)
        .isEqualTo(version.amcheckFindsUnindexedRows());
    assertThat(amcheck.indexOf("verify_heapam") > 0).isEqualTo(version.amcheckChecksTables());
    assertThat(amcheck.indexOf("gin_index_check") > 0).isEqualTo(version.amcheckChecksGin());
  }

  @Test
  void atLeastSixVersionsHaveAServer() {
    assertThat(served()).hasSizeGreaterThanOrEqualTo(6);
  }

  @Test
  void noOtherClassComparesVersions() throws IOException {
    List<Path> comparing = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (BY_HAND.matcher(Files.readString(file)).find()) {
          comparing.add(file);
        }
      }
    }
    assertThat(comparing).isEmpty();
  }

  private static Stream<PostgresVersion> rows() {
    return Arrays.stream(PostgresVersion.values());
  }

  /** The server that Maven fetched for the tests. */
  private static Path fetched(PostgresVersion version) {
    return BuildDirectory.path("servers/" + version.major() + "/postgres-linux-x86_64.txz");
  }

  /** The server that Debian's package installs. */
  private static Path server(PostgresVersion version) {
    return Path.of("/usr/lib/postgresql/" + version.major() + "/bin/postgres");
  }

  private static ProgramResult run(String... line) {
    return PROGRAMS.run(new HostCommand(Duration.ofMinutes(1), line));
  }
}
