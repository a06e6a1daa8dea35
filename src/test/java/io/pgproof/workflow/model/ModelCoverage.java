package io.pgproof.workflow.model;

import io.pgproof.BuildDirectory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.camunda.bpm.engine.impl.bpmn.helper.BpmnProperties;
import org.camunda.bpm.engine.impl.bpmn.parser.AbstractBpmnParseListener;
import org.camunda.bpm.engine.impl.cfg.TransactionState;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.persistence.entity.ProcessDefinitionEntity;
import org.camunda.bpm.engine.impl.pvm.PvmTransition;
import org.camunda.bpm.engine.impl.pvm.process.ActivityImpl;
import org.camunda.bpm.engine.impl.pvm.process.ScopeImpl;
import org.camunda.bpm.engine.impl.pvm.process.TransitionImpl;
import org.camunda.bpm.engine.impl.util.xml.Element;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.Process;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * Gathers which flow nodes and sequence flows were passed on the engines that have it as a parse
 * listener, over all tests, so that {@code ./check} can refuse a process of which one was not.
 */
public final class ModelCoverage extends AbstractBpmnParseListener
    implements TestExecutionListener {
  private static final Map<String, Set<String>> PASSED = new ConcurrentHashMap<>();

  @Override
  public void parseProcess(Element element, ProcessDefinitionEntity process) {
    watch(process, PASSED.computeIfAbsent(process.getKey(), key -> ConcurrentHashMap.newKeySet()));
  }

  private static void watch(ScopeImpl scope, Set<String> passed) {
    for (ActivityImpl activity : scope.getActivities()) {
      activity.addListener(ExecutionListener.EVENTNAME_START, note(passed, activity.getId()));
      // The engine has no execution for it: it is passed by beginning its handler.
      ActivityImpl boundary =
          activity.getProperties().get(BpmnProperties.COMPENSATION_BOUNDARY_EVENT);
      if (boundary != null) {
        activity.addListener(ExecutionListener.EVENTNAME_START, note(passed, boundary.getId()));
      }
      for (PvmTransition flow : activity.getOutgoingTransitions()) {
        ((TransitionImpl) flow)
            .addListener(ExecutionListener.EVENTNAME_TAKE, note(passed, flow.getId()));
      }
      watch(activity, passed);
    }
  }

  /** What a step began and was rolled back was not passed. */
  private static ExecutionListener note(Set<String> passed, String id) {
    return execution ->
        Context.getCommandContext()
            .getTransactionContext()
            .addTransactionListener(TransactionState.COMMITTED, committed -> passed.add(id));
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    // A JVM has a plan for each class, and other JVMs have theirs.
    BuildDirectory.alone(
        "process-coverage",
        file -> {
          Path elements = file.resolveSibling("passed-elements");
          Set<String> passed =
              new TreeSet<>(Files.exists(elements) ? Files.readAllLines(elements) : List.of());
          PASSED.forEach((process, ids) -> ids.forEach(id -> passed.add(process + " " + id)));
          Files.write(elements, passed);
          Set<String> lines = new TreeSet<>();
          try (DirectoryStream<Path> models = Files.newDirectoryStream(Path.of("bpmn"), "*.bpmn")) {
            models.forEach(
                model -> lines.add(line(Bpmn.readModelFromFile(model.toFile()), passed)));
          }
          return Files.write(file, lines);
        });
  }

  private static String line(BpmnModelInstance model, Set<String> passed) {
    String process = model.getModelElementsByType(Process.class).iterator().next().getId();
    Set<String> missed = new TreeSet<>();
    model.getModelElementsByType(FlowNode.class).forEach(node -> missed.add(node.getId()));
    model.getModelElementsByType(SequenceFlow.class).forEach(flow -> missed.add(flow.getId()));
    int all = missed.size();
    missed.removeIf(id -> passed.contains(process + " " + id));
    return "elements of "
        + process
        + " passed: "
        + (all - missed.size())
        + " of "
        + all
        + (missed.isEmpty() ? "" : ", not " + String.join(", ", missed));
  }
}
