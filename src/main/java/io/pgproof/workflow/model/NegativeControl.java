package io.pgproof.workflow.model;

/**
 * The names that {@code bpmn/negative-control.bpmn} and the code share; the business key of an
 * instance is the id of the control, which has the form of a run's id.
 */
public final class NegativeControl {
  /** Id of the process. */
  public static final String PROCESS = "negativeControl";

  /** File of the model on the class path. */
  public static final String MODEL = "bpmn/negative-control.bpmn";

  /** The requester of the verifications of damaged copies. */
  public static final String ASKED_BY = "control";

  private NegativeControl() {}

  /** Ids of the service tasks; each is also the name of the bean that executes it. */
  public static final class Step {
    public static final String CHOOSE_BACKUP = "chooseBackup";
    public static final String MAKE_COPY = "makeCopy";
    public static final String JUDGE_COPY = "judgeCopy";
    public static final String CONCLUDE_CONTROL = "concludeControl";

    private Step() {}
  }

  /** Ids of the activities that wait. */
  public static final class Wait {
    public static final String AWAIT_COPY = "awaitCopy";

    /** Calls {@link VerifyBackup#PROCESS}. */
    public static final String VERIFY_COPY = "verifyCopy";

    private Wait() {}
  }

  /** Ids of the events. */
  public static final class Event {
    public static final String CONTROL_ASKED_FOR = "controlAskedFor";
    public static final String LOOK_AT_COPY_AGAIN = "lookAtCopyAgain";
    public static final String CONTROL_ENDED = "controlEnded";

    private Event() {}
  }

  /** Ids of the gateways. */
  public static final class Gateway {
    public static final String BACKUP_CHOSEN = "backupChosen";
    public static final String COPY_MADE = "copyMade";
    public static final String LAYERS_LEFT = "layersLeft";

    private Gateway() {}
  }

  /** Names of the messages. */
  public static final class Message {
    public static final String COPY_ENDED = "copyEnded";

    private Message() {}
  }

  /**
   * Names of the process variables; those of {@link VerifyBackup.Variable} are set as well, for the
   * verification that is called.
   */
  public static final class Variable {
    /**
     * Name of the target; not the name that a run uses, because its runs are none of the target.
     */
    public static final String TARGET = "controlTarget";

    /** Whether there is a proven backup. */
    public static final String CHOSEN = "chosen";

    /** Word of the layer that comes next. */
    public static final String LAYER = "layer";

    /** What became of the copy: one of {@link Copy}. */
    public static final String COPY = "copy";

    /** Whether more layers follow. */
    public static final String LEFT = "left";

    private Variable() {}
  }

  /** Values of {@link Variable#COPY}. */
  public static final class Copy {
    public static final String PENDING = "pending";
    public static final String MADE = "made";

    /** The layer does not apply, or its copy could not be made. */
    public static final String NONE = "none";

    private Copy() {}
  }
}
