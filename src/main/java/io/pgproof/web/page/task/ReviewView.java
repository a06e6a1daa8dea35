package io.pgproof.web.page.task;

import io.pgproof.evidence.DayPeriod;
import io.pgproof.web.page.Fact;
import io.pgproof.workflow.decide.DecisionTask;
import io.pgproof.workflow.model.ReviewResults;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the page of a review of results shows.
 *
 * @param variables what the form in Tasklist shows above its questions
 */
record ReviewView(DayPeriod period, Map<String, String> variables, DecisionPart part) {
  public DecisionTask task() {
    return part.task();
  }

  public List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    add(facts, "Targets", ReviewResults.Variable.TARGETS);
    add(facts, "Runs", ReviewResults.Variable.RUNS);
    add(facts, "Due times", ReviewResults.Variable.DUE_TIMES);
    add(facts, "Data age", ReviewResults.Variable.DATA_AGE);
    add(facts, "Restore time", ReviewResults.Variable.RESTORE_TIME);
    add(facts, "Longest time unproven", ReviewResults.Variable.LONGEST_UNPROVEN);
    Optional.ofNullable(variables.get(ReviewResults.Variable.REPORT_COMMAND))
        .map(command -> Fact.code("The whole report", command))
        .ifPresent(facts::add);
    return facts;
  }

  private void add(List<Fact> facts, String label, String variable) {
    Optional.ofNullable(variables.get(variable))
        .map(text -> Fact.of(label, text))
        .ifPresent(facts::add);
  }

  public List<String> failures() {
    return variables.getOrDefault(ReviewResults.Variable.FAILURES, "").lines().toList();
  }
}
