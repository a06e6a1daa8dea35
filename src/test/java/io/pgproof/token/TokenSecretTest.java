package io.pgproof.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenSecretTest {
  /** Both were computed by another program, from the description of the form. */
  private static final String KNOWN = "pgproof_0123456789abcdefghijABCDEFGHIJklmnopqrst1zpKRU";

  private static final String WITH_LEADING_ZEROS =
      "pgproof_fPbPyuMIbibaNIwwVGUJ1CSiwi0Ne75cXLkZ3fl000CIil";

  @Test
  void eachSecretIsNewAndHasTheDescribedForm() {
    Set<String> secrets = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      String text = TokenSecret.create().reveal();
      assertThat(text).matches("pgproof_[0-9A-Za-z]{46}");
      assertThat(TokenSecret.parse(text)).map(TokenSecret::reveal).contains(text);
      secrets.add(text);
    }
    assertThat(secrets).hasSize(1_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {KNOWN, WITH_LEADING_ZEROS})
  void theLastCharactersAreTheChecksumOfTheOthers(String secret) {
    assertThat(TokenSecret.parse(secret)).isPresent();
    for (int i = 0; i < secret.length(); i++) {
      char other = secret.charAt(i) == 'x' ? 'y' : 'x';
      assertThat(TokenSecret.parse(secret.substring(0, i) + other + secret.substring(i + 1)))
          .as("with another character %d", i)
          .isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "pgproof_", KNOWN + "0", " " + KNOWN, KNOWN + "\n"})
  void anyOtherTextIsNoSecret(String text) {
    assertThat(TokenSecret.parse(text)).isEmpty();
  }

  @Test
  void onlyTheDigestIsStoredAndNothingIsLogged() {
    TokenSecret secret = TokenSecret.parse(WITH_LEADING_ZEROS).orElseThrow();
    assertThat(secret.sha256())
        .isEqualTo("f2a48362567c07441a8fed4ae7059a89ccf441480bdce42e0c44f7a5388d0ea6");
    assertThat(secret).hasToString("pgproof_...");
  }
}
