package io.pgproof.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.backup.format.PostgresVersion;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SourceOptionsTest {

  @Test
  void checksumsAreOnByDefault() {
    assertThat(SourceOptions.standard().initdb(PostgresVersion.V13)).contains("--data-checksums");
    assertThat(SourceOptions.standard().withoutChecksums().initdb(PostgresVersion.V17))
        .doesNotContain("--data-checksums", "--no-data-checksums");
    assertThat(SourceOptions.standard().withoutChecksums().initdb(PostgresVersion.V18))
        .contains("--no-data-checksums");
  }

  @Test
  void initdbArgumentsFollowTheStandardOnes() {
    assertThat(
            SourceOptions.standard()
                .withInitdb("--locale=C", "--wal-segsize=1")
                .initdb(PostgresVersion.V15))
        .containsSubsequence("--locale=en_US.UTF-8", "--locale=C", "--wal-segsize=1");
  }

  @Test
  void settingsAreQuotedForPostgresqlConf() {
    assertThat(SourceOptions.standard().with("archive_command", "cp '%p' /tmp").postgresqlConf())
        .contains("archive_command = 'cp ''%p'' /tmp'\n")
        .contains("wal_level = 'replica'\n");
  }

  @Test
  void aPathTooLongForASocketIsRefused() {
    Path deep = Path.of("/var/tmp/" + "d".repeat(90));

    assertThatThrownBy(() -> new SourceDirectory(deep, deep.resolve("out")))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("107 bytes")
        .hasMessageContaining(deep.toString());
  }
}
