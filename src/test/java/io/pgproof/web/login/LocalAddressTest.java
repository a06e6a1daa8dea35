package io.pgproof.web.login;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalAddressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/runs?target=shop&page=2",
        "/camunda/app/cockpit/default/#/process-instance/7f-1/runtime?tab=x",
        "/targets/a%20b",
        "/runs?from=https://example.org/"
      })
  void anAddressOfThisServerIsKept(String address) {
    assertThat(LocalAddress.orFirstPage(address)).isEqualTo(address);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "runs",
        "https://example.org/",
        "//example.org/",
        "///example.org/",
        "/\\example.org/",
        "\\\\example.org/",
        "/\texample.org",
        "\t//example.org",
        "/.//example.org/",
        "/..//example.org/",
        "/runs\r\nSet-Cookie: a=b",
        "/runs\u0000",
        "/r\u00fcns",
        "/ runs",
        "javascript:alert(1)",
        "/%zz",
        "/login",
        "/login?to=/login",
        "/logout"
      })
  void everyOtherAddressBecomesTheFirstPage(String address) {
    assertThat(LocalAddress.orFirstPage(address)).isEqualTo("/");
  }
}
