package io.pgproof.bench;

import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.ProgramResult;
import io.pgproof.control.ControlClient;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.proof.Report;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.VerificationRequest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A server that runs beside the benchmark, as {@code pgproof serve} starts it. */
final class BenchServer implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final Duration STARTS_WITHIN = Duration.ofMinutes(3);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  private final StateDirectory state;
  private final FutureTask<ProgramResult> program;
  private final Thread thread;

  private BenchServer(StateDirectory state, HostPrograms programs, HostCommand command) {
    this.state = state;
    // The program ends with the thread that starts it.
    this.program = new FutureTask<>(() -> programs.run(command));
    this.thread = new Thread(program, "server");
    thread.setDaemon(true);
    thread.start();
  }

  /** Starts the server and returns when it takes requests. */
  static BenchServer start(StateDirectory state, HostPrograms programs, Commands commands)
      throws IOException {
    BenchServer server =
        new BenchServer(state, programs, commands.command(LONGEST, List.of("serve")));
    try {
      server.awaitStart();
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void awaitStart() throws IOException {
    long until = System.nanoTime() + STARTS_WITHIN.toNanos();
    while (!takesRequests()) {
      if (program.isDone()) {
        throw didNotStart(end());
      }
      if (System.nanoTime() > until) {
        throw didNotStart("it takes too long");
      }
      rest();
    }
  }

  private static BenchFailure didNotStart(String why) {
    return new BenchFailure("the server for the benchmark did not start: " + why);
  }

  /** Returns how the program ended. */
  private String end() throws InterruptedIOException {
    try {
      return program.get().describe();
    } catch (ExecutionException e) {
      return String.valueOf(e.getCause());
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private boolean takesRequests() throws IOException {
    Optional<ControlClient> client = ControlClient.connect(state);
    if (client.isPresent()) {
      client.get().close();
    }
    return client.isPresent();
  }

  /** Verifies a backup and returns the report. */
  Report verify(VerificationRequest request) throws IOException {
    try (ControlClient client = ControlClient.connect(state).orElseThrow(BenchServer::gone)) {
      Reply reply =
          client.send(new Request.Verify(request), said -> {}).orElseThrow(BenchServer::gone);
      if (reply instanceof Reply.Verdict verdict) {
        return verdict.report();
      }
      throw new BenchFailure("the server did not verify " + request.path() + ": " + reply);
    }
  }

  /** Returns the most memory that the server has had resident, in MiB. */
  double mostResident() throws IOException {
    return memory("VmHWM:");
  }

  /** Returns the memory that the server has resident now, in MiB. */
  double resident() throws IOException {
    return memory("VmRSS:");
  }

  private double memory(String name) throws IOException {
    Path status = Path.of("/proc", Long.toString(pid()), "status");
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }

  private long pid() {
    return Ownership.owner(state).orElseThrow(BenchServer::gone);
  }

  private static BenchFailure gone() {
    return new BenchFailure("the server for the benchmark has ended, see its log");
  }

  private static void rest() throws InterruptedIOException {
    try {
      Thread.sleep(LOOK_AGAIN.toMillis());
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("the benchmark was interrupted");
  }

  @Override
  public void close() {
    // The lock file may name this process, or one that has ended and whose id another has now.
    ProcessHandle.current()
        .descendants()
        .filter(process -> Ownership.owner(state).equals(Optional.of(process.pid())))
        .findFirst()
        .ifPresentOrElse(ProcessHandle::destroy, thread::interrupt);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
