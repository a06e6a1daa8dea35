package io.pgproof.workflow.notify;

import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.SummarySettings;
import io.pgproof.workflow.engine.RecurringProcess;

/** Keeps one daily summary planned if the configuration asks for one, and none otherwise. */
public final class SummaryPlanner {
  private final RecurringProcess summaries;
  private final CurrentConfiguration configuration;

  /**
   * @param summaries the process {@code dailySummary}
   */
  SummaryPlanner(RecurringProcess summaries, CurrentConfiguration configuration) {
    this.summaries = summaries;
    this.configuration = configuration;
  }

  /**
   * Plans a summary, keeps the one that waits, or removes one that was planned for another time.
   */
  public void plan() {
    summaries.plan(configuration.get().telling().dailySummary().map(SummarySettings::schedule));
  }
}
