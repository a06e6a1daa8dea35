package io.pgproof.proof;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** All that is wrong with what a user wrote, told at once. */
public final class Mistakes {
  private static final int MOST_TOLD = 200;
  private static final int MOST_QUOTED = 60;

  private final List<String> found = new ArrayList<>();

  /** Names the place, then the fact, then what is allowed; without a full stop. */
  public void add(String mistake) {
    found.add(mistake);
  }

  /** A value that the setting does not allow. */
  public static String notAllowed(String place, String text, String allowed) {
    return place + " is " + quoted(text) + "; allowed: " + allowed;
  }

  /**
   * @throws UsageException {@code bad-option} when there are any
   */
  public void throwIfAny() {
    throwIfAny(Reason.BAD_OPTION.hint());
  }

  /**
   * @param hint the remedy of them all
   * @throws UsageException {@code bad-option} when there are any
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

  /** On one line and not too long, so that one mistake cannot hide the others. */
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
