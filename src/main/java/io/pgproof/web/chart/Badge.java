package io.pgproof.web.chart;

import io.pgproof.proof.Verdict;

/**
 * A badge for other pages: the name of a target, and its state in words. Its colours are
 * attributes, because it stands alone.
 */
public final class Badge {
  private static final int HEIGHT = 20;
  private static final int PADDING = 7;

  /** Width of a letter of the font in pixels, roughly; each text is stretched to its place. */
  private static final double LETTER = 6.4;

  private Badge() {}

  /** Draws the badge of a target with a verdict. */
  public static String draw(String target, Verdict verdict, String state) {
    return draw(target, Hue.of(verdict), state);
  }

  /** Draws the badge of a target without a verdict. */
  public static String draw(String target, String state) {
    return draw(target, Hue.SOFT, state);
  }

  private static String draw(String target, Hue hue, String state) {
    int left = width(target);
    int right = width(state);
    Svg svg = new Svg("badge", left + right, HEIGHT, false, "Backup of " + target, state);
    svg.empty("rect", "width", left + right, "height", HEIGHT, "rx", 4, "fill", Hue.INK.paper())
        .empty(
            "path",
            "fill",
            hue.paper(),
            "d",
            "M"
                + left
                + " 0h"
                + (right - 4)
                + "a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4h-"
                + (right - 4)
                + "z");
    text(svg, target, 0, left);
    text(svg, state, left, right);
    return svg.end();
  }

  private static void text(Svg svg, String text, int x, int width) {
    if (!text.isEmpty()) {
      svg.line(
          "text",
          text,
          "x",
          x + PADDING,
          "y",
          14,
          "fill",
          "#ffffff",
          "font-size",
          11,
          "textLength",
          width - 2 * PADDING);
    }
  }

  private static int width(String text) {
    return (int) Math.ceil(text.length() * LETTER) + 2 * PADDING;
  }
}
