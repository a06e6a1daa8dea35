package io.pgproof.workflow.model;

import io.pgproof.evidence.Evidence;
import java.util.Set;

/** The names that {@code bpmn/verify-backup.bpmn} and the code share. */
public final class VerifyBackup {
  /** Id of the process. */
  public static final String PROCESS = "verifyBackup";

  /** File of the model on the class path. */
  public static final String MODEL = "bpmn/verify-backup.bpmn";

  /** The variables that a person sets by completing a task. */
  public static final Set<String> ANSWERS =
      Set.of(Variable.DECISION, Variable.DECISION_REASON, Variable.WAIVED_UNTIL);

  private VerifyBackup() {}

  /** Ids of the service tasks; each is also the name of the bean that executes it. */
  public static final class Step {
    public static final String INSPECT_BACKUP = "inspectBackup";
    public static final String FIND_IMAGE = "findImage";
    public static final String TAKE_TURN = "takeTurn";
    public static final String RESTORE_FILES = "restoreFiles";
    public static final String LOOK_AT_RESTORE = "lookAtRestore";
    public static final String PREPARE_RECOVERY = "prepareRecovery";
    public static final String CREATE_CONTAINER = "createContainer";
    public static final String START_SERVER = "startServer";
    public static final String LOOK_AT_RECOVERY = "lookAtRecovery";
    public static final String RUN_CHECKS = "runChecks";
    public static final String LOOK_AT_CHECKS = "lookAtChecks";
    public static final String NOTE_DEADLINE = "noteDeadline";
    public static final String NOTE_INTERRUPTION = "noteInterruption";
    public static final String REACH_VERDICT = "reachVerdict";
    public static final String RECORD_EVIDENCE = "recordEvidence";
    public static final String LOOK_FOR_WAIVER = "lookForWaiver";
    public static final String JOIN_OPEN_TASK = "joinOpenTask";
    public static final String REMIND_PEOPLE = "remindPeople";
    public static final String HAND_ON_REVIEW = "handOnReview";
    public static final String ESCALATE_UNANSWERED_TASK = "escalateUnansweredTask";
    public static final String VERIFY_AGAIN = "verifyAgain";

    /** The compensation handlers, which run inside the job of the teardown that triggered them. */
    public static final String REMOVE_FILES = "removeFiles";

    public static final String DESTROY_CONTAINER = "destroyContainer";

    /**
     * Steps whose BPMN errors the model catches. An error from any other step would end the run
     * without a verdict, or turn a fault of the teardown into a finding.
     */
    public static final Set<String> CATCH_ERRORS =
        Set.of(
            INSPECT_BACKUP,
            FIND_IMAGE,
            TAKE_TURN,
            RESTORE_FILES,
            LOOK_AT_RESTORE,
            PREPARE_RECOVERY,
            CREATE_CONTAINER,
            START_SERVER,
            LOOK_AT_RECOVERY,
            RUN_CHECKS,
            LOOK_AT_CHECKS,
            NOTE_DEADLINE,
            NOTE_INTERRUPTION);

    private Step() {}
  }

  /** Ids of the tasks where the process waits for long work, or for a container slot. */
  public static final class Wait {
    public static final String AWAIT_INSPECTION = "awaitInspection";
    public static final String AWAIT_IMAGE = "awaitImage";
    public static final String AWAIT_TURN = "awaitTurn";
    public static final String AWAIT_RESTORE = "awaitRestore";
    public static final String AWAIT_RECOVERY = "awaitRecovery";
    public static final String AWAIT_CHECKS = "awaitChecks";

    private Wait() {}
  }

  /** Ids of the tasks where the process waits for a person. */
  public static final class Task {
    public static final String REVIEW_STALE_BACKUP = Evidence.REVIEW_STALE_BACKUP;
    public static final String APPROVE_ESCALATION = "approveEscalation";

    private Task() {}
  }

