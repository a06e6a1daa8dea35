package io.pgproof.workflow.engine;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.Incident;
import org.camunda.bpm.engine.runtime.ProcessInstance;

/** Lists what stands still until somebody fixes its cause and retries it. */
public final class OpenIncidents {
  private final RuntimeService runtime;

  public OpenIncidents(RuntimeService runtime) {
    this.runtime = runtime;
  }

  /**
   * One incident.
   *
   * @param instance id of the process instance
   * @param process key of the process
   * @param key business key of the process instance: a run's id for a verification, the target's
   *     name for a schedule; empty if it has none
   * @param activity id of the activity that failed
   * @param message what the engine says about it; may be empty
   */
  public record Standstill(
      String instance, String process, String key, String activity, String message, Instant at) {}

  /** Returns all incidents, the oldest first. */
  public List<Standstill> all() {
    List<Incident> incidents = runtime.createIncidentQuery().list();
    if (incidents.isEmpty()) {
      return List.of();
    }
    Map<String, ProcessInstance> instances = instances(incidents);
    return incidents.stream()
        .filter(incident -> instances.containsKey(incident.getProcessInstanceId()))
        .map(
            incident -> {
              ProcessInstance instance =
                  Objects.requireNonNull(instances.get(incident.getProcessInstanceId()));
              return new Standstill(
                  instance.getProcessInstanceId(),
                  instance.getProcessDefinitionId().split(":", 2)[0],
                  text(instance.getBusinessKey()),
                  text(incident.getActivityId()),
                  text(incident.getIncidentMessage()),
                  incident.getIncidentTimestamp().toInstant());
            })
        .sorted(Comparator.comparing(Standstill::at))
        .toList();
  }

  private Map<String, ProcessInstance> instances(List<Incident> incidents) {
    Set<String> ids =
        incidents.stream().map(Incident::getProcessInstanceId).collect(Collectors.toSet());
    Map<String, ProcessInstance> instances = new HashMap<>();
    runtime
        .createProcessInstanceQuery()
        .processInstanceIds(ids)
        .list()
        .forEach(instance -> instances.put(instance.getProcessInstanceId(), instance));
    return instances;
  }

  private static String text(String text) {
    return text == null ? "" : text;
  }
}
