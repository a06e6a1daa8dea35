package io.pgproof.workflow.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.damage.Layer;
import io.pgproof.evidence.ControlHistory;
import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.ControlResult.Outcome;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.LastControls;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Finding;
import io.pgproof.proof.RunId;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.Plan;
import io.pgproof.target.Setting;
import io.pgproof.target.Settings;
import io.pgproof.target.Target;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.model.KeepSchedule;
import io.pgproof.workflow.model.NegativeControl;
import io.pgproof.workflow.model.NegativeControl.Wait;
import io.pgproof.workflow.model.TellSomebody;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.schedule.NightOnEngine;
import io.pgproof.workflow.verify.Started;
import io.pgproof.workflow.verify.Verifications;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.runtime.JobQuery;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.Activity;
import org.camunda.bpm.model.bpmn.instance.FlowElement;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.Process;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/** The process of a control on an engine; its verifications find stale data and nothing else. */
class NegativeControlOnEngineTest {
  private final NightOnEngine night = new NightOnEngine();
  private final ControlHistory history = new ControlHistory(night.trail);
  @TempDir Path place;
  private final Controls controls = night.controls;

  @BeforeEach
  void steps() {
    use(night.work);
    night.configure(
        1,
        new Target(
            "shop", place, Settings.NONE, new Plan(Optional.empty(), false, List.of("dba"))));
  }

  @AfterEach
  void close() {
    night.close();
  }

  private void use(BackgroundWork work) {
    ControlCopies copies =
        new ControlCopies(new StateDirectory(place), work, 0, Duration.ofMinutes(1));
    StaticListableBeanFactory beans =
        new StaticListableBeanFactory(
            Map.of("verifications", night.verifications, "controls", controls));
    night.execute(
        NegativeControl.Step.CHOOSE_BACKUP,
        new ChooseBackup(night.trail, new RunIndex(night.database)));
    night.execute(
        NegativeControl.Step.MAKE_COPY,
        new MakeCopy(
            night.trail,
            copies,
            beans.getBeanProvider(Controls.class),
            beans.getBeanProvider(Verifications.class)));
    night.execute(NegativeControl.Step.JUDGE_COPY, new JudgeCopy(night.trail, copies));
    night.execute(
        NegativeControl.Step.CONCLUDE_CONTROL,
        new ConcludeControl(night.trail, copies, night.notifier));
  }

  /** A backup that is gone by the time it is copied. */
  private void chosen() {
    chosen(Layer.ARCHIVE);
  }

  private void chosen(Layer first) {
    night.execute(
        NegativeControl.Step.CHOOSE_BACKUP,
        execution -> {
          new Evidence.ControlChosen(
                  "20260301-000000-abcd", place.resolve("gone").toString(), "0/28")
              .record(night.trail, new RunId(execution.getProcessBusinessKey()));
          execution.setVariable(NegativeControl.Variable.CHOSEN, true);
          execution.setVariable(NegativeControl.Variable.LAYER, first.word());
        });
  }

  @Test
  void withoutAProvenBackupItEndsAtOnce() {
    RunId control = start(request("shop", Depth.STANDARD));
    night.work();

    assertThat(history.ended(control).orElseThrow().ended().why()).contains("verify the target");
    assertThat(new LastControls(night.trail).ofEachTarget()).isEmpty();
    assertThat(controls.unfinished("shop")).isEmpty();
    assertThat(told()).isEmpty();
  }

