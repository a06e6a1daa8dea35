package io.pgproof.workflow.schedule;

import static io.pgproof.workflow.model.KeepSchedule.Event.*;
import static io.pgproof.workflow.schedule.NightOnEngine.target;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.evidence.RunRequests;
import io.pgproof.proof.RunId;
import io.pgproof.target.Setting;
import io.pgproof.target.Settings;
import io.pgproof.target.Target;
import io.pgproof.workflow.model.KeepSchedule;
import io.pgproof.workflow.model.VerifyBackup;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.Activity;
import org.camunda.bpm.model.bpmn.instance.FlowElement;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.Process;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeepScheduleTest {
  private static final String AT_THREE = "0 3 * * *";
  private final NightOnEngine night = new NightOnEngine();

  @AfterEach
  void close() {
    night.close();
  }

  @Test
  void aDueTimeStartsOneVerificationAndPlansTheNext() {
    serve(target("shop", AT_THREE));
    assertThat(night.due("shop")).isEqualTo(Instant.parse("2026-03-01T03:00:00Z"));
    night.at("2026-03-01T02:59:59Z");
    night.work();
    assertThat(night.runs()).isEmpty();

    night.at("2026-03-01T03:00:01Z");
    night.work();

    assertThat(night.runs()).hasSize(1);
    RunId run = night.runs().get(0);
    assertThat(night.told(run))
        .startsWith(
            "requested verification of /backups/shop", "was due at 2026-03-01 03:00:00 UTC");
    assertThat(night.trail.of(run).get(0).actor()).isEqualTo("schedule");
    assertThat(night.standing(run)).containsExactly(VerifyBackup.Wait.AWAIT_RESTORE);
    assertThat(night.ends()).containsExactly(BEGUN);
    assertThat(night.planned()).hasSize(1);
    assertThat(night.due("shop")).isEqualTo(Instant.parse("2026-03-02T03:00:00Z"));
  }

  @Test
  void foreignDeploymentsUnderTheSameKeysAreNotStarted() {
    for (String process : List.of(VerifyBackup.PROCESS, KeepSchedule.PROCESS)) {
      night
          .engine
          .getRepositoryService()
          .createDeployment()
          .addModelInstance(
              process + ".bpmn",
              Bpmn.createExecutableProcess(process)
                  .camundaHistoryTimeToLive(1)
                  .startEvent("foreign")
                  .userTask()
                  .endEvent()
                  .done())
          .deploy();
    }
    // Its own file, in the company of one that is not.
    night
        .engine
        .getRepositoryService()
        .createDeployment()
        .addClasspathResource(VerifyBackup.MODEL)
        .addString("bpmn/review-stale-backup.form", "{}")
        .deploy();

    serve(target("shop", AT_THREE));
    night.at("2026-03-01T03:00:01Z");
    night.work();

    assertThat(night.engine.getRuntimeService().createProcessInstanceQuery().list())
        .hasSize(2)
        .allSatisfy(instance -> assertThat(instance.getProcessDefinitionId()).contains(":1:"));
    assertThat(night.standing(night.runs().get(0)))
        .containsExactly(VerifyBackup.Wait.AWAIT_RESTORE);
  }

  @Test
  void missedDueTimesAreCaughtUpByOneRun() {
    serve(target("shop", AT_THREE));
    night.at("2026-03-04T12:00:00Z");
    night.schedules.reconcile();
    night.work();

    assertThat(night.runs()).hasSize(1);
    assertThat(night.told(night.runs().get(0)))
        .contains("catches up for 4 due times that were missed since 2026-03-01 03:00:00 UTC");
    assertThat(night.due("shop")).isEqualTo(Instant.parse("2026-03-05T03:00:00Z"));
  }

  @Test
  void aMissedDueTimeIsCaughtUpLater() {
    serve(target("shop", AT_THREE));
    night.at("2026-03-01T09:20:00Z");
    night.work();
    assertThat(night.told(night.runs().get(0)))
        .contains("was due at 2026-03-01 03:00:00 UTC, started 6 h 20 min late");
  }

  @Test
  void aDueTimeIsSkippedWhileTheRunBeforeHasNoVerdict() {
    serve(target("shop", "0 * * * *"));
    night.at("2026-03-01T01:00:00Z");
    night.work();
    RunId first = night.runs().get(0);
    night.steps.script(
        VerifyBackup.Step.LOOK_AT_RESTORE,
        execution -> execution.setVariable(VerifyBackup.Variable.RESTORED, false));
    night.at("2026-03-01T02:00:00Z");
    night.work();

    assertThat(night.runs()).containsExactly(first);
    assertThat(night.ends()).containsExactly(BEGUN, DUE_TIME_PASSED_OVER);
    assertThat(night.told(first))
        .contains(
            "the due time at 2026-03-01 02:00:00 UTC skipped, because this run or control had not ended yet");
    assertThat(night.due("shop")).isEqualTo(Instant.parse("2026-03-01T03:00:00Z"));

    night.prove(first);
    night.at("2026-03-01T03:00:00Z");
    night.work();
    assertThat(night.runs()).hasSize(2);
  }

  @Test
  void aPersonsRunSkipsNoDueTime() {
    serve(target("shop", AT_THREE));
    RunId asked = night.ask("shop");
    night.at("2026-03-01T03:00:00Z");
    night.work();
    assertThat(night.runs()).hasSize(2).startsWith(asked);
    assertThat(night.standing(night.runs().get(1)))
        .as("never two in containers")
        .containsExactly(VerifyBackup.Wait.AWAIT_TURN);
  }

  @Test
  void aRemovedTargetEndsItsSchedule() {
    serve(target("shop", AT_THREE), target("crm", AT_THREE));
    night.configure(1, target("crm", AT_THREE));
    night.at("2026-03-01T03:00:00Z");
    night.work();

    assertThat(night.ends()).containsExactlyInAnyOrder(BEGUN, SCHEDULE_GONE);
    assertThat(night.planned()).extracting(ProcessInstance::getBusinessKey).containsExactly("crm");
    assertThat(night.runs()).hasSize(1);
  }

  @Test
  void aRunUsesTheSettingsAtItsDueTime() {
    serve(target("shop", AT_THREE));
    Target changed =
        target("shop", AT_THREE).overriddenBy(Settings.NONE.with(Setting.DATABASE, "orders"));
    night.configure(1, changed);
    night.at("2026-03-01T03:00:00Z");
    night.work();
    assertThat(new RunRequests(night.trail).of(night.runs().get(0)).queries().database())
        .isEqualTo("orders");
  }

  @Test
  void aFaultIsRetriedAndStartsAndPlansNothing() {
    serve(target("shop", AT_THREE));
    night.engine.getRepositoryService().suspendProcessDefinitionByKey(VerifyBackup.PROCESS);
    night.at("2026-03-01T03:00:00Z");
    night.work();
    night.at("2026-03-01T03:00:06Z");
    night.work();
    night.at("2026-03-01T03:01:00Z");
    night.work();
    assertThat(night.runs()).isEmpty();
    assertThat(night.planned()).as("nothing was planned").hasSize(1);
    assertThat(night.engine.getRuntimeService().createIncidentQuery().count()).isEqualTo(1);

    night.engine.getRepositoryService().activateProcessDefinitionByKey(VerifyBackup.PROCESS);
    night.at("2026-03-01T03:02:00Z");
    night.work();
    assertThat(night.runs()).as("an incident waits for somebody").isEmpty();
    night.schedules.reconcile();
    night.work();

    assertThat(night.runs()).hasSize(1);
    assertThat(night.due("shop")).isEqualTo(Instant.parse("2026-03-02T03:00:00Z"));
    assertThat(night.engine.getRuntimeService().createIncidentQuery().count()).isZero();
  }

  @Test
  void aClockThatIsSetBackRepeatsNoDueTime() {
    serve(target("shop", AT_THREE));
    ProcessInstance instance = night.planned().get(0);
    String timer =
        night
            .engine
            .getManagementService()
            .createJobQuery()
            .processInstanceId(instance.getId())
            .singleResult()
            .getId();
    night.at("2026-03-01T03:00:00Z");
    night.engine.getManagementService().executeJob(timer);
    night.at("2026-03-01T02:00:00Z");
    night.work();
    assertThat(night.runs()).hasSize(1);
    assertThat(night.due("shop")).isEqualTo(Instant.parse("2026-03-02T03:00:00Z"));
    night.schedules.reconcile();
    assertThat(night.planned()).hasSize(1);
  }

  @Test
  void plannedTimesFollowTheConfiguration() {
    serve(target("shop", AT_THREE), target("crm", AT_THREE), target("wiki", AT_THREE));
    String shop = id("shop");
    String crm = id("crm");

    serve(target("shop", AT_THREE), target("crm", "30 4 * * *"), target("mail", "0 5 * * *"));

    assertThat(night.planned())
        .extracting(ProcessInstance::getBusinessKey)
        .containsExactlyInAnyOrder("shop", "crm", "mail");
    assertThat(List.of(id("shop"), id("crm"))).as("left, and moved").containsExactly(shop, crm);
    assertThat(night.due("crm")).isEqualTo(Instant.parse("2026-03-01T04:30:00Z"));
    assertThat(night.due("mail")).isEqualTo(Instant.parse("2026-03-01T05:00:00Z"));

    serve();
    assertThat(night.planned()).isEmpty();
  }

  @Test
  void aPastDueTimeStaysToBeCaughtUp() {
    serve(target("shop", AT_THREE));
    night.at("2026-03-01T03:10:00Z");
    serve(target("shop", "0 4 * * *"));
    night.work();
    assertThat(night.runs()).hasSize(1);
    assertThat(night.due("shop")).isEqualTo(Instant.parse("2026-03-01T04:00:00Z"));
  }

  @Test
  void constantsAndPictureMatchTheModel() throws Exception {
    BpmnModelInstance model =
        Bpmn.readModelFromStream(KeepSchedule.class.getResourceAsStream("/" + KeepSchedule.MODEL));
    Bpmn.validateModel(model);
    Process process = model.getModelElementsByType(Process.class).iterator().next();
    assertThat(process.getId()).isEqualTo(KeepSchedule.PROCESS);
    assertThat(process.getCamundaHistoryTimeToLiveString()).isEqualTo("P30D");
    assertThat(process.isCamundaStartableInTasklist()).isFalse();
    Set<String> named = new TreeSet<>();
    for (Class<?> group :
        List.of(KeepSchedule.Step.class, KeepSchedule.Event.class, KeepSchedule.Gateway.class)) {
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
    assertThat(pictured())
        .as("bpmn/draw draws it anew")
        .isEqualTo(
            model.getModelElementsByType(FlowElement.class).stream()
                .map(FlowElement::getId)
                .collect(Collectors.toCollection(TreeSet::new)));
  }

  private static Set<String> pictured() throws IOException {
    Set<String> pictured = new TreeSet<>();
    Matcher ids =
        Pattern.compile("data-element-id=\"([A-Za-z]+?)(?:_label)?\"")
            .matcher(Files.readString(Path.of("processes/keep-schedule/keep-schedule.svg")));
    while (ids.find()) {
      pictured.add(ids.group(1));
    }
    return pictured;
  }

  private String id(String target) {
    return night.planned().stream()
        .filter(instance -> instance.getBusinessKey().equals(target))
        .findFirst()
        .orElseThrow()
        .getId();
  }

  private void serve(Target... targets) {
    night.configure(1, targets);
    night.schedules.reconcile();
  }
}
