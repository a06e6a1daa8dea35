package io.pgproof.workflow.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.proof.RunId;
import io.pgproof.target.Plan;
import io.pgproof.target.Schedule;
import io.pgproof.target.Settings;
import io.pgproof.target.Target;
import io.pgproof.workflow.model.KeepSchedule;
import io.pgproof.workflow.model.NegativeControl;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Negative controls by schedule; a control stands still at its first layer. */
class ScheduledControlsTest {
  private final NightOnEngine night = new NightOnEngine();

  @BeforeEach
  void steps() {
    night.execute(
        NegativeControl.Step.CHOOSE_BACKUP,
        execution -> execution.setVariable(NegativeControl.Variable.CHOSEN, true));
    night.execute(
        NegativeControl.Step.MAKE_COPY,
        execution ->
            execution.setVariable(NegativeControl.Variable.COPY, NegativeControl.Copy.PENDING));
  }

  @AfterEach
  void close() {
    night.close();
  }

  @Test
  void aDueTimeBeginsAControlAndPlansTheNext() {
    serve(target("shop", "0 3 * * *", "0 4 * * 0"));
    assertThat(night.due("shop", DueWork.CONTROL)).isEqualTo("2026-03-01T04:00:00Z");

    night.at("2026-03-01T04:00:01Z");
    night.work();

    RunId control = night.controls.unfinished("shop").orElseThrow();
    assertThat(night.told(control))
        .containsExactly(
            "requested a negative control of shop", "was due at 2026-03-01 04:00:00 UTC");
    assertThat(night.trail.of(control).get(0).actor()).isEqualTo(KeepSchedule.ASKED_BY);
    assertThat(night.runs()).as("its verification was due, too").hasSize(1);
    assertThat(night.ends()).containsExactly(KeepSchedule.Event.BEGUN, KeepSchedule.Event.BEGUN);
    assertThat(night.due("shop", DueWork.CONTROL)).isEqualTo("2026-03-08T04:00:00Z");
    assertThat(night.due("shop")).isEqualTo("2026-03-02T03:00:00Z");
    assertThat(new DueTimes(night.engine.getRuntimeService()).all(DueWork.CONTROL))
        .containsEntry("shop", Instant.parse("2026-03-08T04:00:00Z"))
        .hasSize(1);
  }

  @Test
  void controlsThatWereMissedAreCaughtUpByOne() {
    serve(target("shop", null, "0 4 * * *"));
    night.at("2026-03-04T12:00:00Z");
    night.schedules.reconcile();
    night.work();

    assertThat(controls()).hasSize(1);
    assertThat(night.told(night.controls.unfinished("shop").orElseThrow()))
        .contains("catches up for 4 due times that were missed since 2026-03-01 04:00:00 UTC");
    assertThat(night.runs()).isEmpty();
    assertThat(night.due("shop", DueWork.CONTROL)).isEqualTo("2026-03-05T04:00:00Z");
  }

  @Test
  void aControlUnderWayIsNotDoubled() {
    serve(target("shop", null, "0 4 * * *"));
    RunId asked =
        night
            .controls
            .start(target("shop", null, "0 4 * * *").request("olga"), Optional.empty())
            .run();
    night.at("2026-03-01T04:00:00Z");
    night.work();

    assertThat(controls()).hasSize(1);
    assertThat(night.ends()).containsExactly(KeepSchedule.Event.DUE_TIME_PASSED_OVER);
    assertThat(night.told(asked))
        .contains(
            "the due time at 2026-03-01 04:00:00 UTC skipped, because this run or control had not ended yet");
    assertThat(night.due("shop", DueWork.CONTROL)).isEqualTo("2026-03-02T04:00:00Z");
  }

  @Test
  void plannedControlsFollowTheConfiguration() {
    serve(target("shop", "0 3 * * *", "0 4 * * *"), target("crm", null, "0 4 * * *"));
    serve(target("shop", "0 3 * * *", "0 5 * * *"));
    assertThat(night.due("shop", DueWork.CONTROL)).isEqualTo("2026-03-01T05:00:00Z");
    assertThat(night.planned()).extracting(ProcessInstance::getBusinessKey).containsOnly("shop");

    serve(target("shop", "0 3 * * *", null));
    assertThat(night.planned()).hasSize(1);
    assertThat(night.due("shop")).isEqualTo("2026-03-01T03:00:00Z");
  }

  @Test
  void aTargetThatWasRemovedJustNowIsNotControlled() {
    serve(target("shop", null, "0 4 * * *"));
    night.configure(1, target("shop", "0 3 * * *", null));
    night.at("2026-03-01T04:00:00Z");
    night.work();
    assertThat(controls()).isEmpty();
    assertThat(night.ends()).containsExactly(KeepSchedule.Event.SCHEDULE_GONE);
  }

  private List<ProcessInstance> controls() {
    return night
        .engine
        .getRuntimeService()
        .createProcessInstanceQuery()
        .processDefinitionKey(NegativeControl.PROCESS)
        .list();
  }

  private static Target target(
      String name, @Nullable String verification, @Nullable String control) {
    return new Target(
        name,
        Path.of("/backups", name),
        Settings.NONE,
        new Plan(schedule(verification), schedule(control), false, List.of()));
  }

  private static Optional<Schedule> schedule(@Nullable String cron) {
    return Optional.ofNullable(cron).map(text -> new Schedule(text, ZoneOffset.UTC));
  }

  private void serve(Target... targets) {
    night.configure(1, targets);
    night.schedules.reconcile();
  }
}
