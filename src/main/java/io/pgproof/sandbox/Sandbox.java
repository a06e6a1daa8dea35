package io.pgproof.sandbox;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Creates, runs and destroys throw-away machines.
 *
 * <p>Every call is safe to repeat: create keeps an existing machine, and destroy ignores a missing
 * one. Thread-safe; calls for one machine are serialised. If the host cannot do something, a {@link
 * SandboxException} describes it.
 */
public interface Sandbox {

  /**
   * Returns the host ID of root inside: id {@code n} inside is {@code firstHostId() + n} on the
   * host.
   */
  int firstHostId();

  /**
   * Creates the machine in the stopped state. An incomplete machine with the same id is destroyed
   * first; a complete one is kept.
   */
  void create(MachineSpec spec);

  /**
   * Starts the machine and returns when its first process runs; does nothing if it already runs.
   *
   * @throws SandboxException with the container's own log if it does not start
   */
  void start(MachineId id);

  /** Returns whether the machine's first process runs. */
  boolean running(MachineId id);

  /**
   * Runs a program inside and waits for it.
   *
   * @param uid user id inside
   * @param gid group id inside
   * @param environment the complete environment of the program
   */
  Ended run(
      MachineId id,
      int uid,
      int gid,
      Map<String, String> environment,
      Duration limit,
      List<String> line);

  /**
   * Asks the first process to end (for PostgreSQL: a fast shutdown) and kills it at the limit; does
   * nothing if the machine is stopped.
   */
  void stop(MachineId id, Duration limit);

  /**
   * Returns whether, since the start, the kernel killed a process inside because memory ran out, or
   * the limit made allocations fail; false for a machine that no longer exists.
   */
  boolean ranOutOfMemory(MachineId id);

  /**
   * Kills all processes of the machine and removes everything that it wrote, including mounts and
   * control groups. The home directory stays.
   */
  void destroy(MachineId id);

  /**
   * Removes what dead machines left in the host's control groups.
   *
   * @param prefix name prefix of the machines to clean up; running machines are left alone
   * @return what was removed, for a person to read
   */
  List<String> reap(String prefix);

  /**
   * Returns what this host lacks for the sandbox, each with the command that fixes it; empty if the
   * sandbox works.
   */
  List<Lack> lacks();

  /**
   * Returns the directory with the changes to the root file system of {@code id}, for inspection
   * after the machine stopped. The next start begins with an empty one.
   */
  Path layer(MachineId id);

  /**
   * Something that the host lacks.
   *
   * @param mend the command line that fixes it, or what a person must do
   * @param byHand whether only a person can fix it
   */
  record Lack(String what, String mend, boolean byHand) {

    /** Creates a lack that a command fixes. */
    public Lack(String what, String mend) {
      this(what, mend, false);
    }

    /** Creates a lack that only a person can fix. */
    public static Lack byHand(String what, String advice) {
      return new Lack(what, advice, true);
    }
  }

  /**
   * How a program inside ended.
   *
   * @param status exit status; 128 plus the signal number for a signal
   * @param timedOut whether it was ended at the limit
   */
  record Ended(int status, String out, String err, Duration took, boolean timedOut) {}
}
