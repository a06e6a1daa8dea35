package io.pgproof.workflow.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.Activity;
import org.camunda.bpm.model.bpmn.instance.Association;
import org.camunda.bpm.model.bpmn.instance.BaseElement;
import org.camunda.bpm.model.bpmn.instance.BoundaryEvent;
import org.camunda.bpm.model.bpmn.instance.CatchEvent;
import org.camunda.bpm.model.bpmn.instance.CompensateEventDefinition;
import org.camunda.bpm.model.bpmn.instance.EndEvent;
import org.camunda.bpm.model.bpmn.instance.Error;
import org.camunda.bpm.model.bpmn.instance.ErrorEventDefinition;
import org.camunda.bpm.model.bpmn.instance.Event;
import org.camunda.bpm.model.bpmn.instance.ExclusiveGateway;
import org.camunda.bpm.model.bpmn.instance.FlowElement;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.Message;
import org.camunda.bpm.model.bpmn.instance.MessageEventDefinition;
import org.camunda.bpm.model.bpmn.instance.Process;
import org.camunda.bpm.model.bpmn.instance.ReceiveTask;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;
import org.camunda.bpm.model.bpmn.instance.StartEvent;
import org.camunda.bpm.model.bpmn.instance.SubProcess;
import org.camunda.bpm.model.bpmn.instance.UserTask;
import org.camunda.bpm.model.bpmn.instance.bpmndi.BpmnEdge;
import org.camunda.bpm.model.bpmn.instance.bpmndi.BpmnPlane;
import org.camunda.bpm.model.bpmn.instance.bpmndi.BpmnShape;
import org.camunda.bpm.model.bpmn.instance.camunda.CamundaFailedJobRetryTimeCycle;
import org.camunda.bpm.model.bpmn.instance.camunda.CamundaTaskListener;
import org.camunda.bpm.model.bpmn.instance.di.Waypoint;
import org.camunda.bpm.model.xml.instance.ModelElementInstance;
import org.junit.jupiter.api.Test;

/** The rules that a person would otherwise have to keep by looking. */
class VerifyBackupRulesTest {
  private static final Pattern CAMEL_CASE = Pattern.compile("[a-z]+([A-Z][a-z]+)*");
  private static final Pattern VERB_AND_OBJECT = Pattern.compile("[A-Z][a-z]+( [a-z]+)+");
  private static final String CAMUNDA = "http://camunda.org/schema/1.0/bpmn";
  private static final BpmnModelInstance MODEL = read();

  @Test
  void theProcessIsExecutableAndItsHistoryLastsAYear() {
    Process process = all(Process.class).iterator().next();
    assertThat(process.getId()).isEqualTo(VerifyBackup.PROCESS);
    assertThat(process.getName()).isEqualTo("Verify backup");
    assertThat(process.isExecutable()).isTrue();
    assertThat(process.getCamundaHistoryTimeToLiveString()).isEqualTo("P365D");
    assertThat(process.isCamundaStartableInTasklist()).isFalse();
  }

  @Test
  void eachServiceTaskIsAJobWithARetryCycleAndADelegate() {
    for (ServiceTask task : all(ServiceTask.class)) {
      assertThat(task.getCamundaDelegateExpression()).isEqualTo("${" + task.getId() + "}");
      // The engine ignores asyncBefore on a handler: writing it would promise what is not kept.
      assertThat(task.isCamundaAsyncBefore()).as(task.getId()).isEqualTo(!task.isForCompensation());
      assertThat(retryCycle(task))
          .as(task.getId())
          .isEqualTo(task.isForCompensation() ? null : "${retryCycle}");
    }
    assertThat(ids(ServiceTask.class)).isEqualTo(new TreeSet<>(FakeSteps.all()));
  }

  @Test
  void eachTeardownIsAJobWithARetryCycle() {
    Set<String> teardowns = new TreeSet<>();
    for (EndEvent end : all(EndEvent.class)) {
      if (compensates(end)) {
        teardowns.add(end.getId());
        assertThat(end.isCamundaAsyncBefore()).as(end.getId()).isTrue();
        assertThat(retryCycle(end)).as(end.getId()).isEqualTo("${retryCycle}");
      }
    }
    assertThat(teardowns)
        .containsExactlyInAnyOrder(
            VerifyBackup.Event.TEAR_DOWN,
            VerifyBackup.Event.TEAR_DOWN_AFTER_FINDING,
            VerifyBackup.Event.TEAR_DOWN_AFTER_FAULT,
            VerifyBackup.Event.TEAR_DOWN_AFTER_DEADLINE,
            VerifyBackup.Event.TEAR_DOWN_AFTER_INTERRUPTION);
  }

