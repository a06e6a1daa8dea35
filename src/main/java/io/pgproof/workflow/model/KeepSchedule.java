package io.pgproof.workflow.model;

/**
 * The names that {@code bpmn/keep-schedule.bpmn} and the code share; the business key of an
 * instance is the target's name.
 */
public final class KeepSchedule {
  /** Id of the process. */
  public static final String PROCESS = "keepSchedule";

  /** File of the model on the class path. */
  public static final String MODEL = "bpmn/keep-schedule.bpmn";

  /** The requester of a scheduled verification or negative control. */
  public static final String ASKED_BY = "schedule";

  private KeepSchedule() {}

  /** Ids of the service tasks; each is also the name of the bean that executes it. */
  public static final class Step {
    public static final String BEGIN_DUE_VERIFICATION = "beginDueVerification";
    public static final String BEGIN_DUE_CONTROL = "beginDueControl";

    private Step() {}
  }

  /** Ids of the events. */
  public static final class Event {
    public static final String DUE_TIME_PLANNED = "dueTimePlanned";
    public static final String DUE_TIME_CAME = "dueTimeCame";
    public static final String BEGUN = "begun";
    public static final String DUE_TIME_PASSED_OVER = "dueTimePassedOver";
    public static final String SCHEDULE_GONE = "scheduleGone";

    private Event() {}
  }

  /** Ids of the gateways. */
  public static final class Gateway {
    public static final String WHAT_IS_DUE = "whatIsDue";
    public static final String DUE_TIME_HANDLED = "dueTimeHandled";
    public static final String WHICH_OUTCOME = "whichOutcome";

    private Gateway() {}
  }

  /** Names of the process variables. */
  public static final class Variable {
    public static final String RETRY_CYCLE = "retryCycle";

    /** Name of the target, the same as the business key. */
    public static final String TARGET = "target";

    /** The due time, a date. */
    public static final String DUE = "due";

    /**
     * What is due: one of {@link Work}. An instance that an earlier version planned has none; it is
     * a verification.
     */
    public static final String WORK = "work";

    /** The outcome: one of {@link Outcome}. */
    public static final String OUTCOME = "outcome";

    /** The run or the control that was begun, if there is one. */
    public static final String RUN = "run";

    private Variable() {}
  }

  /** Values of {@link Variable#WORK}. */
  public static final class Work {
    public static final String VERIFICATION = "verification";
    public static final String CONTROL = "control";

    private Work() {}
  }

  /** Values of {@link Variable#OUTCOME}. */
  public static final class Outcome {
    public static final String BEGUN = "begun";
    public static final String PASSED_OVER = "passedOver";
    public static final String GONE = "gone";

    private Outcome() {}
  }
}
