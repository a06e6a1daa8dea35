package io.pgproof.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalTest {
  @TempDir Path place;

  /** Writes what it found to a file. */
  static final class Asked {
    public static void main(String[] arguments) throws Exception {
      Files.writeString(Path.of(arguments[0]), String.valueOf(Terminal.isStandardError()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'</dev/null >/dev/null', true",
    "'2>/dev/null', false",
    "'2>errors', false",
    "'</dev/null >/dev/null 2>&1', false"
  })
  void onlyStandardErrorDecidesAboutTheProgressLine(String redirected, boolean terminal)
      throws Exception {
    Path answer = place.resolve("answer");

    PseudoTerminal.run("xterm", place, Asked.class, List.of(answer.toString()), redirected);

    assertThat(answer).hasContent(String.valueOf(terminal));
  }
}
