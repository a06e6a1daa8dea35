package io.pgproof.web.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AttemptLimitTest {
  private final AttemptLimit limit = new AttemptLimit(3);

  private boolean isAllowed(String address) {
    return limit.count(address).isZero();
  }

  private void use(String address) {
    for (int i = 0; i < 3; i++) {
      assertThat(isAllowed(address)).isTrue();
    }
  }

  @Test
  void theFourthAttemptMustWait() {
    use("192.0.2.1");
    assertThat(limit.count("192.0.2.1")).isPositive().isLessThan(Duration.ofMinutes(1));
  }

  @Test
  void eachAddressHasItsOwnLimit() {
    use("192.0.2.1");
    assertThat(isAllowed("192.0.2.2")).isTrue();
  }

  @Test
  void anIpv6NetworkCountsAsOneAddress() {
    use("2001:db8:0:1::1");
    assertThat(isAllowed("2001:db8:0:1:ffff::2")).isFalse();
    assertThat(isAllowed("2001:db8:0:2::1")).isTrue();
  }

  @Test
  void anUnreadableAddressIsAnAddressOfItsOwn() {
    use("unknown:x");
    assertThat(isAllowed("unknown:x")).isFalse();
    assertThat(isAllowed("unknown:y")).isTrue();
  }

  @Test
  void aSuccessIsNotCounted() {
    for (int i = 0; i < 10; i++) {
      assertThat(isAllowed("192.0.2.1")).isTrue();
      limit.takeBack("192.0.2.1");
    }
  }

  @Test
  void onlyTheLatestAddressesAreRemembered() {
    use("192.0.2.1");
    for (int i = 0; i < 10_000; i++) {
      limit.count("192.0.2.1." + i);
    }
    assertThat(isAllowed("192.0.2.1")).isTrue();
  }
}