  /**
   * Ids of the subprocesses: those that operators open from the plane above, and those that end an
   * attempt early.
   */
  public static final class Scope {
    public static final String INSPECTION = "inspection";
    public static final String IMAGE_SEARCH = "imageSearch";
    public static final String TURN = "turn";
    public static final String PROVE_IN_CONTAINER = "proveInContainer";
    public static final String WATCH_RESTORE = "watchRestore";
    public static final String WATCH_RECOVERY = "watchRecovery";
    public static final String WATCH_CHECKS = "watchChecks";
    public static final String DECIDE_ON_BACKUP = "decideOnBackup";
    public static final String ON_FINDING = "onFinding";
    public static final String ON_ENVIRONMENT_FAULT = "onEnvironmentFault";
    public static final String ON_DEADLINE = "onDeadline";
    public static final String ON_INTERRUPTION = "onInterruption";

    private Scope() {}
  }

  /** Ids of the events. */
  public static final class Event {
    public static final String VERIFICATION_ASKED_FOR = "verificationAskedFor";
    public static final String INSPECTION_BEGUN = "inspectionBegun";
    public static final String BACKUP_INSPECTED = "backupInspected";
    public static final String IMAGE_NEEDED = "imageNeeded";
    public static final String IMAGE_FOUND = "imageFound";
    public static final String TURN_NEEDED = "turnNeeded";
    public static final String TURN_TAKEN = "turnTaken";
    public static final String RESTORE_BEGUN = "restoreBegun";
    public static final String RESTORE_WATCHED = "restoreWatched";
    public static final String RECOVERY_BEGUN = "recoveryBegun";
    public static final String RECOVERY_WATCHED = "recoveryWatched";
    public static final String CHECKS_BEGUN = "checksBegun";
    public static final String CHECKS_WATCHED = "checksWatched";
    public static final String DECISION_NEEDED = "decisionNeeded";
    public static final String BACKUP_DECIDED_ON = "backupDecidedOn";
    public static final String INSPECTION_FAILED = "inspectionFailed";
    public static final String LOOK_AT_INSPECTION_AGAIN = "lookAtInspectionAgain";
    public static final String IMAGE_FAILED = "imageFailed";
    public static final String LOOK_FOR_IMAGE_AGAIN = "lookForImageAgain";
    public static final String TURN_FAILED = "turnFailed";
    public static final String LOOK_FOR_TURN_AGAIN = "lookForTurnAgain";
    public static final String STAY_BEGUN = "stayBegun";
    public static final String FILES_RESTORED = "filesRestored";
    public static final String LOOK_AT_RESTORE_AGAIN = "lookAtRestoreAgain";
    public static final String CONTAINER_CREATED = "containerCreated";
    public static final String LOOK_AT_RECOVERY_AGAIN = "lookAtRecoveryAgain";
    public static final String LOOK_AT_CHECKS_AGAIN = "lookAtChecksAgain";
    public static final String FINDING_MADE = "findingMade";
    public static final String ENVIRONMENT_FAILED = "environmentFailed";
    public static final String DEADLINE_PASSED = "deadlinePassed";
    public static final String ATTEMPT_INTERRUPTED = "attemptInterrupted";

    public static final String TEAR_DOWN = "tearDown";
    public static final String TEAR_DOWN_AFTER_FINDING = "tearDownAfterFinding";
    public static final String TEAR_DOWN_AFTER_FAULT = "tearDownAfterFault";
    public static final String TEAR_DOWN_AFTER_DEADLINE = "tearDownAfterDeadline";
    public static final String TEAR_DOWN_AFTER_INTERRUPTION = "tearDownAfterInterruption";

