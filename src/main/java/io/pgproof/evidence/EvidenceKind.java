package io.pgproof.evidence;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceJson;
import java.util.Arrays;

/**
 * The kinds of evidence. Code and schema are stored in the table permanently and do not depend on
 * the names of the Java types: a code is never changed or reused, and a body that an earlier
 * version cannot read gets the next schema.
 */
enum EvidenceKind {
  ASKED("Asked", 1, Evidence.Asked.class),
  DUE("Due", 1, Evidence.Due.class),
  DUE_PASSED_OVER("DuePassedOver", 1, Evidence.DuePassedOver.class),
  NOTICED("Noticed", 1, Evidence.Noticed.class),
  CHOSEN("Chosen", 1, Evidence.Chosen.class),
  INSPECTED("Inspected", 1, Evidence.Inspected.class),
  IMAGE_FOUND("ImageFound", 1, Evidence.ImageFound.class),
  TURN_AWAITED("TurnAwaited", 1, Evidence.TurnAwaited.class),
  TURN_TAKEN("TurnTaken", 1, Evidence.TurnTaken.class),
  ATTEMPT_BEGUN("AttemptBegun", 1, Evidence.AttemptBegun.class),
  RESTORED("Restored", 1, Evidence.Restored.class),
  RECOVERY_PREPARED("RecoveryPrepared", 1, Evidence.RecoveryPrepared.class),
  CONTAINER_CREATED("ContainerCreated", 1, Evidence.ContainerCreated.class),
  STARTED("Started", 1, Evidence.Started.class),
  RECOVERED("Recovered", 1, Evidence.Recovered.class),
  RECOVERY_BROKEN("RecoveryBroken", 1, Evidence.RecoveryBroken.class),
  CHECKS_BEGUN("ChecksBegun", 1, Evidence.ChecksBegun.class),
  CHECKED("Checked", 1, Evidence.Checked.class),
  NOTED("Noted", 1, Evidence.Noted.class),
  FOUND("Found", 1, Evidence.Found.class),
  INTERRUPTED("Interrupted", 1, Evidence.Interrupted.class),
  WITHDRAWN("Withdrawn", 1, Evidence.Withdrawn.class),
  CONTAINER_DESTROYED("ContainerDestroyed", 1, Evidence.ContainerDestroyed.class),
  FILES_REMOVED("FilesRemoved", 1, Evidence.FilesRemoved.class),
  VERDICT_REACHED("VerdictReached", 1, Evidence.VerdictReached.class),
  TASK_OPENED("TaskOpened", 1, Evidence.TaskOpened.class),
  TASK_JOINED("TaskJoined", 1, Evidence.TaskJoined.class),
  RUN_JOINED("RunJoined", 1, Evidence.RunJoined.class),
  REMINDED("Reminded", 1, Evidence.Reminded.class),
  NOBODY_DECIDED("NobodyDecided", 1, Evidence.NobodyDecided.class),
  WAIVER_GRANTED("WaiverGranted", 1, Evidence.WaiverGranted.class),
  WAIVED("Waived", 1, Evidence.Waived.class),
  DECIDED("Decided", 1, Evidence.Decided.class),
  DECISION_REFUSED("DecisionRefused", 1, Evidence.DecisionRefused.class),
  DECISION_TAKEN_AWAY("DecisionTakenAway", 1, Evidence.DecisionTakenAway.class),
  BEGUN_AGAIN("BegunAgain", 1, Evidence.BegunAgain.class),
  TOLD("Told", 1, Evidence.Told.class),
  NOT_TOLD("NotTold", 1, Evidence.NotTold.class),
  CONTROL_ASKED("ControlAsked", 1, Evidence.ControlAsked.class),
  CONTROL_CHOSEN("ControlChosen", 1, Evidence.ControlChosen.class),
  CONTROL_JUDGED("ControlJudged", 1, Evidence.ControlJudged.class),
  CONTROL_ENDED("ControlEnded", 1, Evidence.ControlEnded.class);

  private final String code;
  private final int schema;
  private final Class<? extends Evidence> type;

  EvidenceKind(String code, int schema, Class<? extends Evidence> type) {
    this.code = code;
    this.schema = schema;
    this.type = type;
  }

  /** Returns the code as it is stored in the table. */
  String code() {
    return code;
  }

  /**
   * Returns the schema of the bodies that are written now, counted from 1; earlier schemas can be
   * read as well.
   */
  int schema() {
    return schema;
  }

  Class<? extends Evidence> type() {
    return type;
  }

  static EvidenceKind of(Class<? extends Evidence> type) {
    return Arrays.stream(values())
        .filter(kind -> kind.type == type)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(type + " is not a kind of evidence"));
  }

  /**
   * Reads the body of an entry.
   *
   * @throws IllegalStateException for an entry that this version cannot read
   */
  static Evidence read(EvidenceEntry evidenceEntry) {
    EvidenceKind kind =
        Arrays.stream(values())
            .filter(known -> known.code.equals(evidenceEntry.kind()))
            .findFirst()
            .orElseThrow(
                () -> unreadable(evidenceEntry, "has the unknown kind " + evidenceEntry.kind()));
    if (evidenceEntry.schema() > kind.schema) {
      throw unreadable(
          evidenceEntry,
          "of the kind "
              + evidenceEntry.kind()
              + " has schema "
              + evidenceEntry.schema()
              + ", and "
              + kind.schema
              + " is the latest known");
    }
    return EvidenceJson.read(evidenceEntry.body(), kind.type);
  }

  private static IllegalStateException unreadable(EvidenceEntry evidenceEntry, String what) {
    return new IllegalStateException(
        "entry "
            + evidenceEntry.id()
            + " of run "
            + evidenceEntry.run()
            + " "
            + what
            + "\nHINT: a later version of pgproof wrote it; start that version");
  }
}
