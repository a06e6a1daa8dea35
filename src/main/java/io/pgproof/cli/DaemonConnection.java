package io.pgproof.cli;

import io.pgproof.backup.restore.Backups;
import io.pgproof.control.ControlClient;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.daemon.Daemon;
import io.pgproof.daemon.QueryDaemon;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Launcher;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Connects a command to the daemon of a state directory: another process, or else this one, which
 * becomes the daemon and runs until what it began has ended. A daemon that ends before it has
 * answered is replaced by the next one, which may be this process.
 *
 * <p>A signal withdraws the request; the process ends after the teardown, with 128 plus the
 * signal's number. Requests of other clients then continue in the next daemon.
 */
final class DaemonConnection implements AutoCloseable {
  private static final Duration OWNER_ANSWERS_WITHIN = Duration.ofMinutes(15);
  private static final Duration WAITING_IS_SAID_AFTER = Duration.ofSeconds(3);
  private static final Duration TAKEN_BACK_WITHIN = Duration.ofMinutes(1);
  private static final Duration CLOSED_WITHIN = Duration.ofMinutes(2);
  private static final long LOOK_EVERY_MILLIS = 50;
  private static final int MOST_OWNERS = 10;

  private final StateDirectory state;
  private final boolean engine;
  private final CountDownLatch signalled = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private @Nullable Daemon daemon;
  private @Nullable QueryDaemon desk;
  private @Nullable ControlClient asking;
  private @Nullable Thread deskThread;

  private DaemonConnection(StateDirectory state, boolean engine) {
    this.state = state;
    this.engine = engine;
    Runtime.getRuntime().addShutdownHook(new Thread(this::onSignal, "signal"));
  }

  /** Returns a connection for queries that need no engine. */
  static DaemonConnection toDesk(StateDirectory state) {
    requireRoot();
    return new DaemonConnection(state, false);
  }

  /**
   * Returns a connection for verifications; if this process becomes the daemon, it resumes
   * unfinished runs.
   */
  static DaemonConnection toEngine(StateDirectory state) {
    requireRoot();
    return new DaemonConnection(state, true);
  }

  static void requireRoot() {
    if (!"root".equals(System.getProperty("user.name"))) {
      throw new UsageException(
          Reason.NOT_ROOT,
          "pgproof runs as user " + System.getProperty("user.name") + ", not as root");
    }
  }

  /**
   * Sends a request and waits for the answer.
   *
   * @throws UsageException when another process holds the state directory and does not answer
   * @throws FindingException {@code interrupted} when a signal arrived before the answer, or
   *     several daemons ended one after the other
   */
  Reply send(Request request, Consumer<Reply> onTheWay) throws IOException {
    AtomicReference<Request> next = new AtomicReference<>(request);
    for (int owners = 0; owners < MOST_OWNERS; owners++) {
      Optional<ControlClient> connected = connect(request);
      if (connected.isEmpty()) {
        use(null);
        return Objects.requireNonNull(desk).send(request, onTheWay);
      }
      try (ControlClient client = connected.get()) {
        use(client);
        Optional<Reply> answer =
            client.send(
                Objects.requireNonNull(next.get()),
                said -> {
                  if (said instanceof Reply.Begun begun
                      && request instanceof Request.Verify verify) {
                    next.set(new Request.Await(begun.run(), verify.request().askedBy()));
                  } else if (said instanceof Reply.Begun begun
                      && request instanceof Request.Control control) {
                    next.set(new Request.Await(begun.run(), control.askedBy()));
                  }
                  onTheWay.accept(said);
                });
        if (answer.isPresent()) {
          return answer.get();
        }
      } finally {
        synchronized (this) {
          asking = null;
        }
      }
      if (signalledWithin(0)) {
        throw interrupted();
      }
      System.err.println(
          "the daemon of " + state.path() + " ended before it answered; trying the next one");
    }
    throw new FindingException(
        Reason.INTERRUPTED,
        MOST_OWNERS + " daemons of " + state.path() + " ended before they answered");
  }

