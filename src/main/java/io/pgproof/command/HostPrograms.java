package io.pgproof.command;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Runs programs of the host and waits for them.
 *
 * <p>Each gets a session and process group of its own, so that it can be killed with all its
 * children, a nearly empty environment ({@code PATH}, {@code LANG=C.UTF-8}, {@code HOME=/root}) and
 * nothing to read. It dies when this process dies, however that happens; children of its own then
 * live on unless they notice. Thread-safe.
 */
public final class HostPrograms {
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final int KEPT = 1 << 20;
  private static final Duration DRAIN = Duration.ofSeconds(5);
  private static final long KILLED_ENDS_WITHIN_SECONDS = 5;

  /**
   * Runs the program to its end.
   *
   * @throws ProgramMissingException when there is no such program
   * @throws ProgramInterruptedException when the calling thread is interrupted; the process group
   *     is dead then, or dies when the kernel lets it go
   * @throws UncheckedIOException when the program cannot be started, or does not end though it was
   *     killed at its limit, because the kernel holds it
   */
  public ProgramResult run(HostCommand command) {
    return run(command, line -> {});
  }

  /**
   * Runs the program to its end and passes on what it says, line by line as it comes.
   *
   * @param said hears the lines of standard output and standard error, one at a time; what it
   *     throws ends its hearing, not the program, and is thrown again when the program has ended
   */
  public ProgramResult run(HostCommand command, Consumer<String> said) {
    long began = System.nanoTime();
    Process process = start(command);
    TailBuffer out = new TailBuffer(KEPT);
    TailBuffer err = new TailBuffer(KEPT);
    AtomicReference<RuntimeException> deaf = new AtomicReference<>();
    Consumer<String> oneAtATime = line -> tell(said, line, deaf);
    Thread outPump = pump(new StreamPump(process.getInputStream(), out, oneAtATime), command);
    Thread errPump = pump(new StreamPump(process.getErrorStream(), err, oneAtATime), command);
    boolean timedOut;
    try {
      timedOut = !process.waitFor(command.limit().toNanos(), TimeUnit.NANOSECONDS);
      if (timedOut && !killGroup(process)) {
        throw new UncheckedIOException(
            new IOException(
                command.line().get(0)
                    + " was killed at its limit of "
                    + command.limit().toSeconds()
                    + " s and does not end: the kernel holds process "
                    + process.pid()
                    + ", as it does before a disk that does not answer"));
      }
      // A daemon that the program left behind may hold the pipes open for ever; what was written is
      // read by now.
      long drained = System.nanoTime() + DRAIN.toNanos();
      for (Thread streamPump : List.of(outPump, errPump)) {
        streamPump.join(Math.max(1, (drained - System.nanoTime()) / 1_000_000));
      }
    } catch (InterruptedException interrupted) {
      killGroup(process);
      Thread.currentThread().interrupt();
      throw new ProgramInterruptedException(command, interrupted);
    }
    if (deaf.get() != null) {
      throw deaf.get();
    }
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    return new ProgramResult(command, process.exitValue(), out.text(), err.text(), took, timedOut);
  }

  /** Whether a program of this name can be run. */
  public boolean has(String program) {
    return find(program) != null;
  }

  private static Process start(HostCommand command) {
    List<String> line = new ArrayList<>();
    // A process that was just forked leads no group, so setsid need not fork: its pid is the
    // group's id.
    line.add(existing("setsid"));
    // A pgproof that was started in the background ignores SIGINT, and what it runs would inherit
    // that.
    line.addAll(List.of(existing("env"), "--default-signal"));
    line.addAll(List.of(existing("setpriv"), "--pdeathsig", "KILL", "--"));
    line.add(existing(command.line().get(0)));
    line.addAll(command.line().subList(1, command.line().size()));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.directory(new File("/"));
    builder.environment().clear();
    builder.environment().put("PATH", PATH);
    builder.environment().put("LANG", "C.UTF-8");
    builder.environment().put("HOME", "/root");
    builder.environment().putAll(command.environment());
    builder.redirectInput(new File("/dev/null"));
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(
          command.line().get(0) + " could not be started: " + e.getMessage(), e);
    }
  }

  private static String existing(String program) {
    Path found = find(program);
    if (found == null) {
      throw new ProgramMissingException(program, program.startsWith("/") ? "that place" : PATH);
    }
    return found.toString();
  }

  private static Path find(String program) {
    if (program.startsWith("/")) {
      Path path = Path.of(program);
      return executable(path) ? path : null;
    }
    for (String directory : PATH.split(":")) {
      Path path = Path.of(directory, program);
      if (executable(path)) {
        return path;
      }
    }
    return null;
  }

  private static boolean executable(Path path) {
    return Files.isRegularFile(path) && Files.isExecutable(path);
  }

  private static Thread pump(StreamPump streamPump, HostCommand command) {
    Thread thread = new Thread(streamPump, "output of " + command.line().get(0));
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void tell(
      Consumer<String> said, String line, AtomicReference<RuntimeException> deaf) {
    synchronized (deaf) {
      if (deaf.get() == null) {
        try {
          said.accept(line);
        } catch (RuntimeException e) {
          deaf.set(e);
        }
      }
    }
  }

  /**
   * Kills the group and waits for its leader; an interrupt meanwhile is left to the caller, who
   * knows of one already.
   *
   * @return false when the kernel holds it, for it waits for a disk that does not answer
   */
  private static boolean killGroup(Process process) {
    try {
      // Java cannot signal a group; the shell's own kill needs no further package.
      new ProcessBuilder(
              "/bin/sh", "-c", "kill -s KILL -- -\"$1\"", "sh", Long.toString(process.pid()))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
      process.destroyForcibly();
      return process.waitFor(KILLED_ENDS_WITHIN_SECONDS, TimeUnit.SECONDS);
    } catch (IOException e) {
      process.destroyForcibly();
      throw new UncheckedIOException(
          "the process group " + process.pid() + " could not be killed", e);
    } catch (InterruptedException again) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
