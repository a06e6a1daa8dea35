package io.pgproof.document;

/** Text of others, such as the names of files, as a page can show it. */
public final class Printable {
  private Printable() {}

  /**
   * Returns the text without what neither XML nor a reader can take: control characters become
   * spaces. Characters that are not seen but change how others are read, such as those that turn
   * the direction of writing, become their number.
   */
  public static String text(String text) {
    return text.codePoints()
        .collect(StringBuilder::new, Printable::append, StringBuilder::append)
        .toString();
  }

  private static void append(StringBuilder shown, int c) {
    int type = Character.getType(c);
    if (type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR) {
      shown.append(String.format("\\u%04x", c));
    } else if (Character.isISOControl(c)
        || type == Character.UNASSIGNED
        || type == Character.SURROGATE) {
      shown.append(' ');
    } else {
      shown.appendCodePoint(c);
    }
  }
}
