package io.pgproof.certificate;

import io.pgproof.document.Printable;

/** Text of any length and origin, as the page shows it. */
final class PageText {
  private static final int LONGEST = 400;

  private PageText() {}

  /** Returns the beginning of the text, printable; the page says where the rest is. */
  static String of(String text) {
    String printable = Printable.text(text);
    return printable.codePointCount(0, printable.length()) <= LONGEST
        ? printable
        : printable.substring(0, printable.offsetByCodePoints(0, LONGEST))
            + " … (the rest is in certificate.json)";
  }
}
