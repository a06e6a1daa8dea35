package io.pgproof.proof;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Collects all mistakes in the user's input, so that one message reports them together. */
public final class Mistakes {
  private static final int MOST_TOLD = 200;
  private static final int MOST_QUOTED = 60;

  private final List<String> found = new ArrayList<>();

  /** Adds a mistake: the place, then the fact, then what is allowed; without a full stop. */
  public void add(String mistake) {
    found.add(mistake);
  }

  /** Describes a value that the setting does not allow. */
  public static String notAllowed(String place, String text, String allowed) {
    return place + " is " + quoted(text) + "; allowed: " + allowed;
  }

  /**
   * @throws UsageException {@code bad-option} if there are any mistakes
   */
  public void throwIfAny() {
    throwIfAny(Reason.BAD_OPTION.hint());
  }

  /**
   * @param hint the remedy for all mistakes
   * @throws UsageException {@code bad-option} if there are any mistakes
   */
  public void throwIfAny(String hint) {
    if (found.isEmpty()) {
      return;
    }
    if (found.size() == 1) {
      throw new UsageException(Reason.BAD_OPTION, found.get(0), hint);
    }
    String told =
        found.stream()
            .limit(MOST_TOLD)
            .map(mistake -> "\n  " + mistake)
            .collect(Collectors.joining());
    String more = found.size() > MOST_TOLD ? "\n  and " + (found.size() - MOST_TOLD) + " more" : "";
    throw new UsageException(Reason.BAD_OPTION, found.size() + " mistakes:" + told + more, hint);
  }

  /**
   * Quotes a text on one line and with limited length, so that one mistake cannot hide the others.
   */
  public static String quoted(String text) {
    String line =
        text.codePoints()
            .limit(MOST_QUOTED)
            .map(c -> Character.isISOControl(c) ? ' ' : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return "'" + line + (text.codePointCount(0, text.length()) > MOST_QUOTED ? "..." : "") + "'";
  }
}
