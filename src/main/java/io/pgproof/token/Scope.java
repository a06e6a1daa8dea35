package io.pgproof.token;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a token may be used for. A scope narrows what the groups of the token's user allow, and
 * never widens it.
 */
public enum Scope {
  /** Show targets, runs, evidence and tasks. */
  READ,
  /** Start and cancel runs. */
  VERIFY,
  /** Decide tasks. */
  DECIDE;

  /** Returns the word that people write, and that the table stores. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the words of all scopes. */
  public static List<String> words() {
    return Arrays.stream(values()).map(Scope::word).toList();
  }

  /**
   * Returns the scope with this word.
   *
   * @throws IllegalArgumentException if there is none
   */
  @JsonCreator
  public static Scope of(String word) {
    return Arrays.stream(values())
        .filter(scope -> scope.word().equals(word))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("'" + word + "' is not a scope: " + words()));
  }
}
