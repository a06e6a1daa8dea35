package io.pgproof.workflow.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgproof.workflow.model.DailySummary;
import io.pgproof.workflow.model.KeepSchedule;
import io.pgproof.workflow.model.ReviewResults;
import io.pgproof.workflow.model.TellSomebody;
import io.pgproof.workflow.model.VerifyBackup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.script.ScriptEngineFactory;
import javax.script.ScriptEngineManager;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.impl.TaskQueryImpl;
import org.camunda.bpm.engine.impl.bpmn.behavior.ShellActivityBehavior;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.cfg.StandaloneInMemProcessEngineConfiguration;
import org.camunda.bpm.engine.impl.el.Expression;
import org.camunda.bpm.engine.impl.el.JuelExpressionManager;
import org.camunda.bpm.engine.impl.el.StartProcessVariableScope;
import org.camunda.bpm.engine.variable.Variables;
import org.camunda.bpm.engine.variable.Variables.SerializationDataFormats;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.ExtensionElements;
import org.camunda.bpm.model.bpmn.instance.Process;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;
import org.camunda.bpm.model.bpmn.instance.camunda.CamundaField;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.StaticListableBeanFactory;

/** An engine as a single verification starts it: without pages, without users. */
class ForeignCodeGuardTest {
  private static final StaticListableBeanFactory BEANS = new StaticListableBeanFactory();
  private static ProcessEngine engine;

  @BeforeAll
  static void startEngine() {
    var configuration = new StandaloneInMemProcessEngineConfiguration();
    configuration.setProcessEngineName("refusing");
    configuration.setJdbcUrl("jdbc:h2:mem:" + UUID.randomUUID());
    configuration.setProcessEnginePlugins(List.of(new ForeignCodeGuard(BEANS)));
    engine = configuration.buildProcessEngine();
  }

  @AfterAll
  static void stopEngine() {
    engine.close();
  }