    public static final String BACKUP_PROVEN = "backupProven";
    public static final String VERIFICATION_WITHDRAWN = "verificationWithdrawn";
    public static final String CONTROL_RUN_ENDED = "controlRunEnded";
    public static final String BACKUP_WAIVED = "backupWaived";
    public static final String OPEN_TASK_JOINED = "openTaskJoined";
    public static final String WORSE_RUN_CAME = "worseRunCame";
    public static final String REVIEW_REMINDER_DUE = "reviewReminderDue";
    public static final String REVIEW_OVERDUE = "reviewOverdue";
    public static final String STALE_BACKUP_ACCEPTED = "staleBackupAccepted";
    public static final String NEW_BACKUP_ASKED_FOR = "newBackupAskedFor";
    public static final String APPROVAL_REMINDER_DUE = "approvalReminderDue";
    public static final String APPROVAL_OVERDUE = "approvalOverdue";
    public static final String PEOPLE_REMINDED = "peopleReminded";
    public static final String BACKUP_ESCALATED = "backupEscalated";
    public static final String VERIFICATION_BEGUN_AGAIN = "verificationBegunAgain";
    public static final String FINDING_DISMISSED = "findingDismissed";

    private Event() {}
  }

  /** Ids of the gateways. */
  public static final class Gateway {
    public static final String INSPECTED_YET = "inspectedYet";
    public static final String IMAGE_AT_HAND_YET = "imageAtHandYet";
    public static final String TURN_TAKEN_YET = "turnTakenYet";
    public static final String FILES_RESTORED_YET = "filesRestoredYet";
    public static final String RECOVERED_YET = "recoveredYet";
    public static final String CHECKED_YET = "checkedYet";
    public static final String BEGIN_AGAIN = "beginAgain";
    public static final String WHICH_VERDICT = "whichVerdict";
    public static final String ONLY_STALE = "onlyStale";
    public static final String WAIVED = "waived";
    public static final String WHICH_TASK = "whichTask";
    public static final String HOW_REVIEWED = "howReviewed";
    public static final String WHICH_DECISION = "whichDecision";

    private Gateway() {}
  }

  /** Names of the messages; each is correlated with one process instance. */
  public static final class Message {
    public static final String INSPECTION_ENDED = "inspectionEnded";
    public static final String IMAGE_BUILT = "imageBuilt";
    public static final String TURN_CAME = "turnCame";
    public static final String RESTORE_ENDED = "restoreEnded";
    public static final String RECOVERY_ENDED = "recoveryEnded";
    public static final String CHECKS_ENDED = "checksEnded";

    /**
     * Ends an attempt that an earlier process left: it is undone, and begun again while attempts
     * are left. Only an attempt listens to it.
     */
    public static final String ATTEMPT_INTERRUPTED = "attemptInterrupted";

    /** Ends a review: another run of the target was refuted or inconclusive and replaces it. */
    public static final String WORSE_RUN_CAME = "worseRunCame";

    private Message() {}
  }

  /** Codes of the BPMN errors. */
  public static final class ErrorCode {
    /** A finding decides the verdict. */
    public static final String FINDING = "finding";

    /** A fault of the environment remained after all retries. */
    public static final String ENVIRONMENT = "environment";

    private ErrorCode() {}
  }

  /**
   * Names of the beans that listen to the tasks for people, and to what happens to a run outside
   * the model.
   */
  public static final class Listener {
    public static final String TASK_OPENED = "taskOpened";
    public static final String TASK_DECIDED = "taskDecided";

    /**
     * Not in the model, because a person who deletes an instance can skip the model's own
     * listeners.
     */
    public static final String RUN_DELETED = "runDeleted";

    private Listener() {}
  }

  /** Names of the process variables. */
  public static final class Variable {
    /**
     * Whether the run verifies a copy that pgproof damaged itself, so that nobody is told and
     * nobody decides. Set at the start.
     */
    public static final String CONTROL = "control";

    /** Retry intervals of every job, such as {@code PT5S,PT30S}. Set at the start. */
    public static final String RETRY_CYCLE = "retryCycle";

