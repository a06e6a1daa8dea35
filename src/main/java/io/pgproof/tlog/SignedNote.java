package io.pgproof.tlog;

import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.List;

/**
 * A text and the lines that sign it, by c2sp.org/signed-note.
 *
 * @param text ends with a newline
 * @param lines signatures, of any keys
 */
public record SignedNote(String text, List<Line> lines) {
  private static final String DASH = "— ";
  private static final int MOST_LINES = 100;

  public SignedNote {
    if (!text.endsWith("\n") || text.chars().anyMatch(c -> c < ' ' && c != '\n')) {
      throw new IllegalArgumentException("not the text of a note");
    }
    lines = List.copyOf(lines);
  }

  /**
   * A signature.
   *
   * @param name of the key
   * @param signature id of the key, and the signature
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares two lines.
  record Line(String name, byte[] signature) {}

  /** Signs a text, which ends with a newline. */
  public static String sign(String text, NoteKey key, PrivateKey secret) {
    return new SignedNote(text, List.of()).text() + "\n" + key.sign(text, secret);
  }

  /**
   * Reads a note; {@link #requireSigned} shows whether it can be trusted.
   *
   * @throws LogDamagedException when it is no note
   */
  public static SignedNote parse(String note) {
    int end = note.lastIndexOf("\n\n");
    if (end < 0 || !note.endsWith("\n")) {
      throw new LogDamagedException("the note has no empty line before its signatures");
    }
    List<Line> lines = new ArrayList<>();
    for (String line : note.substring(end + 2).split("\n")) {
      String[] parts =
          line.startsWith(DASH) ? line.substring(DASH.length()).split(" ") : new String[0];
      if (parts.length != 2 || parts[0].isEmpty() || lines.size() == MOST_LINES) {
        throw new LogDamagedException("not a signature of a note: '" + line + "'");
      }
      lines.add(new Line(parts[0], StrictBase64.decode(parts[1])));
    }
    try {
      return new SignedNote(note.substring(0, end + 1), lines);
    } catch (IllegalArgumentException e) {
      throw new LogDamagedException("the note has a control character");
    }
  }

  /**
   * Requires that a key has signed the text; signatures of other keys count for nothing.
   *
   * @throws LogDamagedException when it has not, or one of its signatures is wrong
   */
  public void requireSigned(NoteKey key) {
    List<Line> own = lines.stream().filter(key::isOf).toList();
    if (own.isEmpty()) {
      throw new LogDamagedException("the note is not signed by " + key.verifierKey());
    }
    if (!own.stream().allMatch(line -> key.signs(line, text))) {
      throw new LogDamagedException(
          "the signature of " + key.name() + " does not fit the text of the note");
    }
  }
}
