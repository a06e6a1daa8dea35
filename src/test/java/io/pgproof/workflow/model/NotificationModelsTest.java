package io.pgproof.workflow.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.lang3.ArrayUtils;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.BaseElement;
import org.camunda.bpm.model.bpmn.instance.EndEvent;
import org.camunda.bpm.model.bpmn.instance.Error;
import org.camunda.bpm.model.bpmn.instance.FlowElement;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.Process;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;
import org.camunda.bpm.model.bpmn.instance.bpmndi.BpmnEdge;
import org.camunda.bpm.model.bpmn.instance.bpmndi.BpmnShape;
import org.camunda.bpm.model.bpmn.instance.camunda.CamundaFailedJobRetryTimeCycle;
import org.camunda.bpm.model.bpmn.instance.di.Waypoint;
import org.camunda.bpm.model.xml.instance.ModelElementInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules for the models of what tells people, and of what asks auditors. */
class NotificationModelsTest {
  private static final Pattern CAMEL_CASE = Pattern.compile("[a-z]+([A-Z][a-z]+)*");
  private static final Pattern WORDS = Pattern.compile("[A-Z][a-z]+( [a-z]+)+\\??");

  /** A model, its name in files, and the constants that name its elements. */
  enum Model {
    TELL_SOMEBODY(
        TellSomebody.PROCESS,
        TellSomebody.MODEL,
        "tell-somebody",
        TellSomebody.Step.class,
        TellSomebody.Event.class),
    DAILY_SUMMARY(
        DailySummary.PROCESS,
        DailySummary.MODEL,
        "daily-summary",
        DailySummary.Step.class,
        DailySummary.Event.class),
    REVIEW_RESULTS(
        ReviewResults.PROCESS,
        ReviewResults.MODEL,
        "review-results",
        ReviewResults.Step.class,
        ReviewResults.Event.class,
        ReviewResults.Task.class,
        ReviewResults.Gateway.class);

    private final String process;
    private final String name;
    private final Class<?> steps;
    private final Class<?>[] others;
    private final BpmnModelInstance model;

    Model(String process, String file, String name, Class<?> steps, Class<?>... others) {
      this.process = process;
      this.name = name;
      this.steps = steps;
      this.others = others;
      try (InputStream in = TellSomebody.class.getResourceAsStream("/" + file)) {
        this.model = Bpmn.readModelFromStream(in);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    private <T extends ModelElementInstance> Collection<T> all(Class<T> type) {
      return model.getModelElementsByType(type);
    }

    private Set<String> ids(Class<? extends BaseElement> type) {
      return all(type).stream()
          .map(BaseElement::getId)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @ParameterizedTest
  @EnumSource
  void theProcessIsExecutableAndItsHistoryExpires(Model model) {
    Bpmn.validateModel(model.model);
    Process process = model.all(Process.class).iterator().next();
    assertThat(process.getId()).isEqualTo(model.process);
    assertThat(process.isExecutable()).isTrue();
    assertThat(process.getCamundaHistoryTimeToLiveString())
        .isEqualTo(model == Model.REVIEW_RESULTS ? "P365D" : "P30D");
    assertThat(process.isCamundaStartableInTasklist()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void eachServiceTaskIsAJobWithARetryCycleAndADelegate(Model model) throws IllegalAccessException {
    for (ServiceTask task : model.all(ServiceTask.class)) {
      assertThat(task.getCamundaDelegateExpression()).isEqualTo("${" + task.getId() + "}");
      assertThat(task.isCamundaAsyncBefore()).as(task.getId()).isTrue();
      assertThat(
              task.getExtensionElements()
                  .getElementsQuery()
                  .filterByType(CamundaFailedJobRetryTimeCycle.class)
                  .singleResult()
                  .getTextContent())
          .isEqualTo(
              task.getId().equals(TellSomebody.Step.TELL_AFTER_MENDING)
                  ? "R1/PT0S"
                  : "${retryCycle}");
    }
    assertThat(model.ids(ServiceTask.class)).isEqualTo(constants(model.steps));
  }

  @ParameterizedTest
  @EnumSource
  void constantsMatchTheElementsOfTheModel(Model model) throws IllegalAccessException {
    assertThat(model.ids(FlowNode.class))
        .isEqualTo(constants(ArrayUtils.add(model.others, model.steps)));
    assertThat(model.all(Error.class).stream().map(Error::getErrorCode).collect(Collectors.toSet()))
        .isEqualTo(
            model == Model.TELL_SOMEBODY ? constants(TellSomebody.ErrorCode.class) : Set.of());
  }

  @ParameterizedTest
  @EnumSource
  void elementNamesFollowTheRules(Model model) {
    for (FlowElement element : model.all(FlowElement.class)) {
      assertThat(element.getId()).matches(CAMEL_CASE);
    }
    for (FlowNode node : model.all(FlowNode.class)) {
      assertThat(node.getName()).as(node.getId()).matches(WORDS);
      assertThat(node.getOutgoing().isEmpty()).as(node.getId()).isEqualTo(node instanceof EndEvent);
      assertThat(node.getDocumentations())
          .as(node.getId())
          .hasSize(node instanceof EndEvent ? 0 : 1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyElementIsDrawnWithStraightLines(Model model) {
    Set<String> drawn = new TreeSet<>();
    model.all(BpmnShape.class).forEach(shape -> drawn.add(shape.getBpmnElement().getId()));
    for (BpmnEdge edge : model.all(BpmnEdge.class)) {
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
    assertThat(drawn).isEqualTo(model.ids(FlowElement.class));
  }

  @ParameterizedTest
  @EnumSource
  void thePictureShowsExactlyTheElementsOfTheModel(Model model) throws IOException {
    Set<String> pictured = new TreeSet<>();
    Matcher ids =
        Pattern.compile("data-element-id=\"([A-Za-z]+?)(?:_label)?\"")
            .matcher(Files.readString(Path.of("processes", model.name, model.name + ".svg")));
    while (ids.find()) {
      pictured.add(ids.group(1));
    }
    assertThat(pictured).as("bpmn/draw draws it anew").isEqualTo(model.ids(FlowElement.class));
  }

  private static Set<String> constants(Class<?>... groups) throws IllegalAccessException {
    Set<String> named = new TreeSet<>();
    for (Field field : Stream.of(groups).flatMap(group -> Stream.of(group.getFields())).toList()) {
      named.add((String) field.get(null));
    }
    return named;
  }
}
