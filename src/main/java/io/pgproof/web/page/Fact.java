package io.pgproof.web.page;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A labelled fact.
 *
 * @param text empty if the fact is only a time
 * @param moment a time that follows the text; {@code null} if there is none
 * @param mono whether the text is a path, a hash or SQL
 */
public record Fact(String label, String text, @Nullable Moment moment, boolean mono) {
  public static Fact of(String label, String text) {
    return new Fact(label, text, null, false);
  }

  public static Fact code(String label, String text) {
    return new Fact(label, text, null, true);
  }

  public static Fact at(String label, Instant at) {
    return new Fact(label, "", Moment.of(at), false);
  }
}
