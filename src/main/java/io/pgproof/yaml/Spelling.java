package io.pgproof.yaml;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Suggests the known word closest to a misspelt one. */
public final class Spelling {
  private Spelling() {}

  /** Returns the closest word, ignoring hyphens, underscores and case; empty if none is close. */
  public static Optional<String> to(String written, Collection<String> words) {
    String bare = withoutSeparators(written);
    int near = 1 + bare.length() / 4;
    return words.stream()
        .filter(word -> distance(bare, withoutSeparators(word)) <= near)
        .min(Comparator.comparingInt(word -> distance(bare, withoutSeparators(word))));
  }

  private static String withoutSeparators(String word) {
    return word.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
  }

  /**
   * Counts the letters to change, add or drop. If the first word begins or ends the second, the
   * distance is 1.
   */
  private static int distance(String one, String other) {
    if (one.length() >= 3 && !one.equals(other) && (other.startsWith(one) || other.endsWith(one))) {
      return 1;
    }
    if (Math.abs(one.length() - other.length()) > other.length()) {
      return Integer.MAX_VALUE;
    }
    int[] above = new int[other.length() + 1];
    for (int j = 0; j < above.length; j++) {
      above[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int[] row = new int[above.length];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int changed = above[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(changed, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[other.length()];
  }
}