  @Test
  void theListedStepsAreThoseWhoseErrorsAreCaught() {
    Set<String> guarded = new HashSet<>();
    for (BoundaryEvent event : all(BoundaryEvent.class)) {
      if (catchesErrors(event)) {
        guarded.add(event.getAttachedTo().getId());
      }
    }
    for (SubProcess handler : all(SubProcess.class)) {
      if (handler.triggeredByEvent()
          && handler.getChildElementsByType(StartEvent.class).stream()
              .anyMatch(VerifyBackupRulesTest::catchesErrors)) {
        guarded.add(((SubProcess) handler.getParentElement()).getId());
      }
    }
    Set<String> caught = new HashSet<>();
    for (ServiceTask task : all(ServiceTask.class)) {
      for (ModelElementInstance scope = task;
          scope instanceof FlowNode node && !task.isForCompensation();
          scope = scope.getParentElement()) {
        if (guarded.contains(node.getId())) {
          caught.add(task.getId());
        }
      }
    }
    assertThat(VerifyBackup.Step.CATCH_ERRORS).isEqualTo(caught);
  }

  private static boolean catchesErrors(CatchEvent event) {
    return event.getEventDefinitions().iterator().hasNext()
        && event.getEventDefinitions().iterator().next() instanceof ErrorEventDefinition;
  }

  @Test
  void constantsMatchTheElementsOfTheModel() throws IllegalAccessException {
    Set<String> named = new TreeSet<>();
    for (Class<?> group :
        new Class<?>[] {
          VerifyBackup.Step.class,
          VerifyBackup.Wait.class,
          VerifyBackup.Task.class,
          VerifyBackup.Scope.class,
          VerifyBackup.Event.class,
          VerifyBackup.Gateway.class
        }) {
      for (Field field : group.getFields()) {
        if (field.getType() == String.class) {
          named.add((String) field.get(null));
        }
      }
    }
    assertThat(ids(FlowNode.class)).isEqualTo(named);
  }

