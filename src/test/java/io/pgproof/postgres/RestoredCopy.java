package io.pgproof.postgres;

import io.pgproof.backup.ControlFile;
import io.pgproof.backup.RestoredFiles;
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
final class RestoredCopy implements AutoCloseable {
  final Path home;
  final Path data;
  final Path socket;
  final Path log;
  final RecoveryOrder order;
  final ServerAddress address;
  private final Path archive;
  private Process server;

  /** @param archive a WAL archive, or {@code null} */
  RestoredCopy(SourceCluster source, Path home, Path archive) throws IOException, InterruptedException {
    this.home = Files.createDirectories(home);
    this.archive = archive;
    data = source.restoredTo(home.resolve("data"));
    socket = HostMachine.owned(home.resolve("socket"));
    log = HostMachine.owned(home.resolve("log")).resolve("server.log");
    ControlFile control = source.control();
    order = new RecoveryOrder(
        data, home.resolve("settings"), HostMachine.MAJOR, control, HostMachine.UID, HostMachine.GID,
        archive != null, HostMachine.BIN);
    address = new ServerAddress(socket, HostMachine.UID, control.systemIdentifier(), "postgres", HostMachine.MAJOR,
        SourceSettings.of(order).databases());
  }

  void start() throws IOException {
    server = HostMachine.start(home, mounts(), home.resolve("output"), RecoveryPreparation.serverCommand(order));
  }

  Map<Path, String> mounts() {
    Map<Path, String> mounts = new LinkedHashMap<>();
    mounts.put(data, RecoveryOrder.DATA);
    mounts.put(order.settingsDirectory(), RecoveryOrder.SETTINGS);
    mounts.put(socket, RecoveryOrder.SOCKET);
    mounts.put(log.getParent(), RecoveryOrder.LOG);
    if (archive != null) {
      mounts.put(archive, RecoveryOrder.WAL_ARCHIVE);
    }
    return mounts;
  }

  RunningServer running() {
    return new RunningServer(address, log, this::alive, () -> false);
  }

  /** With what recovery reached, and a machine that is this host. */
  RecoveredCopy recovered(RecoveryReached reached, List<String> preloaded) {
    ServerMachine machine = new ServerMachine(
        new HostSandbox(this), new MachineId("host", home), HostMachine.ROOTFS, HostMachine.UID, HostMachine.GID, order);
    return new RecoveredCopy(running(), machine, new RestoredFiles(order.dataDirectory(), Map.of()), reached, order.control(),
        new SourceSettings(preloaded, true, List.of()));
  }

  /** What came of what the user asks alone, of a server of this copy. */
  Answers ask(RunningServer asking, Asked asked, RecoveryReached reached) throws InterruptedException {
    Questions questions = new Questions(asking, asked, database -> Optional.empty());
    List<Made> made = new ArrayList<>(List.of(questions.freshness(reached, order.control(), now())));
    for (int n = 1; n <= asked.assertions().size(); n++) {
      made.add(questions.assertion(n));
    }
    return new Answers(made.stream().map(Made::check).toList(),
        made.stream().flatMap(each -> each.findings().stream()).toList(), questions.facts(), List.of(), List.of());
  }

  static RestoreTime now() {
    return new RestoreTime(Instant.now(), Instant.now());
  }

  boolean alive() {
    return server.isAlive();
  }

  /** The server's processes, the ones around it included. */
  List<ProcessHandle> processes() {
    return server.descendants().toList();
  }

  /** Kills the server as if it had crashed. */
  void kill() {
    server.destroyForcibly().onExit().orTimeout(5, TimeUnit.MINUTES).join();
  }

  @Override
  public void close() {
    if (server != null) {
      kill();
    }
  }
}
