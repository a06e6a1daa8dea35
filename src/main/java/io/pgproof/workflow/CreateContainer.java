package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.postgres.CreatedTablespaces;
import io.pgproof.postgres.RecoveryOrder;
import io.pgproof.postgres.RecoveryPreparation;
import io.pgproof.proof.RunId;
import io.pgproof.sandbox.MachineSpec;
import io.pgproof.sandbox.MachineSpec.Access;
import io.pgproof.sandbox.MachineSpec.Limits;
import io.pgproof.sandbox.MachineSpec.Mount;
import io.pgproof.sandbox.Sandbox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Create container: around the restored files, the server being its first process. */
final class CreateContainer extends Step {
  private final Sandbox sandbox;
  private final Stays stays;

  CreateContainer(Trail trail, Withdrawals withdrawals, Sandbox sandbox, Stays stays) {
    super(trail, withdrawals);
    this.sandbox = sandbox;
    this.stays = stays;
  }

  @Override
  void perform(RunId run, DelegateExecution execution) throws Exception {
    Stay stay = stays.of(run);
    stay.makeForServer(stay.directory().socket());
    stay.makeForServer(stay.directory().log());
    List<Mount> mounts = new ArrayList<>(List.of(
        new Mount(stay.directory().data(), RecoveryOrder.DATA, Access.READ_WRITE),
        new Mount(stay.directory().settings(), RecoveryOrder.SETTINGS, Access.READ_ONLY),
        new Mount(stay.directory().socket(), RecoveryOrder.SOCKET, Access.READ_WRITE),
        new Mount(stay.directory().log(), RecoveryOrder.LOG, Access.READ_WRITE)));
    Map<String, String> created = CreatedTablespaces.directories(stay.restored().replay(), stay.image().rootfs());
    if (!created.isEmpty()) {
      stay.makeForServer(stay.directory().tablespaces());
    }
    if (Files.isDirectory(stay.directory().tablespaces())) {
      mounts.add(new Mount(stay.directory().tablespaces(), RecoveryOrder.TABLESPACES, Access.READ_WRITE));
    }
    for (Map.Entry<String, String> each : created.entrySet()) {
      Path place = stay.directory().tablespaces().resolve(each.getValue());
      stay.makeForServer(place);
      mounts.add(new Mount(place, each.getKey(), Access.READ_WRITE));
    }
    if (stay.request().walArchive().isPresent()) {
      mounts.add(new Mount(stay.directory().walArchive(), RecoveryOrder.WAL_ARCHIVE, Access.READ_ONLY));
    }
    Files.createDirectories(stay.directory().machine());
    sandbox.create(new MachineSpec(
        stay.machine(),
        stay.image().rootfs(),
        mounts,
        RecoveryPreparation.serverCommand(stay.recoveryOrder()),
        stay.image().uid(),
        stay.image().gid(),
        new Limits(stay.request().resources().memoryBytes(), stay.request().resources().cpus())));
    record(run, new Evidence.ContainerCreated(stay.directory().machineName()));
    note(run, notes(created));
  }

  private static List<String> notes(Map<String, String> created) {
    return created.entrySet().stream().map(each -> "the WAL creates the tablespace " + each.getValue() + " at " + each.getKey()
        + ": the container was given an empty directory there").toList();
  }

  @Override
  void undo(RunId run) {
    stays.find(run).ifPresent(stay -> sandbox.destroy(stay.machine()));
  }
}