  @Test
  void messagesAndErrorsMatchTheConstantsAndAreUsed() throws IllegalAccessException {
    Set<String> constants = new TreeSet<>();
    for (Field field : VerifyBackup.Message.class.getFields()) {
      constants.add((String) field.get(null));
    }
    assertThat(all(Message.class))
        .extracting(Message::getName)
        .containsExactlyInAnyOrderElementsOf(constants);
    Set<Message> heard =
        all(ReceiveTask.class).stream().map(ReceiveTask::getMessage).collect(Collectors.toSet());
    all(MessageEventDefinition.class).forEach(event -> heard.add(event.getMessage()));
    assertThat(heard).isEqualTo(new HashSet<>(all(Message.class)));

    assertThat(all(Error.class))
        .extracting(Error::getErrorCode)
        .containsExactlyInAnyOrder(
            VerifyBackup.ErrorCode.FINDING, VerifyBackup.ErrorCode.ENVIRONMENT);
    assertThat(
            all(ErrorEventDefinition.class).stream()
                .map(ErrorEventDefinition::getError)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet()))
        .isEqualTo(new HashSet<>(all(Error.class)));
  }

  @Test
  void eachWaitHasAMessageAndATimer() {
    for (ReceiveTask wait : all(ReceiveTask.class)) {
      assertThat(
              all(BoundaryEvent.class).stream().filter(event -> event.getAttachedTo().equals(wait)))
          .as(wait.getId())
          .singleElement()
          .satisfies(event -> assertThat(event.cancelActivity()).isTrue());
    }
  }

  @Test
  void userTasksHaveAGroupAFormListenersAndAJobBehindThem() {
    for (UserTask task : all(UserTask.class)) {
      assertThat(task.isCamundaAsyncAfter()).isTrue();
      assertThat(retryCycle(task)).isEqualTo("${retryCycle}");
      assertThat(task.getCamundaCandidateGroupsList()).hasSize(1);
      String form = task.getAttributeValueNs(CAMUNDA, "formRef");
      assertThat(task.getAttributeValueNs(CAMUNDA, "formRefBinding")).isEqualTo("deployment");
      assertThat(VerifyBackup.class.getResource("/bpmn/" + form + ".form")).as(form).isNotNull();
      assertThat(
              task.getExtensionElements()
                  .getElementsQuery()
                  .filterByType(CamundaTaskListener.class)
                  .list())
          .extracting(
              listener ->
                  listener.getCamundaEvent() + " " + listener.getCamundaDelegateExpression())
          .containsExactly(
              "create ${" + VerifyBackup.Listener.TASK_OPENED + "}",
              "complete ${" + VerifyBackup.Listener.TASK_DECIDED + "}");
    }
    assertThat(all(UserTask.class)).hasSize(2);
  }

  @Test
  void elementNamesAndIdsFollowTheRules() {
    for (FlowElement element : all(FlowElement.class)) {
      assertThat(element.getId()).matches(CAMEL_CASE);
    }
    for (FlowNode node : all(FlowNode.class)) {
      if (node instanceof ExclusiveGateway) {
        assertThat(node.getName()).as(node.getId()).endsWith("?");
      } else {
        assertThat(node.getName())
            .as(node.getId())
            .matches(VERB_AND_OBJECT.pattern() + "|Escalated|Waived");
      }
    }
  }

  @Test
  void eachFlowOutOfAGatewayHasANameAndACondition() {
    for (ExclusiveGateway gateway : all(ExclusiveGateway.class)) {
      for (SequenceFlow way : gateway.getOutgoing()) {
        assertThat(way.getName()).as(way.getId()).isNotBlank();
        assertThat(way.getConditionExpression() == null)
            .as(way.getId())
            .isEqualTo(way.equals(gateway.getDefault()));
      }
    }
  }

  @Test
  void everyEndHasAName() {
    Set<String> compensated =
        all(Association.class).stream()
            .map(way -> way.getSource().getId())
            .collect(Collectors.toSet());
    for (FlowNode node : all(FlowNode.class)) {
      boolean endsBySaying =
          node instanceof EndEvent
              || (node instanceof SubProcess scope && scope.triggeredByEvent())
              || (node instanceof Activity activity && activity.isForCompensation())
              || (node instanceof BoundaryEvent event
                  && compensates(event)
                  && compensated.contains(event.getId()));
      assertThat(node.getOutgoing().isEmpty()).as(node.getId()).isEqualTo(endsBySaying);
    }
  }

  @Test
  void everyElementIsDrawnWithStraightLines() {
    Set<String> drawn = new HashSet<>();
    all(BpmnShape.class).forEach(shape -> drawn.add(shape.getBpmnElement().getId()));
    for (BpmnEdge edge : all(BpmnEdge.class)) {
      drawn.add(edge.getBpmnElement().getId());
      Waypoint last = null;
      for (Waypoint point : edge.getWaypoints()) {
        assertThat(
                last == null
                    || last.getX().equals(point.getX())
                    || last.getY().equals(point.getY()))
            .as(edge.getId())
            .isTrue();
        last = point;
      }
    }
    Set<String> elements = new HashSet<>();
    all(FlowElement.class).forEach(element -> elements.add(element.getId()));
    all(Association.class).forEach(element -> elements.add(element.getId()));
    assertThat(drawn).isEqualTo(elements);
  }

  @Test
  void thePicturesShowExactlyTheElementsOfTheModel() throws IOException {
    Set<String> elements = new TreeSet<>();
    all(FlowElement.class).forEach(element -> elements.add(element.getId()));
    all(Association.class).forEach(element -> elements.add(element.getId()));
    Set<String> pictured = new TreeSet<>();
    // A label is an element of its own in the picture, and so is the ground of a plane.
    Pattern ids = Pattern.compile("data-element-id=\"([A-Za-z]+?)(?:_label|_plane)?\"");
    for (Path picture : pictures()) {
      ids.matcher(Files.readString(picture)).results().forEach(id -> pictured.add(id.group(1)));
    }
    assertThat(pictured).as("bpmn/draw draws it anew").isEqualTo(elements);
  }

  private static List<Path> pictures() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("processes/verify-backup"))) {
      return files.filter(file -> file.toString().endsWith(".svg")).toList();
    }
  }

  /** What Cockpit shows first is about 1,100 units wide where a label has 9 pixels. */
  @Test
  void everyPlaneIsReadable() {
    for (BpmnPlane plane : all(BpmnPlane.class)) {
      double width =
          plane.getChildElementsByType(BpmnShape.class).stream()
              .mapToDouble(shape -> shape.getBounds().getX() + shape.getBounds().getWidth())
              .max()
              .orElseThrow();
      assertThat(width).as(plane.getBpmnElement().getId()).isLessThan(1200);
    }
  }

  @Test
  void eachStepHasADocumentation() {
    for (Activity activity : all(Activity.class)) {
      assertThat(activity.getDocumentations()).as(activity.getId()).hasSize(1);
    }
  }

  private static boolean compensates(Event event) {
    return event.getChildElementsByType(CompensateEventDefinition.class).size() == 1;
  }

  private static String retryCycle(BaseElement element) {
    if (element.getExtensionElements() == null) {
      return null;
    }
    return element
        .getExtensionElements()
        .getElementsQuery()
        .filterByType(CamundaFailedJobRetryTimeCycle.class)
        .singleResult()
        .getTextContent();
  }

  private static <T extends BaseElement> Set<String> ids(Class<T> type) {
    return all(type).stream()
        .map(BaseElement::getId)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static <T extends ModelElementInstance> Collection<T> all(Class<T> type) {
    return MODEL.getModelElementsByType(type);
  }

  private static BpmnModelInstance read() {
    try (InputStream file = VerifyBackup.class.getResourceAsStream("/" + VerifyBackup.MODEL)) {
      BpmnModelInstance model = Bpmn.readModelFromStream(file);
      Bpmn.validateModel(model);
      return model;
    } catch (IOException e) {
      throw new IllegalStateException(VerifyBackup.MODEL + " cannot be read", e);
    }
  }
}
