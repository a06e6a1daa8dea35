package io.pgproof.workflow.model;

/**
 * The names that {@code bpmn/review-results.bpmn} and the code share; the business key of an
 * instance whose review is open is its period, see {@link io.pgproof.evidence.DayPeriod}.
 */
public final class ReviewResults {
  /** Id of the process. */
  public static final String PROCESS = "reviewResults";

  /** File of the model on the class path. */
  public static final String MODEL = "bpmn/review-results.bpmn";

  private ReviewResults() {}

  /** Ids of the service tasks; each is also the name of the bean that executes it. */
  public static final class Step {
    public static final String OPEN_REVIEW = "openReview";
    public static final String REMIND_REVIEWERS = "remindReviewers";
    public static final String ESCALATE_REVIEW = "escalateReview";

    private Step() {}
  }

  /** Ids of the tasks where the process waits for a person. */
  public static final class Task {
    public static final String REVIEW_REPORT = "reviewReport";

    private Task() {}
  }

  /** Ids of the events. */
  public static final class Event {
    public static final String REVIEW_PLANNED = "reviewPlanned";
    public static final String REVIEW_DUE = "reviewDue";
    public static final String NOTHING_TO_REVIEW = "nothingToReview";
    public static final String REVIEW_REMINDER_DUE = "reviewReminderDue";
    public static final String REVIEW_OVERDUE = "reviewOverdue";
    public static final String REVIEWERS_REMINDED = "reviewersReminded";
    public static final String REVIEW_ESCALATED = "reviewEscalated";
    public static final String RESULTS_SIGNED = "resultsSigned";
    public static final String ACTION_ASKED_FOR = "actionAskedFor";

    private Event() {}
  }

  /** Ids of the gateways. */
  public static final class Gateway {
    public static final String ANY_DAY_TO_REVIEW = "anyDayToReview";
    public static final String WHICH_DECISION = "whichDecision";

    private Gateway() {}
  }

  /** Names of the beans that listen to the task. */
  public static final class Listener {
    public static final String REVIEW_DECIDED = "reviewDecided";

    private Listener() {}
  }

  /**
   * Names of the process variables beside those of every planned process and the answers of the
   * form, which are named as in {@link VerifyBackup.Variable}.
   */
  public static final class Variable {
    /** Whether a review was opened: one of {@link Outcome}. */
    public static final String OUTCOME = "outcome";

    public static final String REMIND_AFTER = VerifyBackup.Variable.REMIND_AFTER;
    public static final String ESCALATE_AFTER = VerifyBackup.Variable.ESCALATE_AFTER;
    public static final String DECIDE_BY = VerifyBackup.Variable.DECIDE_BY;

    /** What the form shows of the report, each a text. */
    public static final String PERIOD = "period";

    public static final String TARGETS = "targets";
    public static final String RUNS = "runs";
    public static final String DUE_TIMES = "dueTimes";
    public static final String DATA_AGE = "dataAge";
    public static final String RESTORE_TIME = "restoreTime";
    public static final String LONGEST_UNPROVEN = "longestUnproven";
    public static final String FAILURES = "failures";
    public static final String REPORT_COMMAND = "reportCommand";

    private Variable() {}
  }

  /** Values of {@link Variable#OUTCOME}. */
  public static final class Outcome {
    public static final String OPENED = "opened";
    public static final String NOTHING = "nothing";

    private Outcome() {}
  }

  /** Values of the decision. */
  public static final class Decision {
    public static final String SIGN = "sign";
    public static final String ASK_FOR_ACTION = "askForAction";

    private Decision() {}
  }
}
