package io.pgproof.tlog;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds a checkpoint in the text of a mail, which may have been quoted, indented, wrapped, or saved
 * in quoted-printable. What is found can only be trusted after its signature was verified.
 */
public final class MailedCheckpoint {
  private static final Pattern SOFT_LINE_END = Pattern.compile("=[ \\t]*\\n");
  private static final Pattern ENCODED = Pattern.compile("=([0-9A-F]{2})");
  private static final Pattern QUOTED = Pattern.compile("(?m)^[>|\\s\\u00a0\\ufeff&&[^\\n]]+");
  private static final Pattern SIZE = Pattern.compile("0|[1-9][0-9]{0,17}");
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/=]+");
  private static final String DASH = "—";

  /** Name, size and root. */
  private static final int LINES = 3;

  /** Of an Ed25519 signature with the id of its key, in Base64. */
  private static final int SIGNATURE_LENGTH = (4 + 64 + 2) / 3 * 4;

  private MailedCheckpoint() {}

  /**
   * Returns the checkpoint as it was signed; a text that is nothing but a checkpoint is returned as
   * it is.
   *
   * @throws LogDamagedException when there is none, or there are different ones
   */
  public static String find(String text) {
    try {
      if (SignedNote.parse(text).text().lines().count() == LINES) {
        return text;
      }
    } catch (LogDamagedException e) {
      // It may stand among other text.
    }
    List<String> found = checkpoints(lines(text));
    if (found.isEmpty()) {
      throw new LogDamagedException("there is no checkpoint in it");
    }
    if (found.size() > 1) {
      throw new LogDamagedException(
          "there are " + found.size() + " different checkpoints in it; leave one");
    }
    return found.get(0);
  }

  private static List<String> lines(String text) {
    String plain = text.replace("\r\n", "\n").replace('\r', '\n');
    // Only the dash of a signature must be encoded in quoted-printable.
    if (plain.contains("=E2=80=94")) {
      plain = decode(SOFT_LINE_END.matcher(plain).replaceAll(""));
    }
    return QUOTED
        .matcher(plain)
        .replaceAll("")
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .toList();
  }

  /**
   * Decodes quoted-printable, and leaves what is none as it is. The text may be a whole saved mail;
   * the decoder of Jakarta Mail is for bodies and can end at a boundary such as {@code =-1dQ}.
   */
  private static String decode(String text) {
    // Each byte as one character, and the characters of the text as their bytes.
    String bytes = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    String decoded =
        ENCODED
            .matcher(bytes)
            .replaceAll(
                code ->
                    Matcher.quoteReplacement(
                        String.valueOf((char) Integer.parseInt(code.group(1), 16))));
    return new String(decoded.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** The lines have no blanks around them, and none is empty. */
  private static List<String> checkpoints(List<String> lines) {
    List<String> found = new ArrayList<>();
    for (int at = 0; at + 3 < lines.size(); at++) {
      if (!SIZE.matcher(lines.get(at + 1)).matches()
          || !isBase64(lines.get(at + 2), MerkleTree.HASH_LENGTH)
          || !lines.get(at + 3).startsWith(DASH)) {
        continue;
      }
      // A mail has its label in front of the first line.
      String[] first = lines.get(at).split("[\\s\\u00a0]+");
      String signatures = signatures(lines.subList(at + 3, lines.size()));
      String checkpoint =
          first[first.length - 1]
              + "\n"
              + lines.get(at + 1)
              + "\n"
              + lines.get(at + 2)
              + "\n\n"
              + signatures;
      if (!signatures.isEmpty() && !found.contains(checkpoint)) {
        found.add(checkpoint);
      }
    }
    return found;
  }

  /** Returns the signatures at the beginning, each in one line even if it was wrapped. */
  private static String signatures(List<String> lines) {
    List<String> words =
        lines.stream().flatMap(line -> Arrays.stream(line.split("[\\s\\u00a0]+"))).toList();
    StringBuilder signatures = new StringBuilder();
    int at = 0;
    while (at + 2 < words.size() && words.get(at).equals(DASH)) {
      String name = words.get(at + 1);
      StringBuilder value = new StringBuilder();
      at += 2;
      while (at < words.size()
          && value.length() < SIGNATURE_LENGTH
          && BASE64.matcher(words.get(at)).matches()) {
        value.append(words.get(at));
        at++;
      }
      if (value.length() != SIGNATURE_LENGTH) {
        break;
      }
      signatures.append(DASH).append(' ').append(name).append(' ').append(value).append('\n');
    }
    return signatures.toString();
  }

  private static boolean isBase64(String text, int length) {
    try {
      return Base64.getDecoder().decode(text).length == length;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
