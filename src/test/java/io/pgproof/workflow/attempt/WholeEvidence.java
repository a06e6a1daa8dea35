package io.pgproof.workflow.attempt;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunRequests;
import io.pgproof.proof.Check;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Report;
import io.pgproof.proof.Report.BackupFacts;
import io.pgproof.proof.RunId;
import io.pgproof.target.Settings;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.decide.PeopleOnEngine;
import io.pgproof.workflow.model.VerifyBackup.Step;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.impl.util.ClockUtil;

/** What the steps of a run record that goes all its way and finds nothing against its backup. */
public final class WholeEvidence {
  private WholeEvidence() {}

  /**
   * The entry of each step that records one, in their order.
   *
   * @param backup as it was inspected
   * @param age of the newest data; the entry that says they are too old is the caller's to record
   */
  public static Map<String, Evidence> of(
      VerificationRequest request, BackupFacts backup, Instant now, Duration age) {
    Map<String, Evidence> entries = new LinkedHashMap<>();
    BackupFacts restored =
        new BackupFacts(
            backup.path(),
            backup.format(),
            backup.postgresVersion(),
            backup.systemIdentifier(),
            backup.startTime(),
            backup.startLsn(),
            backup.bytes(),
            List.of(new Report.ArchiveFacts("base.tar.gz", backup.bytes(), "0a".repeat(32))),
            new Report.ManifestFacts("0b".repeat(32)));
    entries.put(Step.INSPECT_BACKUP, new Evidence.Inspected(backup, 1));
    entries.put(
        Step.FIND_IMAGE,
        new Evidence.ImageFound(new Report.ImageFacts("15-bookworm-0123456789ab", "15.20", now)));
    entries.put(Step.RESTORE_FILES, new Evidence.AttemptBegun(1));
    entries.put(
        Step.LOOK_AT_RESTORE,
        new Evidence.Restored(
            restored,
            List.of(passed("archive"), passed("manifest"), passed("pages")),
            List.of(),
            null,
            "0/A0D6640",
            true));
    entries.put(Step.PREPARE_RECOVERY, new Evidence.RecoveryPrepared());
    entries.put(Step.CREATE_CONTAINER, new Evidence.ContainerCreated("pgproof-1"));
    entries.put(Step.START_SERVER, new Evidence.Started("pgproof-1"));
    entries.put(
        Step.LOOK_AT_RECOVERY,
        new Evidence.Recovered(
            new Report.RecoveryFacts(1, true, "0/B000000", now.minus(age), List.of()),
            passed("recovery")));
    entries.put(Step.RUN_CHECKS, new Evidence.ChecksBegun());
    boolean old = age.compareTo(request.maxAge()) > 0;
    List<Check> checks = new ArrayList<>();
    checks.add(
        old
            ? Check.failed("freshness", "as it was found", Duration.ofMillis(1))
            : passed("freshness"));
    for (int n = 1; n <= request.queries().assertions().size(); n++) {
      checks.add(passed("assertion:" + n));
    }
    if (request.depth().atLeast(Depth.STANDARD)) {
      checks.add(passed("indexes"));
    }
    if (request.depth().atLeast(Depth.DEEP)) {
      checks.add(passed("rows"));
      checks.add(passed("checksums"));
    }
    entries.put(
        Step.LOOK_AT_CHECKS,
        new Evidence.Checked(
            checks,
            new Report.FreshnessFacts(
                now.minus(age),
                age.toSeconds(),
                request.maxAge().toSeconds(),
                request.queries().freshnessQuery().isPresent() ? "query" : "wal"),
            List.of(),
            old ? 1 : 0));
    entries.put(Step.DESTROY_CONTAINER, new Evidence.ContainerDestroyed("pgproof-1"));
    entries.put(Step.REMOVE_FILES, new Evidence.FilesRemoved(null, null));
    return entries;
  }

  /** Records all of it. */
  public static void record(
      EvidenceLog evidenceLog,
      RunId run,
      VerificationRequest request,
      BackupFacts backup,
      Instant now,
      Duration age) {
    of(request, backup, now, age).values().forEach(entry -> entry.record(evidenceLog, run));
  }

  /**
   * Lets those of these beans that are fakes of such steps record as the real ones do, once they
   * have done what they do.
   */
  public static void recordedBy(Map<Object, Object> beans, EvidenceLog evidenceLog) {
    RunRequests runRequests = new RunRequests(evidenceLog);
    VerificationRequest any =
        Settings.NONE.request(Optional.empty(), Path.of("/backups/shop"), "tester");
    for (String step : of(any, PeopleOnEngine.MONDAY, Instant.EPOCH, Duration.ZERO).keySet()) {
      JavaDelegate fake = (JavaDelegate) beans.get(step);
      beans.put(
          step,
          (JavaDelegate)
              execution -> {
                fake.execute(execution);
                RunId run = new RunId(execution.getProcessBusinessKey());
                BackupFacts backup =
                    evidenceLog
                        .last(run, Evidence.kind(Evidence.Inspected.class))
                        .map(entry -> ((Evidence.Inspected) Evidence.read(entry)).backup())
                        .orElse(PeopleOnEngine.MONDAY);
                Evidence evidence =
                    of(
                            runRequests.of(run),
                            backup,
                            ClockUtil.getCurrentTime().toInstant(),
                            Duration.ofHours(1))
                        .get(step);
                (evidence instanceof Evidence.AttemptBegun
                        ? new Evidence.AttemptBegun(runRequests.attempt(run) + 1)
                        : evidence)
                    .record(evidenceLog, run);
              });
    }
  }

  private static Check passed(String name) {
    return Check.passed(name, "as it should", Duration.ofMillis(1));
  }
}
