package io.pgproof.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A terminal that script(1) makes for a program of the tests. */
final class PseudoTerminal {
  private PseudoTerminal() {}

  /**
   * Runs a class there and returns what it wrote to the terminal.
   *
   * @param type the value of {@code TERM}
   * @param directory where it runs
   * @param redirected redirections as the shell writes them
   */
  static String run(
      String type, Path directory, Class<?> main, List<String> arguments, String redirected)
      throws Exception {
    String line =
        String.join(
            " ",
            "'" + ProcessHandle.current().info().command().orElseThrow() + "'",
            "-Xshare:auto",
            "-cp",
            "'" + System.getProperty("java.class.path") + "'",
            "'" + main.getName() + "'",
            String.join(" ", arguments),
            redirected);
    ProcessBuilder builder =
        new ProcessBuilder("script", "--quiet", "--return", "--command", line, "/dev/null")
            .directory(directory.toFile())
            .redirectErrorStream(true);
    builder.environment().put("TERM", type);
    Process script = builder.start();
    script.getOutputStream().close();
    String said = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(script.waitFor()).as(said).isZero();
    return said;
  }
}
