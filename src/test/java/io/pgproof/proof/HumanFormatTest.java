package io.pgproof.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanFormatTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0.00 s",
    "844, 0.84 s",
    "9_994, 9.99 s",
    "9_996, 10.00 s",
    "10_000, 10.0 s",
    "23_960, 24.0 s",
    "59_940, 59.9 s",
    "60_000, 1 min",
    "71_700, 1 min 11 s",
    "3_599_600, 59 min 59 s",
    "-23_940, -23.9 s",
  })
  void aMeasuredDurationHasDecimalsBelowAMinute(String millis, String text) {
    assertThat(HumanFormat.measured(Duration.ofMillis(Long.parseLong(millis.replace("_", "")))))
        .isEqualTo(text);
  }
}
