package io.pgproof.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.LocalTime;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class WorkflowSettingsTest {
  @Test
  void defaultsMatchTheDocumentation() {
    WorkflowSettings settings = settings(Map.of());
    assertThat(settings.reserve()).isEqualTo(1L << 30);
    assertThat(settings.retryCycle()).isEqualTo("PT5S,PT30S");
    assertThat(settings.watchEvery()).isEqualTo(Duration.ofMinutes(1));
    assertThat(settings.buildTimeout()).isEqualTo(Duration.ofHours(1));
    assertThat(settings.workerEndsWithin()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.removalTimeout()).isEqualTo(Duration.ofMinutes(3));
    assertThat(settings.engineHistory()).isEqualTo(Duration.ofDays(365));
    assertThat(settings.engineCleanup())
        .isEqualTo(new CleanupWindow(LocalTime.MIDNIGHT, LocalTime.of(5, 0)));
  }

  @ParameterizedTest
  @CsvSource({
    "1G, 1073741824",
    "1GB, 1073741824",
    "512MB, 536870912",
    "64m, 67108864",
    "2GiB, 2147483648",
    "1073741824B, 1073741824"
  })
  void theReserveHasTheSyntaxOfSizeOptions(String text, long bytes) {
    assertThat(settings(Map.of("pgproof.reserve", text)).reserve()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"63M", "0", "-1G", "1X", "much", ""})
  void aReserveThatIsTooSmallOrInvalidIsRefused(String text) {
    assertThatThrownBy(() -> settings(Map.of("pgproof.reserve", text)))
        .hasRootCauseInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "engine-history | 23h | pgproof.engine-history must be from 1d to 3650d, not 23h",
        "engine-history | 3651d | pgproof.engine-history must be from 1d to 3650d, not 3651d",
        "engine-history | for ever | pgproof.engine-history: 'for ever' is not a duration",
        "engine-cleanup | night | pgproof.engine-cleanup: 'night' is not a part of the day such as 00:00-05:00",
        "engine-cleanup | 00:00-24:30 | pgproof.engine-cleanup: '00:00-24:30' is not",
        "engine-cleanup | 05:00-05:00 | pgproof.engine-cleanup: '05:00-05:00' is not",
      })
  void aHistoryThatIsTooShortOrInvalidIsRefused(String setting, String text, String message) {
    assertThatThrownBy(() -> settings(Map.of("pgproof." + setting, text)))
        .rootCause()
        .hasMessageContaining(message);
  }

  @Test
  void durationsHaveTheSyntaxOfDurationOptions() {
    assertThat(settings(Map.of("pgproof.watch-every", "90s")).watchEvery())
        .isEqualTo(Duration.ofSeconds(90));
    assertThat(settings(Map.of("pgproof.build-timeout", "7d")).buildTimeout())
        .isEqualTo(Duration.ofDays(7));
    assertThat(settings(Map.of("pgproof.build-timeout", "PT1H30M")).buildTimeout())
        .isEqualTo(Duration.ofMinutes(90));
    assertThat(settings(Map.of("pgproof.retry-cycle", "5s,1m")).retryCycle())
        .isEqualTo("PT5S,PT1M");
    assertThat(settings(Map.of("pgproof.worker-ends-within", "2500ms")).workerEndsWithin())
        .isEqualTo(Duration.ofMillis(2500));
    assertThat(settings(Map.of("pgproof.removal-timeout", " 90S ")).removalTimeout())
        .isEqualTo(Duration.ofSeconds(90));
    assertThat(settings(Map.of("pgproof.watch-every", "30000")).watchEvery())
        .as("milliseconds")
        .isEqualTo(Duration.ofSeconds(30));
  }

  @ParameterizedTest
  @ValueSource(strings = {"watch-every", "build-timeout", "worker-ends-within", "removal-timeout"})
  void anInvalidDurationIsRefusedWithTheSettingAndExamples(String setting) {
    assertThatThrownBy(() -> settings(Map.of("pgproof." + setting, "soon")))
        .rootCause()
        .hasMessage(
            "pgproof."
                + setting
                + ": 'soon' is not a duration such as 90s, 30m, 24h, 7d or PT1H30M");
  }

  private static WorkflowSettings settings(Map<String, String> given) {
    return new Binder(new MapConfigurationPropertySource(given))
        .bindOrCreate("pgproof", WorkflowSettings.class);
  }
}
