package io.pgproof.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingTest {
  private static final Path PATH = Path.of("/backups/shop");

  static Stream<Setting<?>> withDefault() {
    return Setting.all().stream().filter(setting -> setting.standard().isPresent());
  }

  @ParameterizedTest
  @MethodSource("withDefault")
  void theDocumentedDefaultIsTheRealDefault(Setting<?> setting) {
    VerificationRequest said =
        Settings.NONE
            .withText(setting, List.of(setting.standard().orElseThrow()))
            .request(Optional.empty(), PATH, "ada");
    assertThat(said).isEqualTo(Settings.NONE.request(Optional.empty(), PATH, "ada"));
  }

  @Test
  void remindersAndEscalationsAreLimited() {
    assertThat(
            Settings.NONE
                .withText(Setting.REMIND_AFTER, List.of("30m"))
                .withText(Setting.ESCALATE_AFTER, List.of("2d"))
                .request(Optional.empty(), PATH, "ada")
                .patience())
        .isEqualTo(new VerificationRequest.Patience(Duration.ofMinutes(30), Duration.ofDays(2)));
    for (Setting<Duration> setting : List.of(Setting.REMIND_AFTER, Setting.ESCALATE_AFTER)) {
      assertThat(setting.allowed()).contains("at least 1m and at most 365d");
      assertThatThrownBy(() -> setting.read(List.of("59s")))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> setting.read(List.of("366d")))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"1m, 30s", "2h, 1h", "4h, 2h", "5h, 4h", "24h, 4h", "7d, 4h"})
  void anEarlyEscalationHasAnEarlierReminder(String escalateAfter, String remindAfter) {
    assertThat(
            Settings.NONE
                .withText(Setting.ESCALATE_AFTER, List.of(escalateAfter))
                .request(Optional.empty(), PATH, "ada")
                .patience()
                .remindAfter())
        .isEqualTo(Durations.parse(remindAfter));
  }

  @Test
  void aLaterValueReplacesAnEarlierOne() {
    Settings file =
        Settings.NONE.with(Setting.ASSERTIONS, List.of("a", "b")).with(Setting.DATABASE, "shop");
    Settings options =
        Settings.NONE
            .with(Setting.ASSERTIONS, List.of("c"))
            .with(Setting.MAX_AGE, Duration.ofDays(1));
    assertThat(file.overriddenBy(options))
        .isEqualTo(
            Settings.NONE
                .with(Setting.DATABASE, "shop")
                .with(Setting.ASSERTIONS, List.of("c"))
                .with(Setting.MAX_AGE, Duration.ofDays(1)));
  }

  @Test
  void aSettingHasOneValueUnlessItIsAList() {
    assertThatThrownBy(() -> Setting.MAX_AGE.read(List.of("1h", "2h")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Setting.ASSERTIONS.read(List.of("a", " b\n"))).containsExactly("a", "b");
  }

  @ParameterizedTest
  @CsvSource({"0s", "90s", "59m", "1h", "24h", "7d", "36h", "PT0.5S"})
  void durationsAreWrittenInTheSyntaxInWhichTheyAreRead(String text) {
    assertThat(Durations.write(Durations.parse(text))).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "90S, PT1M30S",
    "5M, PT5M",
    "1500ms, PT1.5S",
    "+7us, PT0.000007S",
    "7ns, PT0.000000007S",
    "' 24h ', PT24H",
    "pt1h30m, PT1H30M",
    "10000000000ms, PT2777H46M40S"
  })
  void durationsHaveOneSyntaxInAllPlaces(String text, Duration duration) {
    assertThat(Setting.MAX_AGE.read(List.of(text))).isEqualTo(duration);
    assertThat(Durations.parseSetting("pgproof.some", text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "soon", "1w", "1.5h", "-1s", "PT-1S", "99999999999999999999s"})
  void anInvalidDurationIsRefusedWithExamples(String text) {
    assertThatThrownBy(() -> Setting.MAX_AGE.read(List.of(text)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Setting.MAX_AGE.allowed()).contains("such as 90s, 30m, 24h, 7d or PT1H30M");
    assertThatThrownBy(() -> Durations.parseSetting("pgproof.some", text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("pgproof.some: ");
  }

  @Test
  void onlyTheEnvironmentAcceptsADurationWithoutAUnit() {
    assertThat(Durations.parseSetting("pgproof.some", "30000")).isEqualTo(Duration.ofSeconds(30));
    assertThatThrownBy(() -> Setting.MAX_AGE.read(List.of("86400")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "1023", "1K", "256M", "1025M", "1G", "3T", "2048T"})
  void sizesAreWrittenInTheSyntaxInWhichTheyAreRead(String text) {
    assertThat(Sizes.write(Sizes.parse(text))).isEqualTo(text);
  }

  @Test
  void theDiskIsLimitedOnlyIfConfigured() {
    assertThat(Settings.NONE.request(Optional.empty(), PATH, "ada").resources().diskBytes())
        .isEmpty();
    assertThat(
            Settings.NONE
                .withText(Setting.DISK, List.of("50GB"))
                .request(Optional.empty(), PATH, "ada")
                .resources()
                .diskBytes())
        .contains(50L << 30);
    assertThat(Setting.DISK.read(List.of("64M"))).isEqualTo(64L << 20);
    for (String text : List.of("63M", "0", "-1G", "50", "half", "")) {
      assertThatThrownBy(() -> Setting.DISK.read(List.of(text)))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "0.05", ".5", "1024", " 2 "})
  void processorsMayBeAFraction(String text) {
    assertThat(Setting.CPUS.read(List.of(text))).isEqualTo(Double.parseDouble(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1f", "0x1p3", "NaN", "1e2", "", ".", "-1", "0.01", "1024.1"})
  void processorsAreAPlainNumber(String text) {
    assertThatThrownBy(() -> Setting.CPUS.read(List.of(text)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
