package io.pgproof.command;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Runs programs of the host and waits for them.
 *
 * <p>Each program gets its own session and process group, so that it can be killed together with
 * all its children. Its environment is nearly empty ({@code PATH}, {@code LANG=C.UTF-8}, {@code
 * HOME=/root}), and so is its standard input unless the command has one. It dies whenever this
 * process dies, by whatever cause. Its own children then live on unless they notice. Thread-safe.
 */
public final class HostPrograms {
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final int KEPT = 1 << 20;
  private static final Duration DRAIN = Duration.ofSeconds(5);
  private static final long KILLED_ENDS_WITHIN_SECONDS = 5;

  /**
   * Runs the program until it ends.
   *
   * @throws ProgramMissingException if there is no such program
   * @throws ProgramInterruptedException if the calling thread is interrupted; the process group is
   *     then dead, or dies as soon as the kernel releases it
   * @throws UncheckedIOException if the program cannot be started, or if it was killed at its limit
   *     but does not end because the kernel holds it
   */
  public ProgramResult run(HostCommand command) {
    return run(command, line -> {});
  }

  /**
   * Runs the program until it ends and passes on its output, line by line as it arrives.
   *
   * @param said receives the lines of standard output and standard error, one at a time. If it
   *     throws, it receives no more lines but the program continues; the exception is thrown again
   *     after the program has ended
   */
  public ProgramResult run(HostCommand command, Consumer<String> said) {
    long began = System.nanoTime();
    Process process = start(command);
    TailBuffer out = new TailBuffer(KEPT);
    TailBuffer err = new TailBuffer(KEPT);
    AtomicReference<RuntimeException> deaf = new AtomicReference<>();
    Consumer<String> oneAtATime = line -> passLine(said, line, deaf);
    Thread outPump = startPump(new StreamPump(process.getInputStream(), out, oneAtATime), command);
    Thread errPump = startPump(new StreamPump(process.getErrorStream(), err, oneAtATime), command);
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
                    + ", as it does when a disk does not respond"));
      }
      // A daemon that the program left behind can hold the pipes open forever; everything that was
      // written has been read by now.
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

  /** Returns whether a program with this name can be run. */
  public boolean has(String program) {
    return find(program).isPresent();
  }

  private static Process start(HostCommand command) {
    List<String> line = new ArrayList<>();
    // A newly forked process leads no group, so setsid need not fork and its pid is the group's id.
    line.add(existing("setsid"));
    // If pgproof was started in the background, it ignores SIGINT, and its child processes would
    // inherit that.
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
    if (command.input().isEmpty()) {
      builder.redirectInput(new File("/dev/null"));
    }
    try {
      Process process = builder.start();
      writeInput(process, command);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(
          command.line().get(0) + " could not be started: " + e.getMessage(), e);
    }
  }

  private static void writeInput(Process process, HostCommand command) {
    try (OutputStream input = process.getOutputStream()) {
      input.write(command.input().getBytes(StandardCharsets.UTF_8));
    } catch (IOException closed) {
      // The program does not read it, or has ended already.
    }
  }

  private static String existing(String program) {
    return find(program)
        .orElseThrow(
            () ->
                new ProgramMissingException(
                    program, program.startsWith("/") ? "its directory" : PATH))
        .toString();
  }

  private static Optional<Path> find(String program) {
    // An absolute name replaces each directory that it is resolved against.
    return Arrays.stream(PATH.split(":"))
        .map(directory -> Path.of(directory).resolve(program))
        .filter(HostPrograms::executable)
        .findFirst();
  }

  private static boolean executable(Path path) {
    return Files.isRegularFile(path) && Files.isExecutable(path);
  }

  private static Thread startPump(StreamPump streamPump, HostCommand command) {
    Thread thread = new Thread(streamPump, "output of " + command.line().get(0));
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void passLine(
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
   * Kills the group and waits for its leader. An interrupt during the wait is left to the caller,
   * which already knows of one.
   *
   * @return false if the kernel holds the process because it waits for a disk that does not respond
   */
  private static boolean killGroup(Process process) {
    try {
      // Java cannot signal a process group; the shell's built-in kill needs no extra package.
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