  /**
   * The engine brings two of its own, for JUEL and FEEL; whatever a dependency adds is among them
   * too.
   */
  static Stream<String> scriptLanguages() {
    return new ScriptEngineManager()
        .getEngineFactories().stream().map(ScriptEngineFactory::getNames).flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("scriptLanguages")
  void aScriptIsRefused(String language) {
    var model =
        Bpmn.createExecutableProcess("scripted")
            .camundaHistoryTimeToLive(1)
            .startEvent()
            .scriptTask()
            .scriptFormat(language)
            .scriptText("1")
            .endEvent()
            .done();
    String deployment =
        engine
            .getRepositoryService()
            .createDeployment()
            .addModelInstance("scripted.bpmn", model)
            .deploy()
            .getId();
    try {
      assertThatThrownBy(() -> engine.getRuntimeService().startProcessInstanceByKey("scripted"))
          .isInstanceOf(ProcessEngineException.class)
          .hasMessageContaining("pgproof does not run scripts");
    } finally {
      engine.getRepositoryService().deleteDeployment(deployment, true);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "${''.getClass()}",
        "${execution.id}",
        "#{execution.id}",
        "${execution['id']}",
        "${currentUser()}",
        "PT${now().getSecond()}S",
        "${'a}'}${execution.id}",
        "${dateTime()}",
        "${true ? execution.id : 1}"
      })
  void expressionsMayOnlyNameAndCompare(String expression) {
    refuses(
        Bpmn.createExecutableProcess("foreign")
            .camundaHistoryTimeToLive(1)
            .startEvent()
            .serviceTask()
            .camundaExpression(expression)
            .endEvent()
            .done(),
        "name and compare");
  }

  @Test
  void onlyDelegatesAreVisibleAsBeans() {
    BEANS.addBean("delegate", (JavaDelegate) execution -> {});
    BEANS.addBean("another", "a bean of the program");
    refuses(
        Bpmn.createExecutableProcess("foreign")
            .camundaHistoryTimeToLive(1)
            .startEvent()
            .serviceTask()
            .camundaExpression("${another}")
            .endEvent()
            .done(),
        "another");
    refuses(
        Bpmn.createExecutableProcess("foreign")
            .camundaHistoryTimeToLive(1)
            .startEvent()
            .serviceTask()
            .camundaDelegateExpression("${another}")
            .endEvent()
            .done(),
        "another");
    runs(
        Bpmn.createExecutableProcess("own")
            .camundaHistoryTimeToLive(1)
            .startEvent()
            .serviceTask()
            .camundaDelegateExpression("${delegate}")
            .endEvent()
            .done());
  }

  @Test
  void aClassNamedByAProcessIsNotInstantiated() {
    refuses(
        Bpmn.createExecutableProcess("foreign")
            .camundaHistoryTimeToLive(1)
            .startEvent()
            .serviceTask()
            .camundaClass("java.util.ArrayList")
            .endEvent()
            .done(),
        "does not run classes");
    refuses(
        Bpmn.createExecutableProcess("foreign")
            .camundaHistoryTimeToLive(1)
            .startEvent()
            .camundaExecutionListenerClass("end", "java.util.ArrayList")
            .endEvent()
            .done(),
        "does not run classes");
  }

  @Test
  void aShellCommandIsNotRun() {
    var model =
        Bpmn.createExecutableProcess("foreign")
            .camundaHistoryTimeToLive(1)
            .startEvent()
            .subProcess()
            .embeddedSubProcess()
            .startEvent()
            .serviceTask("shell")
            .camundaType("shell")
            .endEvent()
            .subProcessDone()
            .endEvent()
            .done();
    CamundaField command = model.newInstance(CamundaField.class);
    command.setCamundaName("command");
    command.setCamundaStringValue("true");
    ServiceTask task = model.getModelElementById("shell");
    ExtensionElements extensions = model.newInstance(ExtensionElements.class);
    task.setExtensionElements(extensions);
    extensions.addChildElement(command);
    refuses(
        model,
        "does not run classes that a process names: " + ShellActivityBehavior.class.getName());
  }

  private static void refuses(BpmnModelInstance model, String because) {
    assertThatThrownBy(() -> runs(model))
        .isInstanceOf(ProcessEngineException.class)
        .hasStackTraceContaining(because);
  }

  private static void runs(BpmnModelInstance model) {
    String deployment =
        engine
            .getRepositoryService()
            .createDeployment()
            .addModelInstance("process.bpmn", model)
            .deploy()
            .getId();
    try {
      engine
          .getRuntimeService()
          .startProcessInstanceByKey(
              model.getModelElementsByType(Process.class).iterator().next().getId());
    } finally {
      engine.getRepositoryService().deleteDeployment(deployment, true);
    }
  }

  /** With a value for each name, so that only what is not plain could fail. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        VerifyBackup.MODEL,
        TellSomebody.MODEL,
        KeepSchedule.MODEL,
        DailySummary.MODEL,
        ReviewResults.MODEL
      })
  void expressionsOfPgproofAreEvaluated(String file) throws Exception {
    String model =
        Files.readString(Path.of("target/classes", file))
            .replace("&amp;", "&")
            .replace("&lt;", "<")
            .replace("&gt;", ">");
    Matcher expression = Pattern.compile("[^\">]*[$#]\\{[^}]*}[^\"<]*").matcher(model);
    PlainExpressions expressions =
        new PlainExpressions(
            new JuelExpressionManager(
                new HashMap<>() {
                  private static final long serialVersionUID = 1L;

                  @Override
                  public boolean containsKey(Object name) {
                    return true;
                  }

                  @Override
                  public Object get(Object name) {
                    return name;
                  }
                }));
    int found = 0;
    for (; expression.find(); found++) {
      Expression own = expressions.createExpression(expression.group());
      Object value =
          ((ProcessEngineConfigurationImpl) engine.getProcessEngineConfiguration())
              .getCommandExecutorTxRequired()
              .execute(context -> own.getValue(StartProcessVariableScope.getSharedInstance()));
      assertThat(value).as(expression.group()).isNotNull();
    }
    assertThat(found).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bpmn/review-stale-backup.form", "bpmn/approve-escalation.form"})
  void formsHaveOnlyAcceptedFields(String form) throws Exception {
    List<String> asked = new ArrayList<>();
    new ObjectMapper()
        .readTree(Files.readString(Path.of("target/classes", form))).findParents("key").stream()
            .filter(field -> !field.path("disabled").asBoolean())
            .forEach(field -> asked.add(field.get("key").asText()));
    assertThat(asked).contains(VerifyBackup.Variable.DECISION).isSubsetOf(VerifyBackup.ANSWERS);
  }

  @Test
  void anExpressionOfAProcessIsEvaluated() {
    var model =
        Bpmn.createExecutableProcess("expressing")
            .camundaHistoryTimeToLive(1)
            .startEvent()
            .serviceTask()
            .camundaExpression("${1 + 1}")
            .camundaResultVariable("two")
            .userTask()
            .endEvent()
            .done();
    String deployment =
        engine
            .getRepositoryService()
            .createDeployment()
            .addModelInstance("expressing.bpmn", model)
            .deploy()
            .getId();
    try {
      String run = engine.getRuntimeService().startProcessInstanceByKey("expressing").getId();
      assertThat(engine.getRuntimeService().getVariable(run, "two")).isEqualTo(2L);
    } finally {
      engine.getRepositoryService().deleteDeployment(deployment, true);
    }
  }

  @Test
  void aSerializedJavaObjectIsRefused() {
    var task = engine.getTaskService().newTask();
    engine.getTaskService().saveTask(task);
    try {
      var object =
          Variables.serializedObjectValue("rO0ABXA=")
              .serializationDataFormat(SerializationDataFormats.JAVA)
              .objectTypeName("java.lang.String")
              .create();
      assertThatThrownBy(() -> engine.getTaskService().setVariable(task.getId(), "object", object))
          .isInstanceOf(ProcessEngineException.class);
    } finally {
      engine.getTaskService().deleteTask(task.getId(), true);
    }
  }

  @Test
  void aNestedExpressionIsRefused() {
    TaskQueryImpl deepest = new TaskQueryImpl();
    deepest.taskOwnerExpression("${1}");
    TaskQueryImpl nested = new TaskQueryImpl();
    nested.addOrQuery(deepest);
    TaskQueryImpl query = (TaskQueryImpl) engine.getTaskService().createTaskQuery();
    query.addOrQuery(nested);
    assertThatThrownBy(query::list).hasMessageContaining("in task queries and their orQueries");
  }
}
