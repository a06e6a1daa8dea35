package io.pgproof.workflow.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class NotificationSettingsTest {
  @Test
  void retriesGrowToHoursForAWeekByDefault() {
    List<Duration> pauses =
        Stream.of(settings(Map.of()).retryCycle().split(",")).map(Duration::parse).toList();
    assertThat(pauses)
        .isSorted()
        .startsWith(Duration.ofSeconds(10), Duration.ofMinutes(1))
        .endsWith(Duration.ofHours(6));
    assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus))
        .isBetween(Duration.ofDays(7), Duration.ofHours(171));
    assertThat(settings(Map.of("pgproof.telling.retry-cycle", "PT1S")).retryCycle())
        .isEqualTo("PT1S");
    assertThat(settings(Map.of("pgproof.telling.retry-cycle", "90s,2h,PT1M")).retryCycle())
        .isEqualTo("PT1M30S,PT2H,PT1M");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10", "10x", "PT1S;PT2S", "", "R3/PT1S", "${now}", "PTXS", "PT1S,", "PT-1S"})
  void anInvalidRetryCycleIsRefused(String cycle) {
    assertThatThrownBy(() -> settings(Map.of("pgproof.telling.retry-cycle", cycle)))
        .hasRootCauseInstanceOf(IllegalArgumentException.class)
        .rootCause()
        .hasMessageContaining("PT10S,PT1M");
  }

  private static NotificationSettings settings(Map<String, String> given) {
    return new Binder(new MapConfigurationPropertySource(given))
        .bindOrCreate("pgproof.telling", NotificationSettings.class);
  }
}
