package io.pgproof.cli;

import io.pgproof.daemon.Daemon;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;

/**
 * Keeps this process a server until a signal ends it, and the signal waiting until it has ended.
 */
final class ServerSession implements AutoCloseable {
  private final CountDownLatch signal = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);

  private ServerSession() {}

  /**
   * Makes this process the owner of the state directory.
   *
   * @throws UsageException when another process owns it
   */
  static Ownership own(StateDirectory state) {
    return Ownership.acquire(state)
        .orElseThrow(
            () ->
                new UsageException(
                    Reason.BAD_OPTION,
                    Ownership.owner(state).map(pid -> "process " + pid).orElse("another process")
                        + " is the daemon of the state directory "
                        + state.path(),
                    "wait until it ends, or use another state directory with --state"));
  }

  /** Returns a session that the next signal ends; close it after the daemon. */
  static ServerSession begin() {
    ServerSession session = new ServerSession();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  session.signal.countDown();
                  DaemonConnection.awaitTeardown(session.ended);
                },
                "signal"));
    return session;
  }

  /** Says where the server listens, and returns when a signal has arrived. */
  void serve(Daemon daemon, PrintWriter err) throws InterruptedException {
    daemon
        .monitoringAddress()
        .ifPresent(address -> err.println("health and metrics are at " + address + "/actuator/"));
    err.println("pgproof serves " + daemon.address() + "; stop it with Ctrl-C or SIGTERM");
    err.flush();
    signal.await();
  }

  @Override
  public void close() {
    ended.countDown();
  }
}
