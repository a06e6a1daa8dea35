package io.pgproof.certificate;

import org.jspecify.annotations.Nullable;

/**
 * A value of the page with its name.
 *
 * @param mark a word that judges the value; empty if nothing does
 * @param style CSS class of the mark, or of the value if there is no mark; empty for none
 */
record PageFact(String label, String text, String mark, String style) {
  PageFact {
    text = PageText.of(text);
    label = PageText.of(label);
  }

  static PageFact of(String label, String text) {
    return new PageFact(label, text, "", "");
  }

  static PageFact code(String label, String text) {
    return new PageFact(label, text, "", "code");
  }

  /**
   * @param met {@code null} if nothing judges the value
   * @param missed the mark if it was not met
   */
  static PageFact judged(String label, String text, @Nullable Boolean met, String missed) {
    return met == null
        ? of(label, text)
        : new PageFact(label, text, met ? "met" : missed, met ? "proven" : "refuted");
  }
}
