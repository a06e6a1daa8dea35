package io.pgproof.certificate;

import java.util.List;

/**
 * The first rows of a table, or the first items of a list.
 *
 * @param more how many more there are in the statement
 */
record PageTable<T>(List<T> rows, int more) {
  static final int MOST_ROWS = 12;

  static <T> PageTable<T> of(List<T> all) {
    int shown = Math.min(all.size(), MOST_ROWS);
    return new PageTable<>(all.subList(0, shown), all.size() - shown);
  }

  /** Returns the first of these texts, each as the page shows it. */
  static PageTable<String> ofTexts(List<String> all) {
    return of(all.stream().map(PageText::of).toList());
  }

  /**
   * A row of a table: its cells as text.
   *
   * @param style CSS class of the cell that judges; empty for none
   */
  record Row(List<String> cells, String style) {
    Row {
      cells = cells.stream().map(PageText::of).toList();
    }

    static Row of(String... cells) {
      return new Row(List.of(cells), "");
    }
  }
}
