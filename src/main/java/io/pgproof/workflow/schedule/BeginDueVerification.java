package io.pgproof.workflow.schedule;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.RunId;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Target;
import io.pgproof.workflow.model.KeepSchedule;
import io.pgproof.workflow.notify.NotificationEvent;
import io.pgproof.workflow.notify.Notifier;
import io.pgproof.workflow.verify.Started;
import io.pgproof.workflow.verify.Verifications;
import java.time.Clock;
import java.util.Optional;

/** Begin due verification: only a scheduled one without a verdict is in its way. */
final class BeginDueVerification extends BeginDueWork {
  private final EvidenceLog evidenceLog;
  private final Verifications verifications;
  private final Notifier notifier;

  BeginDueVerification(
      EvidenceLog evidenceLog,
      CurrentConfiguration configuration,
      SchedulePlanner schedulePlanner,
      Verifications verifications,
      Clock clock,
      Notifier notifier) {
    super(DueWork.VERIFICATION, configuration, schedulePlanner, clock);
    this.evidenceLog = evidenceLog;
    this.verifications = verifications;
    this.notifier = notifier;
  }

  @Override
  void passOver(Target target, Evidence.Due passed, RunId before) {
    new Evidence.DuePassedOver(passed.since(), passed.times()).record(evidenceLog, before);
    notifier.notify(
        new NotificationEvent.ScheduleMissed(
            target.name(),
            passed.since(),
            "it was skipped, because run " + before + " has no verdict yet"));
  }

  @Override
  Started begin(Target target, Evidence.Due passed) {
    return verifications
        .unfinished(target.name(), KeepSchedule.ASKED_BY)
        .map(before -> new Started(before, false))
        .orElseGet(() -> new Started(beginRun(target, passed), true));
  }

  private RunId beginRun(Target target, Evidence.Due passed) {
    RunId run =
        verifications.beginUnseen(target.request(KeepSchedule.ASKED_BY), null, Optional.of(passed));
    if (passed.missed()) {
      notifier.notify(
          new NotificationEvent.ScheduleMissed(
              target.name(),
              passed.since(),
              "the server was down or busy; run "
                  + run
                  + " catches up"
                  + (passed.times() > 1 ? " for " + passed.times() + " due times" : "")));
    }
    return run;
  }
}
