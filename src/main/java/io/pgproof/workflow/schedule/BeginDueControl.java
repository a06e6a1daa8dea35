package io.pgproof.workflow.schedule;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.RunId;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Target;
import io.pgproof.workflow.control.Controls;
import io.pgproof.workflow.model.KeepSchedule;
import io.pgproof.workflow.verify.Started;
import java.time.Clock;
import java.util.Optional;

/** Begin due control: any control of the target that is under way is in its way. */
final class BeginDueControl extends BeginDueWork {
  private final EvidenceLog evidenceLog;
  private final Controls controls;

  BeginDueControl(
      EvidenceLog evidenceLog,
      CurrentConfiguration configuration,
      SchedulePlanner schedulePlanner,
      Controls controls,
      Clock clock) {
    super(DueWork.CONTROL, configuration, schedulePlanner, clock);
    this.evidenceLog = evidenceLog;
    this.controls = controls;
  }

  @Override
  void passOver(Target target, Evidence.Due passed, RunId before) {
    new Evidence.DuePassedOver(passed.since(), passed.times()).record(evidenceLog, before);
  }

  @Override
  Started begin(Target target, Evidence.Due passed) {
    return controls.start(target.request(KeepSchedule.ASKED_BY), Optional.of(passed));
  }
}
