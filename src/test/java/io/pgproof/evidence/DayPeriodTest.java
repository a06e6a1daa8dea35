package io.pgproof.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.proof.UsageException;
import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DayPeriodTest {
  private static final LocalDate TODAY = LocalDate.parse("2026-12-01");

  private static DayPeriod read(String from, String to) {
    return DayPeriod.read("--from", from, "--to", to, TODAY);
  }

  @Test
  void thePeriodIncludesItsLastDay() {
    DayPeriod november = read("2026-11-01", " 2026-11-30");
    assertThat(november.begin()).isEqualTo("2026-11-01T00:00:00Z");
    assertThat(november.end(Instant.parse("2026-12-01T10:00:00Z")))
        .isEqualTo("2026-12-01T00:00:00Z");
  }

  @Test
  void thePeriodOfADayThatIsNotOverEndsNow() {
    Instant now = Instant.parse("2026-12-01T10:00:00Z");
    assertThat(read("2026-12-01", "2026-12-01").end(now)).isEqualTo(now);
  }

  @Test
  void aClockThatWasSetBackGivesAnEmptyPeriod() {
    DayPeriod today = read("2026-12-01", "2026-12-01");
    assertThat(today.end(Instant.parse("2026-11-20T00:00:00Z"))).isEqualTo(today.begin());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2026-11-31 | 2026-11-30 | --from is '2026-11-31'; allowed: a day from 2000-01-01 to 2026-12-01",
        "2026-11-01 | 2026-12-02 | --to is '2026-12-02'; allowed: a day from 2000-01-01 to 2026-12-01",
        "1999-12-31 | 2026-11-30 | --from is '1999-12-31'",
        "-999999999-01-01 | 2026-11-30 | --from is '-999999999-01-01'",
        "yesterday | 2026-11-30 | --from is 'yesterday'",
        "2026-11-02 | 2026-11-01 | --from is 2026-11-02, and --to is earlier: 2026-11-01",
      })
  void anImpossiblePeriodIsRefusedWithARemedy(String from, String to, String said) {
    assertThatThrownBy(() -> read(from, to))
        .isInstanceOfSatisfying(
            UsageException.class,
            refused -> {
              assertThat(refused).hasMessageContaining(said);
              assertThat(refused.finding().hint())
                  .contains("--from 2026-11-01 and --to 2026-11-30");
            });
  }

  @Test
  void bothMistakesAreTold() {
    assertThatThrownBy(() -> read("soon", "later"))
        .hasMessageContainingAll("2 mistakes", "'soon'", "'later'");
  }
}
