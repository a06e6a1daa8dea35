package io.pgproof.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  @ParameterizedTest
  @CsvSource({
    "30 3 * * *,   2026-11-25T02:29:59Z, 2026-11-25T02:30:00Z",
    "30 3 * * *,   2026-11-25T02:30:00Z, 2026-11-26T02:30:00Z",
    "30 3 * * *,   2026-07-01T00:00:00Z, 2026-07-01T01:30:00Z",
    "*/15 * * * *, 2026-11-25T10:01:00Z, 2026-11-25T10:15:00Z",
    "0 3 * * 0,    2026-11-25T00:00:00Z, 2026-11-29T02:00:00Z",
    "0 3 * * 7,    2026-11-25T00:00:00Z, 2026-11-29T02:00:00Z",
    "0 0 1 1 *,    2026-11-25T00:00:00Z, 2026-12-31T23:00:00Z",
    "0 0 29 2 *,   2026-11-25T00:00:00Z, 2028-02-28T23:00:00Z"
  })
  void theNextTimeFollowsTheClockOfItsZone(String cron, Instant after, Instant due) {
    assertThat(new Schedule(cron, BERLIN).nextAfter(after)).isEqualTo(due);
  }

  @Test
  void aTimeSkippedInSpringIsDueRightAfterTheGap() {
    assertThat(due("30 2 * * *", "2026-03-28T12:00:00Z", 2))
        .containsExactly(
            Instant.parse("2026-03-29T01:00:00Z"), Instant.parse("2026-03-30T00:30:00Z"));
  }

  @Test
  void aTimeRepeatedInAutumnIsDueOnce() {
    assertThat(due("30 2 * * *", "2026-10-24T12:00:00Z", 2))
        .containsExactly(
            Instant.parse("2026-10-25T00:30:00Z"), Instant.parse("2026-10-26T01:30:00Z"));
  }

  @Test
  void aTimeWithinTheRepeatedHourIsDueInBothHours() {
    assertThat(due("*/30 1-2 * * *", "2026-10-25T00:00:00Z", 4))
        .containsExactly(
            Instant.parse("2026-10-25T00:30:00Z"), Instant.parse("2026-10-25T01:00:00Z"),
            Instant.parse("2026-10-25T01:30:00Z"), Instant.parse("2026-10-26T00:00:00Z"));
  }

  private static List<Instant> due(String cron, String after, int times) {
    Schedule schedule = new Schedule(cron, BERLIN);
    return Stream.iterate(schedule.nextAfter(Instant.parse(after)), schedule::nextAfter)
        .limit(times)
        .toList();
  }

  @Test
  void blanksMakeNoDifference() {
    assertThat(new Schedule("  0  3 * * * ", BERLIN)).isEqualTo(new Schedule("0 3 * * *", BERLIN));
  }

  @Test
  void aScheduleThatIsNeverDueIsRefused() {
    assertThatThrownBy(() -> new Schedule("0 0 31 4 *", BERLIN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aDailySummaryIsDueOnceADay() {
    Schedule schedule = new SummarySettings(LocalTime.of(7, 5), BERLIN, List.of()).schedule();
    assertThat(schedule.nextAfter(Instant.parse("2026-11-25T06:05:00Z")))
        .isEqualTo(Instant.parse("2026-11-26T06:05:00Z"));
  }

  @Test
  void aSecretIsReadWhenNeededAndNeverShown(@TempDir Path place) throws IOException {
    Path file = Files.writeString(place.resolve("secret"), "hush\n");
    Secret secret = new Secret(Optional.of(file), Optional.empty());
    assertThat(secret.read()).isEqualTo("hush");
    assertThat(secret.toString()).contains(file.toString()).doesNotContain("hush");

    assertThat(new Secret(Optional.empty(), Optional.of("PATH")).read())
        .isEqualTo(System.getenv("PATH"));
    assertThatThrownBy(() -> new Secret(Optional.of(place), Optional.empty()).read())
        .isInstanceOf(IOException.class)
        .hasMessage(place + " is a directory, not a file");
    Files.writeString(file, "\n");
    assertThatThrownBy(secret::read)
        .isInstanceOf(IOException.class)
        .hasMessage("the file " + file + " contains no secret");
    assertThatThrownBy(() -> new Secret(Optional.empty(), Optional.of("PGPROOF_GONE")).read())
        .isInstanceOf(IOException.class)
        .hasMessage("the environment variable PGPROOF_GONE contains no secret");
  }
}
