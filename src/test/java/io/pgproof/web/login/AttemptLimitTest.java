package io.pgproof.web.login;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AttemptLimitTest {
  private final AttemptLimit limit = new AttemptLimit(1);

  private boolean isAllowed(String address) {
    return limit.count(address).isZero();
  }

  @Test
  void eachAddressHasItsOwnLimit() {
    assertThat(isAllowed("192.0.2.1")).isTrue();
    assertThat(isAllowed("192.0.2.1")).isFalse();
    assertThat(isAllowed("192.0.2.2")).isTrue();
  }

  @Test
  void anIpv6NetworkCountsAsOneAddress() {
    assertThat(isAllowed("2001:db8:0:1::1")).isTrue();
    assertThat(isAllowed("2001:db8:0:1:ffff::2")).isFalse();
    assertThat(isAllowed("2001:db8:0:2::1")).isTrue();
  }

  @Test
  void anUnreadableAddressIsAnAddressOfItsOwn() {
    assertThat(isAllowed("unknown:x")).isTrue();
    assertThat(isAllowed("unknown:x")).isFalse();
    assertThat(isAllowed("unknown:y")).isTrue();
  }

  @Test
  void aSuccessIsNotCounted() {
    assertThat(isAllowed("2001:db8:0:1::1")).isTrue();
    limit.takeBack("2001:db8:0:1::2");
    assertThat(isAllowed("2001:db8:0:1::3")).isTrue();
  }
}
