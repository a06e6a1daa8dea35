package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditCommandTest {
  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "many"})
  void aLimitBelowOneIsWrongUsage(String limit, @TempDir Path place) {
    Path state = place.resolve("state");
    assertThat(Main.run("audit", "list", "--limit", limit, "--state", state.toString()))
        .isEqualTo(2);
    assertThat(state).doesNotExist();
  }

  @Test
  void aMissingCommandIsWrongUsage() {
    assertThat(Main.run("audit")).isEqualTo(2);
  }
}
