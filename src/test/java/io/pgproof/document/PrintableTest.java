package io.pgproof.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PrintableTest {
  @Test
  void whatCannotBeSeenIsShownOrTakenAway() {
    Map.of(
            "shop <b>", "shop <b>",
            "☂ 日本 💾", "☂ 日本 💾",
            "a\u0000b\u001b[8m", "a b [8m",
            "a\u202etxt", "a\\u202etxt",
            "a\u2028b\u200d", "a\\u2028b\\u200d",
            "a\ud800b\uffff", "a b ")
        .forEach((text, shown) -> assertThat(Printable.text(text)).isEqualTo(shown));
  }
}
