package io.pgproof.web.page;

import org.jspecify.annotations.Nullable;

/**
 * A figure that a page shows large.
 *
 * @param note what to compare it with; {@code null} if there is nothing
 * @param state class of the note: {@code good}, {@code bad}, or {@code null}
 */
public record Tile(String label, String value, @Nullable String note, @Nullable String state) {
  public static Tile of(String label, String value, @Nullable String note) {
    return new Tile(label, value, note, null);
  }

  /** Creates a figure that has a limit. */
  public static Tile limited(String label, String value, String limit, boolean met) {
    return new Tile(label, value, limit + (met ? ": met" : ": missed"), met ? "good" : "bad");
  }
}
