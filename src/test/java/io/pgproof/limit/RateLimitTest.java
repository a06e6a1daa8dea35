package io.pgproof.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private final RateLimit limit = new RateLimit(3, Duration.ofHours(1), 100);

  private void use(String source) {
    for (int i = 0; i < 3; i++) {
      assertThat(limit.allows(source)).isTrue();
    }
  }

  @Test
  void theFourthTimeMustWait() {
    use("one");
    assertThat(limit.count("one")).isBetween(Duration.ofMinutes(19), Duration.ofMinutes(20));
  }

  @Test
  void eachSourceHasItsOwnLimit() {
    use("one");
    assertThat(limit.allows("other")).isTrue();
  }

  @Test
  void whatIsTakenBackIsNotCounted() {
    for (int i = 0; i < 10; i++) {
      assertThat(limit.allows("one")).isTrue();
      limit.takeBack("one");
    }
  }

  @Test
  void onlyTheLatestSourcesAreRemembered() {
    use("one");
    for (int i = 0; i < 99; i++) {
      limit.count("another " + i);
    }
    assertThat(limit.allows("one")).isFalse();
    for (int i = 0; i < 100; i++) {
      limit.count("yet another " + i);
    }
    assertThat(limit.allows("one")).isTrue();
  }
}
