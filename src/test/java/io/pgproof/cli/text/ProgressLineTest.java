package io.pgproof.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.control.Reply;
import io.pgproof.workflow.engine.ProgressBoard.Standing;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressLineTest {
  private static final String NOTE = "indexes: a_rather_long_name_of_an_index_1 and the next one";
  private static final String WHOLE = "check  " + NOTE;

  @TempDir Path place;

  /** Shows the same progress for each width that the terminal is given. */
  static final class Shown {
    public static void main(String[] widths) throws Exception {
      PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
      try (ProgressLine progress = new ProgressLine(err)) {
        for (String width : widths) {
          if (!width.equals("-")) {
            new ProcessBuilder("stty", "--file=/dev/tty", "cols", width).start().waitFor();
          }
          progress.show(new Reply.Standing(new Standing("check", 0, 0, NOTE)));
        }
      }
    }
  }

  @Test
  void aLineFollowsTheWidthOfTheTerminal() throws Exception {
    assertThat(drawn(in("xterm", "", "40", "12", "100")))
        .containsExactly(WHOLE.substring(0, 39), WHOLE.substring(0, 11), WHOLE);
  }

  @Test
  void aTerminalOfUnknownWidthGetsTheDefaultWidth() throws Exception {
    assertThat(drawn(in("xterm", "", "-"))).containsExactly(WHOLE);
  }

  @Test
  void aDumbTerminalGetsPlainLines() throws Exception {
    assertThat(in("dumb", "", "12", "40").lines()).containsExactly(WHOLE);
    assertThat(in("xterm", "2>errors", "12", "40")).isEmpty();
    assertThat(place.resolve("errors")).hasContent(WHOLE);
  }

  @ParameterizedTest
  @CsvSource({"abc, 3, abc", "abc, 2, ab", "abc, 0, ''", "日本語, 5, 日本", "é日, 3, é日", "😀😀, 3, 😀"})
  void wideCharactersTakeTwoColumns(String text, int columns, String fitted) {
    assertThat(ProgressLine.cutToWidth(text, columns)).isEqualTo(fitted);
  }

  @Test
  void controlCharactersBecomeBlanks() {
    assertThat(ProgressLine.cutToWidth("a\tb\rc\033[2J", 80)).isEqualTo("a b c [2J");
  }

  /** Returns what stood on the line, one text for each time that it was written. */
  private static List<String> drawn(String output) {
    assertThat(output).doesNotContain("\n").endsWith("\r\033[K");
    return Arrays.stream(output.split("\r\033\\[K")).skip(1).toList();
  }

  private String in(String terminal, String redirected, String... widths) throws Exception {
    return PseudoTerminal.run(terminal, place, Shown.class, List.of(widths), redirected);
  }
}