    /**
     * How long the next wait lasts before the next look, ISO 8601; set at the start and by each
     * look.
     */
    public static final String PAUSE = "pause";

    /** How long one attempt may last, ISO 8601. Set at the start. */
    public static final String DEADLINE = "deadline";

    /** Number of attempts begun so far, an integer. Set at the start. */
    public static final String ATTEMPT = "attempt";

    /**
     * Whether the attempt that has just ended was interrupted; set at the start, and a new attempt
     * must reset it.
     */
    public static final String INTERRUPTED = "interrupted";

    /** Whether the requester withdrew the run. Set at the start. */
    public static final String WITHDRAWN = "withdrawn";

    /**
     * How long people may take until they are reminded, and until the process continues without
     * them, ISO 8601. Set at the start.
     */
    public static final String REMIND_AFTER = "remindAfter";

    public static final String ESCALATE_AFTER = "escalateAfter";

    /** What the last look found, one boolean each, set by the step before the gateway. */
    public static final String INSPECTED = "inspected";

    public static final String IMAGE_AT_HAND = "imageAtHand";
    public static final String TURN_TAKEN = "turnTaken";
    public static final String RESTORED = "restored";
    public static final String RECOVERED = "recovered";
    public static final String CHECKED = "checked";
    public static final String WAIVED = "waived";
    public static final String JOINED = "joined";

    /** Identifies the backup, so that runs of one backup find each other. Set at the start. */
    public static final String BACKUP_KEY = "backupKey";

    /**
     * {@code proven}, {@code stale}, {@code refuted} or {@code inconclusive}; set once it is
     * recorded.
     */
    public static final String VERDICT = "verdict";

    /**
     * The same values when the verdict was reached; a verdict is recorded only if the evidence log
     * says the same.
     */
    public static final String REACHED = "reached";

    /** What else the forms show; each may be null except the run and the path. */
    public static final String RUN = "run";

    public static final String TARGET = "target";
    public static final String BACKUP_PATH = "backupPath";
    public static final String REASON = "reason";
    public static final String MESSAGE = "message";
    public static final String HINT = "hint";
    public static final String WORDS = "words";
    public static final String NEWEST = "newest";
    public static final String NEWEST_SOURCE = "newestSource";
    public static final String AGE_TEXT = "ageText";
    public static final String MAX_AGE_TEXT = "maxAgeText";
    public static final String STALE_BY = "staleBy";
    public static final String STALE_SINCE = "staleSince";
    public static final String EVIDENCE = "evidence";
    public static final String JOINED_RUNS = "joinedRuns";
    public static final String TARGET_HISTORY = "targetHistory";
    public static final String DECIDE_BY = "decideBy";
    public static final String ASKED_BY = "askedBy";

    /**
     * Names of recipients, separated by commas, as configured in the server that began the run;
     * null if there are none.
     */
    public static final String TELL = "tell";

    /**
     * Who escalated a stale backup, {@code pgproof} if no operator decided in time, and why; null
     * if nobody did.
     */
    public static final String HANDED_ON_BY = "handedOnBy";

    public static final String HANDED_ON_REASON = "handedOnReason";

    /** The decision of a person: one of {@link Decision}. */
    public static final String DECISION = "decision";

    public static final String DECISION_REASON = "decisionReason";

    /** The last day on which an accepted backup stays accepted, such as {@code 2026-12-01}. */
    public static final String WAIVED_UNTIL = "waivedUntil";

    private Variable() {}
  }

  /** Values of {@link Variable#DECISION}. */
  public static final class Decision {
    public static final String ACCEPT = "accept";
    public static final String NEW_BACKUP = "newBackup";
    public static final String ESCALATE = Evidence.ESCALATE;
    public static final String VERIFY_AGAIN = "verifyAgain";
    public static final String DISMISS = "dismiss";

    private Decision() {}
  }

  /** Maximum number of attempts of a verification. */
  public static final int MOST_ATTEMPTS = 3;
}
