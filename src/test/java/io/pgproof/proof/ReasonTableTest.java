package io.pgproof.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page about reasons says what the registry says. */
class ReasonTableTest {
  private static final Path PAGE = Path.of("docs/reasons.md");

  @Test
  void thePageHasTheTableOfTheRegistry() throws IOException {
    assertThat(Files.readString(PAGE)).contains(table());
  }

  private static String table() {
    return Arrays.stream(Reason.values())
        .map(
            reason ->
                "| `"
                    + reason.code()
                    + "` | "
                    + verdict(reason)
                    + " | "
                    + reason.meaning()
                    + " | "
                    + (reason.hint().isEmpty() ? "–" : reason.hint())
                    + " |")
        .collect(
            Collectors.joining(
                "\n", "| reason | verdict | meaning | remedy |\n|---|---|---|---|\n", "\n"));
  }

  private static String verdict(Reason reason) {
    return switch (reason.fault()) {
      case NONE -> reason == Reason.FRESH ? "proven" : "none yet";
      case AGE -> "stale";
      case BACKUP -> "refuted";
      case ENVIRONMENT, PGPROOF -> "inconclusive";
      case USAGE -> "none, or inconclusive where nobody waits";
    };
  }
}
