package io.pgproof.sandbox;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Makes, runs and destroys throw-away machines.
 *
 * <p>Every call is safe to repeat: create replaces nothing and finds what is there, destroy of what
 * is gone does nothing. All methods may be called from any thread; calls about one machine are
 * serialised. What the host cannot do is a {@link SandboxException} that says so in words.
 */
public interface Sandbox {

  /**
   * The host's id that root inside is mapped to; id {@code n} inside is {@code firstHostId() + n}
   * on the host.
   */
  int firstHostId();

  /**
   * Makes the machine, stopped. A half-made one of the same id is destroyed first, a whole one is
   * kept.
   */
  void create(MachineSpec spec);

  /**
   * Starts the machine and returns when its first process runs; does nothing if it runs.
   *
   * @throws SandboxException with the container's own log when it does not start
   */
  void start(MachineId id);

  /** Whether its first process runs. */
  boolean running(MachineId id);

  /**
   * Runs a program inside and waits for it.
   *
   * @param uid user inside
   * @param gid group inside
   * @param environment the program's whole environment
   */
  Ended run(
      MachineId id,
      int uid,
      int gid,
      Map<String, String> environment,
      Duration limit,
      List<String> line);

  /**
   * Asks the first process to end (for PostgreSQL a fast shutdown), kills it at the limit; does
   * nothing if stopped.
   */
  void halt(MachineId id, Duration limit);

  /**
   * Whether the kernel killed a process inside for want of memory since the start, or the limit was
   * the cause of failed allocations; false for a machine that is gone.
   */
  boolean ranOutOfMemory(MachineId id);

  /**
   * Kills what runs and removes the machine with all it wrote, mounts and control groups included;
   * the home stays.
   */
  void destroy(MachineId id);

  /**
   * Removes what dead machines left in the host's control groups.
   *
   * @param prefix of the names that are ours to remove; machines that run are left alone
   * @return what was removed, for a person to read
   */
  List<String> reap(String prefix);

  /**
   * What this machine lacks for the sandbox to work, with the command that mends each; empty when
   * it works.
   */
  List<Lack> lacks();

  /**
   * Where the root file system of {@code id}'s throw-away layer keeps its changes, for a look after
   * it stopped.
   */
  Path layer(MachineId id);

  /**
   * Something the host lacks.
   *
   * @param mend the command line that mends it, or what a person must do
   * @param byHand whether only a person can do it
   */
  record Lack(String what, String mend, boolean byHand) {

    /** Something that a command mends. */
    public Lack(String what, String mend) {
      this(what, mend, false);
    }

    /** Something that only a person can mend. */
    public static Lack byHand(String what, String advice) {
      return new Lack(what, advice, true);
    }
  }

  /**
   * How a program inside ended.
   *
   * @param status exit status; 128 plus the signal's number for a signal
   * @param timedOut whether the limit ended it
   */
  record Ended(int status, String out, String err, Duration took, boolean timedOut) {}
}
