package io.pgproof.sandbox.lxc;

import io.pgproof.command.HostPrograms;
import io.pgproof.command.ProgramInterruptedException;
import io.pgproof.command.ProgramMissingException;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.sandbox.MachineId;
import io.pgproof.sandbox.MachineSpec;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.sandbox.SandboxException;
import io.pgproof.sandbox.lxc.binding.Liblxc;
import io.pgproof.sandbox.lxc.binding.LiblxcUnavailableException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Machines as unprivileged LXC containers: with their own ID range, no network, and an overlay over
 * the image.
 *
 * <p>liblxc reads the state of containers and stops them. Separate programs start them and run
 * programs inside, because a container that is started from a Java process keeps a copy of its
 * memory. {@code run} is not serialised with the other calls for a machine, so that {@code halt}
 * and {@code destroy} can end it. A program inside that exceeds its limit is killed with its
 * process group. Processes that it moved out of that group end with the machine. LXC's own tools
 * find the machine in {@code /run/pgproof/machine}: {@code lxc-attach -P /run/pgproof/machine -n
 * NAME}.
 */
public final class LxcSandbox implements Sandbox {
  private static final Duration KILLED_ENDS_WITHIN = Duration.ofSeconds(30);
  private static final Duration LET_GO_WITHIN = Duration.ofMinutes(3);

  private final HostPrograms programs;
  private final Duration killedEndsWithin;
  private final Map<MachineId, MachineLock> locks = new ConcurrentHashMap<>();
  private volatile @Nullable Liblxc loaded;

  public LxcSandbox(HostPrograms programs) {
    this(programs, KILLED_ENDS_WITHIN);
  }

  /**
   * @param killedEndsWithin how long to wait for a machine's killed processes before reporting that
   *     they do not end
   */
  public LxcSandbox(HostPrograms programs, Duration killedEndsWithin) {
    this.programs = programs;
    this.killedEndsWithin = killedEndsWithin;
  }

  /**
   * Returns the start of root's first range of at least 65536 IDs in {@code /etc/subuid} and {@code
   * /etc/subgid}.
   *
   * @throws FindingException with {@code no-lxc} if there is none
   */
  @Override
  public int firstHostId() {
    return ids().firstHostId();
  }

  /**
   * @throws FindingException with {@code no-lxc} if this host lacks something
   */
  @Override
  public void create(MachineSpec spec) {
    require(spec);
    withLock(
        spec.id(),
        machine -> {
          requireNoLacks();
          if (!machine.isComplete()) {
            machine.destroy();
            machine.create(lxc(), spec, ids());
          }
        });
  }

  /**
   * @throws FindingException with {@code no-lxc} if this host lacks something
   */
  @Override
  public void start(MachineId id) {
    withLock(
        id,
        machine -> {
          requireNoLacks();
          if (!machine.running(lxc())) {
            machine.start(lxc(), ids());
          }
        });
  }

  @Override
  public boolean running(MachineId id) {
    return translateFailures(() -> machine(id).running(lxc()));
  }

  @Override
  public Ended run(
      MachineId id,
      int uid,
      int gid,
      Map<String, String> environment,
      Duration limit,
      List<String> line) {
    io.pgproof.command.ProgramResult ended =
        translateFailures(() -> machine(id).run(lxc(), uid, gid, environment, limit, line));
    return new Ended(ended.status(), ended.out(), ended.err(), ended.took(), ended.timedOut());
  }

  @Override
  public void stop(MachineId id, Duration limit) {
    withLock(id, machine -> machine.stop(lxc(), limit));
  }

  @Override
  public boolean ranOutOfMemory(MachineId id) {
    return machine(id).ranOutOfMemory();
  }

  @Override
  public void destroy(MachineId id) {
    withLock(id, LxcMachine::destroy);
  }

