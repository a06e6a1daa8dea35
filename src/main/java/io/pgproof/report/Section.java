package io.pgproof.report;

import java.util.List;

/**
 * A part of a report that is one table.
 *
 * @param notes how the figures are computed, one sentence or more each
 * @param columns one title for each cell of a row; the first cell names the row
 * @param empty what is said in place of a table without rows
 */
record Section(
    String id,
    String title,
    List<String> notes,
    List<String> columns,
    List<List<Cell>> rows,
    String empty) {
  Section {
    notes = List.copyOf(notes);
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }
}
