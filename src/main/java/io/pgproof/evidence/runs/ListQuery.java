package io.pgproof.evidence.runs;

import io.pgproof.proof.Reason;
import io.pgproof.proof.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The query for a list of runs. What is filtered stands in one table, so that an index has the runs
 * in the order of the list, and the query reads little more than it returns.
 */
record ListQuery(String sql, Object[] values) {

  /**
   * Builds the query.
   *
   * @param before the run that the list begins after; empty for the newest
   */
  static ListQuery of(RunFilter filter, Optional<RunSummary> before, int rows) {
    List<String> conditions = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    condition(conditions, values, "f.person = ?", filter.person());
    condition(conditions, values, "f.target = ?", filter.target());
    condition(conditions, values, "f.verdict = ?", filter.verdict().map(Verdict::word));
    condition(conditions, values, "f.reason = ?", filter.reason().map(Reason::code));
    condition(conditions, values, "f.asked_at >= ?", filter.from().map(RunTable::time));
    condition(conditions, values, "f.asked_at < ?", filter.until().map(RunTable::time));
    before.ifPresent(
        last -> {
          Object asked = RunTable.time(last.request().at());
          conditions.add("f.asked_at <= ? and (f.asked_at < ? or f.run < ?)");
          values.addAll(List.of(asked, asked, last.run().value()));
        });
    return new ListQuery(
        (filter.person().isPresent()
                ? "select r.* from pgproof_run_person f join pgproof_run r on r.run = f.run"
                : "select f.* from pgproof_run f")
            + (conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions))
            + " order by "
            + String.join(", ", order(filter))
            + " fetch first "
            + rows
            + " rows only",
        values.toArray());
  }

  private static void condition(
      List<String> conditions, List<Object> values, String condition, Optional<?> value) {
    value.ifPresent(
        given -> {
          conditions.add(condition);
          values.add(given);
        });
  }

  /**
   * Returns the columns of the index that fits the filter best. What the filter fixes is part of
   * them, because H2 uses the order of an index only from its first column on.
   */
  private static List<String> order(RunFilter filter) {
    List<String> columns = new ArrayList<>();
    filter.person().ifPresent(person -> columns.add("f.person"));
    if (filter.target().isPresent()) {
      columns.add("f.target");
      if (filter.person().isEmpty()) {
        filter.verdict().ifPresent(verdict -> columns.add("f.verdict"));
      }
    } else if (filter.reason().isPresent()) {
      columns.add("f.reason");
    } else {
      filter.verdict().ifPresent(verdict -> columns.add("f.verdict"));
    }
    columns.addAll(List.of("f.asked_at desc", "f.run desc"));
    return columns;
  }
}
