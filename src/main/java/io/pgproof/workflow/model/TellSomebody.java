package io.pgproof.workflow.model;

/** The names that {@code bpmn/tell-somebody.bpmn} and the code share. */
public final class TellSomebody {
  /** Id of the process. */
  public static final String PROCESS = "tellSomebody";

  /** File of the model on the class path. */
  public static final String MODEL = "bpmn/tell-somebody.bpmn";

  private TellSomebody() {}

  /** Ids of the service tasks; each is also the name of the bean that executes it. */
  public static final class Step {
    public static final String TELL_RECIPIENT = "tellRecipient";
    public static final String TELL_AFTER_MENDING = "tellAfterMending";

    private Step() {}
  }

  /** Ids of the events. */
  public static final class Event {
    public static final String SOMETHING_TO_TELL = "somethingToTell";
    public static final String RECIPIENT_GONE = "recipientGone";
    public static final String MESSAGE_NOT_DELIVERED = "messageNotDelivered";
    public static final String RECIPIENT_GONE_MEANWHILE = "recipientGoneMeanwhile";
    public static final String RECIPIENT_TOLD = "recipientTold";
    public static final String NOBODY_TO_TELL = "nobodyToTell";

    private Event() {}
  }

  /** Codes of the BPMN errors. */
  public static final class ErrorCode {
    /** The recipient is no longer configured. */
    public static final String NOBODY = "nobody";

    /** The message was refused, or its retries are used up. */
    public static final String UNDELIVERED = "undelivered";

    private ErrorCode() {}
  }

  /** Names of the process variables; the business key is the message's id. */
  public static final class Variable {
    /** Pauses before a message is sent again, ISO 8601, separated by commas. */
    public static final String RETRY_CYCLE = "retryCycle";

    /** Name of the recipient in the configuration. */
    public static final String RECIPIENT = "recipient";

    /** The message as JSON, in UTF-8. */
    public static final String MESSAGE = "message";

    /** What people see of the message in Cockpit; the run may be null. */
    public static final String EVENT = "event";

    public static final String SUBJECT = "subject";
    public static final String RUN = "run";

    /** Why the recipient was not notified; set with {@link ErrorCode#UNDELIVERED}. */
    public static final String WHY = "why";

    private Variable() {}
  }
}
