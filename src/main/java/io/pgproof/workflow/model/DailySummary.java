package io.pgproof.workflow.model;

/** The names that {@code bpmn/daily-summary.bpmn} and the code share. */
public final class DailySummary {
  /** Id of the process. */
  public static final String PROCESS = "dailySummary";

  /** File of the model on the class path. */
  public static final String MODEL = "bpmn/daily-summary.bpmn";

  private DailySummary() {}

  /** Ids of the service tasks; each is also the name of the bean that executes it. */
  public static final class Step {
    public static final String PLAN_NEXT_SUMMARY = "planNextSummary";
    public static final String SUM_UP_DAY = "sumUpDay";

    private Step() {}
  }

  /** Ids of the events. */
  public static final class Event {
    public static final String SUMMARY_PLANNED = "summaryPlanned";
    public static final String SUMMARY_DUE = "summaryDue";
    public static final String DAY_SUMMED_UP = "daySummedUp";

    private Event() {}
  }
}
