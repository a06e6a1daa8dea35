package io.pgproof.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.script.ScriptEngineFactory;
import javax.script.ScriptEngineManager;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.impl.TaskQueryImpl;
import org.camunda.bpm.engine.impl.cfg.StandaloneInMemProcessEngineConfiguration;
import org.camunda.bpm.engine.variable.Variables;
import org.camunda.bpm.engine.variable.Variables.SerializationDataFormats;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An engine as a single verification starts it: without pages, without users. */
class RefuseForeignCodeTest {
  private static ProcessEngine engine;

  @BeforeAll
  static void startEngine() {
    var configuration = new StandaloneInMemProcessEngineConfiguration();
    configuration.setProcessEngineName("refusing");
    configuration.setJdbcUrl("jdbc:h2:mem:" + UUID.randomUUID());
    configuration.setProcessEnginePlugins(List.of(new RefuseForeignCode()));
    engine = configuration.buildProcessEngine();
  }

  @AfterAll
  static void stopEngine() {
    engine.close();
  }

  /** The engine brings two of its own, for JUEL and FEEL; whatever a dependency adds is among them too. */
  static Stream<String> scriptLanguages() {
    return new ScriptEngineManager().getEngineFactories().stream().map(ScriptEngineFactory::getNames).flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("scriptLanguages")
  void scriptIsRefused(String language) {
    var model = Bpmn.createExecutableProcess("scripted").camundaHistoryTimeToLive(1)
        .startEvent().scriptTask().scriptFormat(language).scriptText("1").endEvent().done();
    String deployment = engine.getRepositoryService().createDeployment().addModelInstance("scripted.bpmn", model).deploy().getId();
    try {
      assertThatThrownBy(() -> engine.getRuntimeService().startProcessInstanceByKey("scripted"))
          .isInstanceOf(ProcessEngineException.class)
          .hasMessageContaining("pgproof runs no scripts");
    } finally {
      engine.getRepositoryService().deleteDeployment(deployment, true);
    }
  }

  @Test
  void expressionOfProcessIsEvaluated() {
    var model = Bpmn.createExecutableProcess("expressing").camundaHistoryTimeToLive(1)
        .startEvent().serviceTask().camundaExpression("${1 + 1}").camundaResultVariable("two").userTask().endEvent().done();
    String deployment = engine.getRepositoryService().createDeployment().addModelInstance("expressing.bpmn", model).deploy().getId();
    try {
      String run = engine.getRuntimeService().startProcessInstanceByKey("expressing").getId();
      assertThat(engine.getRuntimeService().getVariable(run, "two")).isEqualTo(2L);
    } finally {
      engine.getRepositoryService().deleteDeployment(deployment, true);
    }
  }

  @Test
  void serializedJavaObjectIsRefused() {
    var task = engine.getTaskService().newTask();
    engine.getTaskService().saveTask(task);
    try {
      var object = Variables.serializedObjectValue("rO0ABXA=")
          .serializationDataFormat(SerializationDataFormats.JAVA).objectTypeName("java.lang.String").create();
      assertThatThrownBy(() -> engine.getTaskService().setVariable(task.getId(), "object", object))
          .isInstanceOf(ProcessEngineException.class);
    } finally {
      engine.getTaskService().deleteTask(task.getId(), true);
    }
  }

  @Test
  void expressionIsRefusedWhereverItIsNested() {
    TaskQueryImpl deepest = new TaskQueryImpl();
    deepest.taskOwnerExpression("${1}");
    TaskQueryImpl nested = new TaskQueryImpl();
    nested.addOrQuery(deepest);
    TaskQueryImpl query = (TaskQueryImpl) engine.getTaskService().createTaskQuery();
    query.addOrQuery(nested);
    assertThatThrownBy(query::list).hasMessageContaining("in orQueries too");
  }
}