  @Test
  void aCheckThatMissesItsDamageRaisesTheAlarm() {
    chosen();
    RunId control = start(request("shop", Depth.QUICK, "select true"));
    assertThat(controls.unfinished("shop")).contains(control);
    assertThat(controls.owns(control.value())).isTrue();
    // The ends of the copies of the archive and of the WAL are signalled: no time passes.
    Awaitility.await()
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              night.work();
              return history.results(control).size() == 6;
            });

    RunId freshness = called(control);
    assertThat(night.told(freshness).get(0))
        .contains("negative control " + control + " of shop (freshness: ");
    night.workOn(freshness);
    night.prove(freshness);
    night.work();
    RunId assertion = called(control);
    assertThat(assertion).isNotEqualTo(freshness);
    assertThat(
            ((Evidence.Asked) Evidence.read(night.trail.of(assertion).get(0)))
                .request()
                .queries()
                .assertions())
        .containsExactly("select not (select true\n)", "select true");
    night.workOn(assertion);
    night.prove(assertion);
    night.work();

    ControlHistory.Control ended = history.ended(control).orElseThrow();
    assertThat(ended.ended().results())
        .extracting(ControlResult::layer, ControlResult::outcome)
        .containsExactly(
            tuple("archive", Outcome.COULD_NOT_TELL),
            tuple("manifest", Outcome.NOT_APPLICABLE),
            tuple("page", Outcome.NOT_APPLICABLE),
            tuple("wal", Outcome.COULD_NOT_TELL),
            tuple("index", Outcome.NOT_APPLICABLE),
            tuple("row", Outcome.NOT_APPLICABLE),
            tuple("freshness", Outcome.CAUGHT),
            tuple("assertion", Outcome.MISSED));
    assertThat(ended.ended().results().get(0).why()).contains("gone does not exist");
    assertThat(new LastControls(night.trail).ofEachTarget()).containsOnlyKeys("shop");
    assertThat(told()).containsExactly("CONTROL MISSED shop: assertion:1");
    assertThat(night.engine.getTaskService().createTaskQuery().count()).isZero();
    assertThat(ends(freshness)).containsExactly(VerifyBackup.Event.CONTROL_RUN_ENDED);
    assertThat(place.resolve("controls").resolve(control.value())).doesNotExist();
  }

  @Test
  void aWithdrawnControlTriesNoMoreLayers() {
    chosen();
    RunId control = start(request("shop", Depth.QUICK));
    controls.withdraw(control, "olga");
    night.work();

    assertThat(history.ended(control).orElseThrow().ended().results())
        .hasSize(8)
        .allSatisfy(
            result -> {
              assertThat(result.outcome()).isEqualTo(Outcome.COULD_NOT_TELL);
              assertThat(result.why()).isEqualTo("the control was interrupted by olga");
            });
    assertThat(told()).isEmpty();
  }

  @Test
  void aScheduledControlWaitsForThoseThatWereBegunBefore() {
    chosen(Layer.FRESHNESS);
    RunId first = start(request("shop", Depth.QUICK));
    night.at("2026-03-01T00:30:01Z");
    RunId scheduled =
        start(
            Settings.NONE.request(Optional.of("crm"), place.resolve("crm"), KeepSchedule.ASKED_BY));
    night.at("2026-03-01T00:30:02Z");
    RunId asked = start(request("wiki", Depth.QUICK));
    night.work();

    assertThat(night.standing(first)).containsExactly(Wait.VERIFY_COPY);
    assertThat(night.standing(scheduled)).containsExactly(Wait.AWAIT_COPY);
    assertThat(night.standing(asked)).as("a person waits for it").contains(Wait.VERIFY_COPY);

    RunId run = called(first);
    night.workOn(run);
    night.prove(run);
    night.work();
    assertThat(history.ended(first)).isPresent();
    night.at("2026-03-01T00:31:00Z");
    night.work();
    assertThat(night.standing(scheduled)).containsExactly(Wait.VERIFY_COPY);
  }

  @Test
  void aScheduledControlPassesOneThatStandsStill() {
    night.execute(
        NegativeControl.Step.CHOOSE_BACKUP,
        execution -> {
          throw new IllegalStateException("no database");
        });
    RunId broken = start(request("shop", Depth.QUICK));
    for (String time : List.of("00:30:00", "00:30:06", "00:31:00")) {
      night.at("2026-03-01T" + time + "Z");
      night.work();
    }
    Finding stuck = controls.stuck(broken).orElseThrow();
    assertThat(stuck.message()).contains("no database");
    assertThat(stuck.hint()).contains("retry the failed job in Cockpit");
    chosen(Layer.FRESHNESS);
    RunId scheduled =
        start(
            Settings.NONE.request(Optional.of("crm"), place.resolve("crm"), KeepSchedule.ASKED_BY));
    night.work();
    assertThat(night.standing(scheduled)).containsExactly(Wait.VERIFY_COPY);
  }

  @Test
  void runsOfControlsTakeTheirTurnAfterAllOthers() {
    chosen(Layer.FRESHNESS);
    RunId running = night.ask("other");
    RunId control = start(request("shop", Depth.QUICK));
    night.work();
    RunId run = called(control);
    RunId verification = night.ask("crm");
    night.work();

    assertThat(night.standing(running)).containsExactly(VerifyBackup.Wait.AWAIT_RESTORE);
    assertThat(night.told(run)).contains("waits for a container slot, behind " + running);
    assertThat(night.told(verification)).contains("waits for a container slot, behind " + running);
    night.prove(running);
    night.at("2026-03-01T00:40:00Z");
    night.work();
    assertThat(night.standing(verification)).containsExactly(VerifyBackup.Wait.AWAIT_RESTORE);
    assertThat(night.standing(run)).containsExactly(VerifyBackup.Wait.AWAIT_TURN);
  }

  @Test
  void aControlThatIsWithdrawnBeforeItsRunBeginsVerifiesNothing() {
    chosen(Layer.FRESHNESS);
    RunId control = start(request("shop", Depth.QUICK));
    workUntil(Wait.VERIFY_COPY, control);
    controls.withdraw(control, "olga");
    night.work();

    ControlResult freshness = history.ended(control).orElseThrow().ended().results().get(0);
    assertThat(freshness.outcome()).isEqualTo(Outcome.COULD_NOT_TELL);
    RunId run = new RunId(freshness.run());
    assertThat(night.told(run)).anyMatch(line -> line.contains("was interrupted by olga"));
    assertThat(night.steps.done).doesNotContain(VerifyBackup.Step.RESTORE_FILES);
  }

  @Test
  void twoWhoStartAControlAtOnceGetTheSame() throws Exception {
    VerificationRequest request = request("shop", Depth.QUICK);
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      CompletableFuture<Started> second = new CompletableFuture<>();
      Started first =
          night.transactions.execute(
              transaction -> {
                Started started = controls.start(request, Optional.empty());
                second.completeAsync(() -> controls.start(request, Optional.empty()), executor);
                Awaitility.await().until(() -> second.isDone() || waitsForALock());
                return started;
              });

      assertThat(first.started()).isTrue();
      assertThat(second.get()).isEqualTo(new Started(first.run(), false));
    } finally {
      executor.shutdownNow();
    }
  }

  private boolean waitsForALock() {
    return new JdbcTemplate(night.database)
            .queryForObject(
                "select count(*) from information_schema.sessions where blocker_id is not null",
                Integer.class)
        > 0;
  }

  @Test
  void aControlThatSomebodyDeletedIsToBeStartedAgain() {
    chosen(Layer.FRESHNESS);
    RunId deleted = start(request("shop", Depth.QUICK));
    night.work();
    night.engine.getRuntimeService().deleteProcessInstance(night.instance(deleted), "by hand");
    Finding stuck = controls.stuck(deleted).orElseThrow();
    assertThat(stuck.message()).contains("was deleted by hand");
    assertThat(stuck.hint()).isEqualTo("start the negative control again");
  }

  @Test
  void aScheduledControlPassesOneWhoseRunWasSuspended() {
    chosen(Layer.FRESHNESS);
    RunId first = start(request("shop", Depth.QUICK));
    night.work();
    night.engine.getRuntimeService().suspendProcessInstanceById(night.instance(called(first)));
    Finding stuck = controls.stuck(first).orElseThrow();
    assertThat(stuck.message())
        .isEqualTo(
            "run " + called(first) + " is stopped: its process instance was suspended by hand");
    assertThat(stuck.hint()).contains("activate it in Cockpit");
    night.at("2026-03-01T00:30:01Z");
    RunId scheduled =
        start(
            Settings.NONE.request(Optional.of("crm"), place.resolve("crm"), KeepSchedule.ASKED_BY));
    night.work();
    assertThat(night.standing(scheduled)).containsExactly(Wait.VERIFY_COPY);
  }

  /** Runs one job after another, until the next one is that of an activity. */
  private void workUntil(String activity, RunId control) {
    ManagementService management = night.engine.getManagementService();
    JobQuery jobs = management.createJobQuery().processInstanceId(night.instance(control));
    JobQuery wanted =
        management.createJobQuery().processInstanceId(night.instance(control)).activityId(activity);
    while (wanted.count() == 0) {
      management.executeJob(jobs.singleResult().getId());
    }
  }

  @Test
  void aCopyWhoseEndIsNotSignalledIsLookedAt() {
    try (BackgroundWork unheard =
        new BackgroundWork((run, message) -> {}, Duration.ofSeconds(30), 3)) {
      use(unheard);
      chosen();
      RunId control = start(request("shop", Depth.QUICK));
      night.work();
      assertThat(night.standing(control)).containsExactly(Wait.AWAIT_COPY);

      for (int minute = 31; history.results(control).isEmpty(); minute++) {
        night.at("2026-03-01T00:" + minute + ":00Z");
        night.work();
      }

      assertThat(history.results(control).get(0).why()).contains("gone does not exist");
    }
  }

  @Test
  void constantsAndPictureMatchTheModel() throws Exception {
    BpmnModelInstance model =
        Bpmn.readModelFromStream(
            NegativeControl.class.getResourceAsStream("/" + NegativeControl.MODEL));
    Bpmn.validateModel(model);
    Process process = model.getModelElementsByType(Process.class).iterator().next();
    assertThat(process.getId()).isEqualTo(NegativeControl.PROCESS);
    assertThat(process.getCamundaHistoryTimeToLiveString()).isEqualTo("P365D");
    assertThat(process.isCamundaStartableInTasklist()).isFalse();
    Set<String> named = new TreeSet<>();
    for (Class<?> group :
        List.of(
            NegativeControl.Step.class,
            NegativeControl.Wait.class,
            NegativeControl.Event.class,
            NegativeControl.Gateway.class)) {
      for (Field field : group.getFields()) {
        named.add((String) field.get(null));
      }
    }
    assertThat(model.getModelElementsByType(FlowNode.class))
        .extracting(FlowNode::getId)
        .containsExactlyInAnyOrderElementsOf(named);
    for (ServiceTask task : model.getModelElementsByType(ServiceTask.class)) {
      assertThat(task.getCamundaDelegateExpression()).isEqualTo("${" + task.getId() + "}");
      assertThat(task.isCamundaAsyncBefore()).isTrue();
    }
    assertThat(model.getModelElementsByType(Activity.class))
        .allSatisfy(activity -> assertThat(activity.getDocumentations()).hasSize(1));
    Set<String> pictured = new TreeSet<>();
    Matcher ids =
        Pattern.compile("data-element-id=\"([A-Za-z]+?)(?:_label)?\"")
            .matcher(Files.readString(Path.of("processes/negative-control/negative-control.svg")));
    while (ids.find()) {
      pictured.add(ids.group(1));
    }
    assertThat(model.getModelElementsByType(FlowElement.class))
        .as("bpmn/draw draws it anew")
        .extracting(FlowElement::getId)
        .containsExactlyInAnyOrderElementsOf(pictured);
  }

  private static org.assertj.core.groups.Tuple tuple(Object... values) {
    return org.assertj.core.groups.Tuple.tuple(values);
  }

  private RunId start(VerificationRequest request) {
    Started control = controls.start(request, Optional.empty());
    assertThat(control.started()).isTrue();
    return control.run();
  }

  private RunId called(RunId control) {
    ProcessInstance called =
        night
            .engine
            .getRuntimeService()
            .createProcessInstanceQuery()
            .superProcessInstanceId(night.instance(control))
            .singleResult();
    return new RunId(called.getBusinessKey());
  }

  private List<String> ends(RunId run) {
    return night
        .engine
        .getHistoryService()
        .createHistoricActivityInstanceQuery()
        .processInstanceId(night.instance(run))
        .activityType("noneEndEvent")
        .list()
        .stream()
        .map(end -> end.getActivityId())
        .filter(
            end ->
                end.equals(VerifyBackup.Event.CONTROL_RUN_ENDED)
                    || end.equals(VerifyBackup.Event.BACKUP_PROVEN))
        .toList();
  }

  private List<String> told() {
    return night
        .engine
        .getHistoryService()
        .createHistoricVariableInstanceQuery()
        .variableName(TellSomebody.Variable.SUBJECT)
        .list()
        .stream()
        .map(variable -> (String) variable.getValue())
        .toList();
  }

  private VerificationRequest request(String target, Depth depth, String... assertions) {
    return Settings.NONE
        .with(Setting.DEPTH, depth)
        .with(Setting.ASSERTIONS, List.of(assertions))
        .request(Optional.of(target), place, "olga");
  }
}
