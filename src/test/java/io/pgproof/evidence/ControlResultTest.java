package io.pgproof.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.evidence.ControlResult.Outcome;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControlResultTest {
  /** Other checks may find what the check of the layer missed, and that it missed it stands. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "null",
      textBlock =
          """
          CAUGHT         | rows indexes | a lost row | null            | row: caught by rows, indexes (a lost row)
          CAUGHT         | ''           | a lost row | null            | row: caught (a lost row)
          MISSED         | indexes      | a lost row | null            | row: missed by the check rows; found by indexes (a lost row)
          MISSED         | ''           | a lost row | null            | row: missed by the check rows (a lost row)
          COULD_NOT_TELL | archive      | a lost row | interrupted     | row: could not tell (a lost row): interrupted
          NOT_APPLICABLE | ''           | null       | no such layer   | row: not applicable: no such layer
          """)
  void theLineSaysWhichChecksFoundTheDamage(
      Outcome outcome, String found, String damage, String why, String line) {
    List<String> caughtBy = found.isEmpty() ? List.of() : List.of(found.split(" "));
    assertThat(new ControlResult("row", "rows", outcome, caughtBy, null, damage, why).describe())
        .isEqualTo(line);
  }
}
