package io.pgproof.report;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * A part of a report that is one table.
 *
 * @param notes how the figures are computed, one sentence or more each
 * @param columns one title for each cell of a row; the first cell names the row
 * @param left what is said about rows that the table leaves out; empty if it has all
 * @param empty what is said in place of a table without rows
 */
record Section(
    String id,
    String title,
    List<String> notes,
    List<String> columns,
    List<List<Cell>> rows,
    String left,
    String empty) {
  /** More rows are left to the forms that programs read, so that people can read the others. */
  static final int MOST_ROWS = 100;

  Section {
    notes = List.copyOf(notes);
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  /** A table of few rows. */
  static Section of(
      String id,
      String title,
      String note,
      List<String> columns,
      List<List<Cell>> rows,
      String empty) {
    return new Section(id, title, List.of(note), columns, rows, "", empty);
  }

  /**
   * A table that shows all items in their order, or those that an auditor must see, if there are
   * too many.
   *
   * @param first which items come first if there are too many
   * @param firstInWords the same in words, such as {@code the longest first}
   */
  static <T> Section of(
      String id,
      String title,
      String note,
      List<String> columns,
      List<T> items,
      Function<T, List<Cell>> row,
      Comparator<T> first,
      String firstInWords,
      String empty) {
    boolean all = items.size() <= MOST_ROWS;
    return new Section(
        id,
        title,
        List.of(note),
        columns,
        (all ? items.stream() : items.stream().sorted(first).limit(MOST_ROWS)).map(row).toList(),
        all
            ? ""
            : String.format(
                Locale.ROOT,
                "The table shows %,d of %,d rows, %s. The CSV and JSON forms of this report hold"
                    + " all of them.",
                MOST_ROWS,
                items.size(),
                firstInWords),
        empty);
  }
}
