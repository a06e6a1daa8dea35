package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In a terminal that {@code script} makes. */
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
  void theStreamItselfDecidesAndNoOther(String redirected, boolean terminal) throws Exception {
    Path answer = place.resolve("answer");
    String line =
        String.join(
            " ",
            "'" + ProcessHandle.current().info().command().orElseThrow() + "'",
            "-Xshare:auto",
            "-cp",
            "'" + System.getProperty("java.class.path") + "'",
            "'" + Asked.class.getName() + "'",
            answer.toString(),
            redirected);
    Process script =
        new ProcessBuilder("script", "--quiet", "--return", "--command", line, "/dev/null")
            .directory(place.toFile())
            .redirectErrorStream(true)
            .start();
    script.getOutputStream().close();
    String said = new String(script.getInputStream().readAllBytes());

    assertThat(script.waitFor()).as(said).isZero();
    assertThat(answer).hasContent(String.valueOf(terminal));
  }
}
