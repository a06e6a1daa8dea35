package io.pgproof.workflow.attempt;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.postgres.recovery.CreatedTablespaces;
import io.pgproof.postgres.recovery.RecoveryPreparation;
import io.pgproof.postgres.recovery.RecoveryRequest;
import io.pgproof.proof.RunId;
import io.pgproof.sandbox.MachineSpec;
import io.pgproof.sandbox.MachineSpec.Access;
import io.pgproof.sandbox.MachineSpec.Limits;
import io.pgproof.sandbox.MachineSpec.Mount;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Create container: around the restored files, with the server as its first process. */
final class CreateContainer extends Step {
  private final Sandbox sandbox;
  private final RestoreAttempts restoreAttempts;

  CreateContainer(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      Sandbox sandbox,
      RestoreAttempts restoreAttempts) {
    super(evidenceLog, cancellations);
    this.sandbox = sandbox;
    this.restoreAttempts = restoreAttempts;
  }

  @Override
  protected void perform(RunId run, DelegateExecution execution) throws Exception {
    RestoreAttempt restoreAttempt = restoreAttempts.of(run);
    restoreAttempt.makeForServer(restoreAttempt.directory().socket());
    restoreAttempt.makeForServer(restoreAttempt.directory().log());
    List<Mount> mounts =
        new ArrayList<>(
            List.of(
                new Mount(
                    restoreAttempt.directory().data(), RecoveryRequest.DATA, Access.READ_WRITE),
                new Mount(
                    restoreAttempt.directory().settings(),
                    RecoveryRequest.SETTINGS,
                    Access.READ_ONLY),
                new Mount(
                    restoreAttempt.directory().socket(), RecoveryRequest.SOCKET, Access.READ_WRITE),
                new Mount(
                    restoreAttempt.directory().log(), RecoveryRequest.LOG, Access.READ_WRITE)));
    Map<String, String> created =
        CreatedTablespaces.directories(
            restoreAttempt.restored().replay(), restoreAttempt.image().rootfs());
    if (!created.isEmpty()) {
      restoreAttempt.makeForServer(restoreAttempt.directory().tablespaces());
    }
    if (Files.isDirectory(restoreAttempt.directory().tablespaces())) {
      mounts.add(
          new Mount(
              restoreAttempt.directory().tablespaces(),
              RecoveryRequest.TABLESPACES,
              Access.READ_WRITE));
    }
    for (Map.Entry<String, String> each : created.entrySet()) {
      Path place = restoreAttempt.directory().tablespaces().resolve(each.getValue());
      restoreAttempt.makeForServer(place);
      mounts.add(new Mount(place, each.getKey(), Access.READ_WRITE));
    }
    if (restoreAttempt.request().replay().walArchive().isPresent()) {
      mounts.add(
          new Mount(
              restoreAttempt.directory().walArchive(),
              RecoveryRequest.WAL_ARCHIVE,
              Access.READ_ONLY));
    }
    Files.createDirectories(restoreAttempt.directory().machine());
    sandbox.create(
        new MachineSpec(
            restoreAttempt.machine(),
            restoreAttempt.image().rootfs(),
            mounts,
            RecoveryPreparation.serverCommand(restoreAttempt.recoveryOrder()),
            restoreAttempt.image().uid(),
            restoreAttempt.image().gid(),
            new Limits(
                restoreAttempt.request().resources().memoryBytes(),
                restoreAttempt.request().resources().cpus())));
    record(run, new Evidence.ContainerCreated(restoreAttempt.directory().machineName()));
    recordNotes(run, notes(created));
  }

  private static List<String> notes(Map<String, String> created) {
    return created.entrySet().stream()
        .map(
            each ->
                "the WAL creates the tablespace "
                    + each.getValue()
                    + " at "
                    + each.getKey()
                    + ": pgproof created an empty directory there in the container")
        .toList();
  }

  @Override
  protected void compensate(RunId run) {
    restoreAttempts
        .find(run)
        .ifPresent(restoreAttempt -> sandbox.destroy(restoreAttempt.machine()));
  }
}