  @Override
  public List<String> reap(String prefix) {
    if (prefix.isBlank()) {
      throw new IllegalArgumentException(
          "a prefix is needed: without one pgproof would remove the containers of others");
    }
    List<String> removed = new ArrayList<>();
    ControlGroups groups = groups();
    groups
        .withPrefix(prefix)
        .forEach(
            (name, directories) -> {
              if (ControlGroups.processes(directories).isEmpty()) {
                ControlGroups.remove(directories);
                directories.stream()
                    .filter(directory -> !directory.toFile().exists())
                    .forEach(directory -> removed.add("control group " + directory));
              }
            });
    return removed;
  }

  @Override
  public List<Lack> lacks() {
    return Prerequisites.ofThisHost(programs).lacks();
  }

  @Override
  public Path layer(MachineId id) {
    return new MachineFiles(id).delta();
  }

  private LxcMachine machine(MachineId id) {
    return new LxcMachine(id, programs, groups(), killedEndsWithin);
  }

  private static ControlGroups groups() {
    return ControlGroups.read(Path.of("/proc"));
  }

  private static IdMap ids() {
    return IdMap.read(Path.of("/etc"))
        .orElseThrow(
            () ->
                new FindingException(
                    Finding.of(
                        Reason.NO_LXC,
                        "/etc/subuid and /etc/subgid give root no range of "
                            + IdMap.SIZE
                            + " ids that is the same in both")));
  }

  private Liblxc lxc() {
    if (loaded == null) {
      loaded = Liblxc.load();
    }
    return loaded;
  }

  private void requireNoLacks() {
    List<Lack> lacks = lacks();
    if (!lacks.isEmpty()) {
      throw new FindingException(
          new Finding(
              Reason.NO_LXC,
              lacks.stream().map(Lack::what).collect(Collectors.joining("; ")),
              lacks.stream().map(Lack::mend).collect(Collectors.joining("; ")),
              null));
    }
  }

  /** The lock of one machine. It exists while a thread holds it or waits for it. */
  private static final class MachineLock extends ReentrantLock {
    private static final long serialVersionUID = 1;

    private int users;
  }

  private void withLock(MachineId id, Consumer<LxcMachine> work) {
    MachineLock lock =
        locks.compute(
            id,
            (key, there) -> {
              MachineLock one = there == null ? new MachineLock() : there;
              one.users++;
              return one;
            });
    try {
      withLock(lock, id, work);
    } finally {
      locks.computeIfPresent(id, (key, there) -> --there.users == 0 ? null : there);
    }
  }

  private void withLock(ReentrantLock lock, MachineId id, Consumer<LxcMachine> work) {
    if (!tryLock(lock)) {
      throw new SandboxException(
          id + " is busy: another operation has held it for " + LET_GO_WITHIN.toMinutes() + " min");
    }
    try {
      translateFailures(
          () -> {
            work.accept(machine(id));
            return null;
          });
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the lock within a time limit, because the kernel can block the thread that holds it. An
   * earlier interrupt is ignored, because an interrupt is often the cause of a teardown.
   */
  private static boolean tryLock(ReentrantLock lock) {
    boolean interrupted = Thread.interrupted();
    try {
      return lock.tryLock(LET_GO_WITHIN.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
      return false;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Converts failures of the lower layers to exceptions of the sandbox. */
  private static <T> T translateFailures(Supplier<T> work) {
    try {
      return work.get();
    } catch (ProgramInterruptedException
        | ProgramMissingException
        | LiblxcUnavailableException
        | UncheckedIOException e) {
      throw new SandboxException(String.valueOf(e.getMessage()), e);
    }
  }

  private static void require(MachineSpec spec) {
    if (spec.init().isEmpty()) {
      throw new IllegalArgumentException(spec.id() + " needs a first process");
    }
    requireAbsolute(spec.rootfs());
    for (MachineSpec.Mount mount : spec.mounts()) {
      requireAbsolute(mount.host());
      Path inside = Path.of(mount.inside());
      requireAbsolute(inside);
      if (!inside.normalize().equals(inside) || inside.getNameCount() == 0) {
        throw new IllegalArgumentException(mount.inside() + " cannot be a mount point");
      }
    }
  }

  private static void requireAbsolute(Path path) {
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException(path + " must be absolute");
    }
  }
}