  /**
   * Connects to the daemon, or becomes it; empty if this process answers by itself without an
   * engine.
   */
  private Optional<ControlClient> connect(Request request) throws IOException {
    long began = System.nanoTime();
    boolean said = false;
    while (desk == null) {
      Ownership.requirePrivate(state);
      Optional<ControlClient> client = ControlClient.connect(state);
      if (client.isPresent()) {
        return client;
      }
      if (daemon != null) {
        throw new IOException(state.controlSocket() + " was removed while its daemon was running");
      }
      Optional<Ownership> ownership = Ownership.acquire(state);
      if (ownership.isPresent()) {
        startDaemon(ownership.get(), request);
        continue;
      }
      Duration waited = Duration.ofNanos(System.nanoTime() - began);
      String other = Ownership.owner(state).map(pid -> "process " + pid).orElse("another process");
      if (waited.compareTo(OWNER_ANSWERS_WITHIN) > 0) {
        throw new UsageException(
            Reason.BAD_OPTION,
            other
                + " is the daemon of the state directory "
                + state.path()
                + " and does not respond",
            "wait until it ends, or use another state directory with --state");
      }
      if (!said && waited.compareTo(WAITING_IS_SAID_AFTER) > 0) {
        System.err.println(
            "waiting for " + other + ", the daemon of the state directory " + state.path());
        said = true;
      }
      if (signalledWithin(LOOK_EVERY_MILLIS)) {
        throw interrupted();
      }
    }
    return Optional.empty();
  }

  private void startDaemon(Ownership ownership, Request request) {
    try {
      if (engine) {
        requireBackup(request, ownership);
        daemon = Daemon.start(ownership, false);
      } else {
        desk = QueryDaemon.start(ownership);
      }
    } catch (FindingException e) {
      // The end of the program keeps the engine from starting; this is not a fault of the machine.
      throw signalled.getCount() == 0 ? interrupted() : e;
    }
  }

  /** Answers without an engine, which takes seconds to start, when there is nothing to verify. */
  private static void requireBackup(Request request, Ownership ownership) {
    if (!(request instanceof Request.Verify verify)) {
      return;
    }
    try {
      var unused = Backups.find(verify.request().path());
    } catch (RuntimeException e) {
      ownership.close();
      throw e;
    } catch (InterruptedException e) {
      ownership.close();
      throw interrupted();
    }
  }

  private synchronized void use(@Nullable ControlClient client) {
    if (signalled.getCount() == 0) {
      throw interrupted();
    }
    asking = client;
    deskThread = client == null ? Thread.currentThread() : null;
  }

  private static FindingException interrupted() {
    return new FindingException(Reason.INTERRUPTED, "a signal arrived before the answer");
  }

  private void onSignal() {
    try {
      synchronized (this) {
        signalled.countDown();
        if (asking != null) {
          withdraw(asking);
        } else if (deskThread != null) {
          deskThread.interrupt();
        }
      }
      if (closed.await(TAKEN_BACK_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
        return;
      }
      synchronized (this) {
        // The run cannot be cancelled. A daemon that closes tears it down anyway, and the next
        // daemon ends the run.
        if (asking != null) {
          asking.close();
        }
      }
    } catch (IOException | InterruptedException e) {
      System.err.println("pgproof: the requested run could not be stopped: " + e);
    }
    awaitTeardown(closed);
  }

  /** Called when the program ends: waits for a limited time until its daemon has closed. */
  static void awaitTeardown(CountDownLatch closed) {
    try {
      if (!closed.await(CLOSED_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println(
            "pgproof: the teardown did not end in time; "
                + Launcher.COMMAND
                + " clean removes what is left");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void withdraw(ControlClient asking) {
    try {
      asking.withdraw();
    } catch (IOException e) {
      // The daemon has just ended; after a signal the next one is not asked.
    }
  }

  @Override
  public void close() {
    try {
      if (desk != null) {
        desk.close();
      } else if (daemon != null) {
        closeOwner(daemon);
      }
    } finally {
      closed.countDown();
    }
  }

  private void closeOwner(Daemon owner) {
    try (owner) {
      while (!owner.isIdle() && !signalledWithin(LOOK_EVERY_MILLIS)) {}
    }
  }

  private boolean signalledWithin(long millis) {
    try {
      return signalled.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }
}
