package io.pgproof.workflow.engine;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RepositoryService;

/** Finds processes of this program that do nothing, because somebody suspended them in Cockpit. */
public final class SuspendedProcesses {
  private final OwnDefinitions definitions;
  private final RepositoryService repository;
  private final ManagementService management;

  public SuspendedProcesses(
      OwnDefinitions definitions, RepositoryService repository, ManagementService management) {
    this.definitions = definitions;
    this.repository = repository;
    this.management = management;
  }

  /**
   * Returns the keys of the processes of which the definition, or the jobs of a step, are
   * suspended. A single instance that is suspended does not count.
   *
   * @throws IllegalStateException when the engine lacks a process of this program
   */
  public Set<String> keys() {
    Map<String, String> keys =
        OwnDefinitions.PROCESSES.stream()
            .collect(Collectors.toMap(definitions::id, Function.identity()));
    return Stream.concat(
            repository.createProcessDefinitionQuery().suspended().list().stream()
                .map(definition -> definition.getId()),
            management.createJobDefinitionQuery().suspended().list().stream()
                .map(job -> job.getProcessDefinitionId()))
        .filter(keys::containsKey)
        .map(keys::get)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
