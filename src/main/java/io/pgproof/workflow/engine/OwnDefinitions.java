package io.pgproof.workflow.engine;

import io.pgproof.workflow.model.DailySummary;
import io.pgproof.workflow.model.KeepSchedule;
import io.pgproof.workflow.model.NegativeControl;
import io.pgproof.workflow.model.ReviewResults;
import io.pgproof.workflow.model.TellSomebody;
import io.pgproof.workflow.model.VerifyBackup;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.repository.ProcessDefinition;
import org.camunda.bpm.engine.repository.Resource;

/**
 * The process definitions that this program deployed, even if the engine holds others with the same
 * keys.
 */
public final class OwnDefinitions {
  /** The keys of all processes of this program. */
  public static final List<String> PROCESSES =
      List.of(
          VerifyBackup.PROCESS,
          KeepSchedule.PROCESS,
          TellSomebody.PROCESS,
          DailySummary.PROCESS,
          NegativeControl.PROCESS,
          ReviewResults.PROCESS);

  /** Those that only prepare or report. */
  static final Set<String> SHORT_LIVED =
      Set.of(KeepSchedule.PROCESS, TellSomebody.PROCESS, DailySummary.PROCESS);

  private final RepositoryService repository;
  private final Map<String, String> ids = new ConcurrentHashMap<>();

  public OwnDefinitions(RepositoryService repository) {
    this.repository = repository;
  }

  /**
   * Returns the id of the newest definition with this key whose deployment consists of this
   * program's own files, byte for byte.
   *
   * @throws IllegalStateException when there is none
   */
  public String id(String process) {
    return ids.computeIfAbsent(process, this::find);
  }

  private String find(String process) {
    return repository
        .createProcessDefinitionQuery()
        .processDefinitionKey(process)
        .withoutTenantId()
        .orderByProcessDefinitionVersion()
        .desc()
        .list()
        .stream()
        .filter(
            definition ->
                repository.getDeploymentResources(definition.getDeploymentId()).stream()
                    .allMatch(OwnDefinitions::isOwn))
        .map(ProcessDefinition::getId)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "the engine has no process '"
                        + process
                        + "' that this program deployed\n"
                        + "HINT: restart pgproof, which deploys it"));
  }

  private static boolean isOwn(Resource deployed) {
    String file = deployed.getName().substring(deployed.getName().lastIndexOf('/') + 1);
    try (InputStream own = OwnDefinitions.class.getResourceAsStream("/bpmn/" + file)) {
      return own != null && Arrays.equals(own.readAllBytes(), deployed.getBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
