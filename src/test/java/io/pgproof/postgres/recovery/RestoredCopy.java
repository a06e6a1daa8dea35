package io.pgproof.postgres.recovery;

import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.pages.RestoredFiles;
import io.pgproof.postgres.check.CheckResult;
import io.pgproof.postgres.check.CheckResults;
import io.pgproof.postgres.check.RecoveredCopy;
import io.pgproof.postgres.check.UserChecks;
import io.pgproof.postgres.check.UserQueries;
import io.pgproof.postgres.server.HostMachine;
import io.pgproof.postgres.server.HostSandbox;
import io.pgproof.postgres.server.RunningServer;
import io.pgproof.postgres.server.ServerAddress;
import io.pgproof.postgres.server.SourceCluster;
import io.pgproof.sandbox.MachineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A prepared copy of a backup, and its server where it was started; closed, the server is gone. */
public final class RestoredCopy implements AutoCloseable {
  public final Path home;
  public final Path data;
  public final Path socket;
  public final Path log;
  public final RecoveryRequest order;
  public final ServerAddress address;
  private final Path archive;
  private Process server;

  /**
   * @param archive a WAL archive, or {@code null}
   */
  public RestoredCopy(SourceCluster source, Path home, Path archive)
      throws IOException, InterruptedException {
    this.home = Files.createDirectories(home);
    this.archive = archive;
    data = source.restoredTo(home.resolve("data"));
    socket = HostMachine.owned(home.resolve("socket"));
    log = HostMachine.owned(home.resolve("log")).resolve("server.log");
    ControlFile control = source.control();
    order =
        new RecoveryRequest(
            data,
            home.resolve("settings"),
            HostMachine.version(),
            control,
            HostMachine.UID,
            HostMachine.GID,
            archive != null,
            HostMachine.BIN);
    address =
        new ServerAddress(
            socket,
            HostMachine.UID,
            control.systemIdentifier(),
            "postgres",
            HostMachine.version(),
            SourceSettings.of(order).databases());
  }

  public void start() throws IOException {
    server =
        HostMachine.start(
            home, mounts(), home.resolve("output"), RecoveryPreparation.serverCommand(order));
  }

  public Map<Path, String> mounts() {
    Map<Path, String> mounts = new LinkedHashMap<>();
    mounts.put(data, RecoveryRequest.DATA);
    mounts.put(order.settingsDirectory(), RecoveryRequest.SETTINGS);
    mounts.put(socket, RecoveryRequest.SOCKET);
    mounts.put(log.getParent(), RecoveryRequest.LOG);
    if (archive != null) {
      mounts.put(archive, RecoveryRequest.WAL_ARCHIVE);
    }
    return mounts;
  }

  public RunningServer running() {
    return new RunningServer(address, log, this::alive, () -> false);
  }

  /** With what recovery reached, and a machine that is this host. */
  public RecoveredCopy recovered(RecoveryResult reached, List<String> preloaded) {
    ServerMachine machine =
        new ServerMachine(
            new HostSandbox(this),
            new MachineId("host", home),
            HostMachine.ROOTFS,
            HostMachine.UID,
            HostMachine.GID,
            order);
    return new RecoveredCopy(
        running(),
        machine,
        new RestoredFiles(order.dataDirectory(), Map.of()),
        reached,
        order.control(),
        new SourceSettings(preloaded, true, List.of()));
  }

  /** What came of what the user asks alone, of a server of this copy. */
  public CheckResults ask(RunningServer asking, UserChecks userChecks, RecoveryResult reached)
      throws InterruptedException {
    UserQueries userQueries = new UserQueries(asking, userChecks, database -> Optional.empty());
    List<CheckResult> made =
        new ArrayList<>(List.of(userQueries.freshness(reached, order.control(), now())));
    for (int n = 1; n <= userChecks.assertions().size(); n++) {
      made.add(userQueries.assertion(n));
    }
    return new CheckResults(
        made.stream().map(CheckResult::check).toList(),
        made.stream().flatMap(each -> each.findings().stream()).toList(),
        userQueries.facts(),
        List.of(),
        List.of());
  }

  public static RestoreTime now() {
    return new RestoreTime(Instant.now(), Instant.now());
  }

  public boolean alive() {
    return server.isAlive();
  }

  /** The server's processes, the ones around it included. */
  public List<ProcessHandle> processes() {
    return server.descendants().toList();
  }

  /** Kills the server as if it had crashed. */
  public void kill() {
    server.destroyForcibly().onExit().orTimeout(5, TimeUnit.MINUTES).join();
  }

  @Override
  public void close() {
    if (server != null) {
      kill();
    }
  }
}
