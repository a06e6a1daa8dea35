package io.pgproof.workflow;

import io.pgproof.audit.Entry;
import io.pgproof.audit.EvidenceJson;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.target.VerificationRequest;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** What the trail of a run tells, one type a kind of entry; the kind in the table is the type's name. */
public sealed interface Evidence {

  /** Someone asked for a verification. */
  record Asked(VerificationRequest request, String again) implements Evidence {}

  /** The backup told what it is. */
  record Inspected(Report.BackupFacts backup) implements Evidence {}

  /** The image to restore in. */
  record ImageFound(Report.ImageFacts image) implements Evidence {}

  /** A stay in the container was begun, counted from 1. */
  record AttemptBegun(int attempt) implements Evidence {}

  /** The data directory was written whole. */
  record Restored(Report.BackupFacts backup, List<Report.CheckFacts> checks, List<String> notChecked) implements Evidence {}

  /** The container runs, the server recovers. */
  record Started(String container) implements Evidence {}

  /** Recovery ended as the backup says it must. */
  record Recovered(Report.RecoveryFacts recovery, Report.CheckFacts check) implements Evidence {}

  /** The database was asked. */
  record Checked(
      List<Report.CheckFacts> checks, Report.FreshnessFacts freshness, List<String> notChecked) implements Evidence {}

  /** Something keeps the backup from being proven. */
  record Found(String reason, String message, String hint, String words) implements Evidence {
    static Found of(Finding finding) {
      return new Found(finding.reason().code(), finding.message(), finding.hint(), finding.words());
    }

    Finding finding() {
      return Finding.of(Reason.of(reason), message, hint, words);
    }
  }

  /** A stay was cut off by the end of the program; the next owner noticed. */
  record Interrupted(int attempt) implements Evidence {}

  /** Whoever asked for the run took it back. */
  record Withdrawn(String by) implements Evidence {}

  /** The container is gone. */
  record ContainerDestroyed(String container) implements Evidence {}

  /** The files are gone, or kept on request. */
  record FilesRemoved(String keptAt, Instant keptUntil) implements Evidence {}

  /** The verdict, with all that it rests on. */
  record VerdictReached(Report report) implements Evidence {}

  /** A person is asked. */
  record TaskOpened(String task, String name, String group) implements Evidence {}

  /** A task about this backup is open already; this run was added to it. */
  record TaskJoined(String openedByRun) implements Evidence {}

  /** Another bad run of the backup that this run's open task is about. */
  record RunJoined(String run, String verdict, String reason) implements Evidence {}

  /** A person decided. */
  record Decided(String task, String decision, String reason) implements Evidence {}

  /** A decision led to another verification. */
  record BegunAgain(String run) implements Evidence {}

  /** The kind of the entry as it stands in the table. */
  static String kind(Class<? extends Evidence> type) {
    return type.getSimpleName();
  }

  /**
   * @throws IllegalStateException for an entry of a kind that this version does not know
   */
  @SuppressWarnings("unchecked")
  static Evidence read(Entry entry) {
    Class<?> type = Arrays.stream(Evidence.class.getPermittedSubclasses())
        .filter(permitted -> permitted.getSimpleName().equals(entry.kind()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("entry " + entry.id() + " is of the unknown kind " + entry.kind()));
    return EvidenceJson.read(entry.body(), (Class<? extends Evidence>) type);
  }
}
