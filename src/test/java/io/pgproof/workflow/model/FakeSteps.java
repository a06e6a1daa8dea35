package io.pgproof.workflow.model;

import static io.pgproof.workflow.model.VerifyBackup.Step.*;
import static io.pgproof.workflow.model.VerifyBackup.Variable.*;

import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.delegate.TaskListener;

/** Beans that do nothing but remember that they were called, and set what the gateways read. */
public final class FakeSteps {
  /** What a step does in one call in place of the usual. */
  public interface Act {
    void on(DelegateExecution execution) throws Exception;
  }

  static final Act FAULT =
      execution -> {
        throw new IllegalStateException("the host is not well");
      };
  static final Act NOT_YET = execution -> {};

  /** Calls that came to their end, in order. */
  public final List<String> done = new ArrayList<>();

  public final List<String> opened = new ArrayList<>();
  public final List<String> decided = new ArrayList<>();
  private final Map<String, Deque<Act>> scripts = new HashMap<>();

  public static Act error(String code) {
    return execution -> {
      throw new BpmnError(code);
    };
  }

  static List<String> all() {
    return Arrays.stream(VerifyBackup.Step.class.getFields())
        .filter(field -> field.getType() == String.class && Modifier.isStatic(field.getModifiers()))
        .map(
            field -> {
              try {
                return (String) field.get(null);
              } catch (IllegalAccessException e) {
                throw new AssertionError(e);
              }
            })
        .toList();
  }

  /** The next calls of {@code step} do these, and later ones the usual. */
  public void script(String step, Act... acts) {
    scripts.computeIfAbsent(step, key -> new ArrayDeque<>()).addAll(List.of(acts));
  }

  public void forget() {
    done.clear();
    opened.clear();
    decided.clear();
    scripts.clear();
  }

  public Map<Object, Object> beans() {
    Map<Object, Object> beans = new HashMap<>();
    for (String step : all()) {
      beans.put(step, (JavaDelegate) execution -> call(step, execution));
    }
    beans.put(VerifyBackup.Listener.TASK_OPENED, (TaskListener) this::opened);
    beans.put(VerifyBackup.Listener.TASK_DECIDED, (TaskListener) this::decided);
    return beans;
  }

  private void call(String step, DelegateExecution execution) throws Exception {
    Act scripted = scripts.getOrDefault(step, new ArrayDeque<>()).poll();
    if (scripted != null) {
      scripted.on(execution);
    } else {
      usual(step, execution);
    }
    done.add(step);
  }

  private static void usual(String step, DelegateExecution execution) {
    switch (step) {
      case INSPECT_BACKUP -> execution.setVariable(INSPECTED, true);
      case FIND_IMAGE -> execution.setVariable(IMAGE_AT_HAND, true);
      case TAKE_TURN -> execution.setVariable(TURN_TAKEN, true);
      case RESTORE_FILES -> {
        execution.setVariable(ATTEMPT, (Integer) execution.getVariable(ATTEMPT) + 1);
        execution.setVariable(INTERRUPTED, false);
      }
      case LOOK_AT_RESTORE -> execution.setVariable(RESTORED, true);
      case LOOK_AT_RECOVERY -> execution.setVariable(RECOVERED, true);
      case LOOK_AT_CHECKS -> execution.setVariable(CHECKED, true);
      case NOTE_INTERRUPTION -> execution.setVariable(INTERRUPTED, true);
      default -> {}
    }
  }

  private void opened(DelegateTask task) {
    task.setVariable(DECISION, null);
    opened.add(task.getTaskDefinitionKey());
  }

  private void decided(DelegateTask task) {
    if (task.getVariable(DECISION) == null) {
      throw new IllegalArgumentException("a decision is needed");
    }
    decided.add(task.getTaskDefinitionKey() + " " + task.getVariable(DECISION));
  }
}
