package io.pgproof.cli;

import io.pgproof.owner.ControlClient;
import io.pgproof.owner.DeskOwner;
import io.pgproof.owner.Owner;
import io.pgproof.owner.Reply;
import io.pgproof.owner.Request;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The way to the owner of a state directory: the process that is it, or else this one, which becomes it and stays until what it
 * began has ended.
 *
 * <p>A signal takes back what was asked; the process ends after the teardown, with 128 plus the signal's number.
 */
final class Link implements AutoCloseable {
  private static final Duration OWNER_ANSWERS_WITHIN = Duration.ofMinutes(15);
  private static final Duration WAITING_IS_SAID_AFTER = Duration.ofSeconds(3);
  private static final Duration ENDS_AFTER_SIGNAL_WITHIN = Duration.ofSeconds(120);

  private final StateDirectory state;
  private final Owner owner;
  private final DeskOwner desk;
  private final CountDownLatch closed = new CountDownLatch(1);
  private boolean signalled;
  private ControlClient asking;
  private Thread deskThread;

  private Link(StateDirectory state, Owner owner, DeskOwner desk) {
    this.state = state;
    this.owner = owner;
    this.desk = desk;
    Runtime.getRuntime().addShutdownHook(new Thread(this::onSignal, "signal"));
  }

  /** A link for questions that need no engine. */
  static Link toDesk(StateDirectory state) throws IOException, InterruptedException {
    return open(state, ownership -> new Link(state, null, DeskOwner.start(ownership)));
  }

  /** A link for verifications; an owner that begins here resumes what was unfinished. */
  static Link toEngine(StateDirectory state) throws IOException, InterruptedException {
    return open(state, ownership -> new Link(state, Owner.start(ownership, false), null));
  }

  /**
   * @throws UsageException when another process holds the state directory and does not answer
   */
  private static Link open(StateDirectory state, Function<Ownership, Link> asOwner) throws IOException, InterruptedException {
    requireRoot();
    long began = System.nanoTime();
    boolean said = false;
    while (true) {
      Optional<ControlClient> client = ControlClient.connect(state);
      if (client.isPresent()) {
        client.get().close();
        return new Link(state, null, null);
      }
      Optional<Ownership> ownership = Ownership.take(state);
      if (ownership.isPresent()) {
        return asOwner.apply(ownership.get());
      }
      Duration waited = Duration.ofNanos(System.nanoTime() - began);
      String other = Ownership.owner(state).map(pid -> "process " + pid).orElse("another process");
      if (waited.compareTo(OWNER_ANSWERS_WITHIN) > 0) {
        throw new UsageException(Reason.BAD_OPTION,
            other + " owns the state directory " + state.path() + " and does not answer",
            "wait until it ends, or use another state directory with --state");
      }
      if (!said && waited.compareTo(WAITING_IS_SAID_AFTER) > 0) {
        System.err.println("waiting for " + other + ", which owns the state directory " + state.path());
        said = true;
      }
      Thread.sleep(100);
    }
  }

  static void requireRoot() {
    if (!"root".equals(System.getProperty("user.name"))) {
      throw new UsageException(Reason.NOT_ROOT, "pgproof runs as user " + System.getProperty("user.name") + ", not as root");
    }
  }

  /**
   * Asks and waits for the answer.
   *
   * @throws FindingException {@code interrupted} when a signal came before it could be asked
   */
  Reply ask(Request request, Consumer<Reply> onTheWay) throws IOException {
    if (desk != null) {
      begin(null);
      return desk.ask(request, onTheWay);
    }
    try (ControlClient client = ControlClient.connect(state)
        .orElseThrow(() -> new IOException("the owner of " + state.path() + " has just ended"))) {
      begin(client);
      return client.ask(request, onTheWay);
    } finally {
      synchronized (this) {
        asking = null;
      }
    }
  }

  private synchronized void begin(ControlClient client) {
    if (signalled) {
      throw new FindingException(Reason.INTERRUPTED, "a signal came before the request was made");
    }
    asking = client;
    deskThread = client == null ? Thread.currentThread() : null;
  }

  private void onSignal() {
    try {
      synchronized (this) {
        signalled = true;
        if (asking != null) {
          asking.takeBack();
        } else if (deskThread != null) {
          deskThread.interrupt();
        }
      }
      closed.await(ENDS_AFTER_SIGNAL_WITHIN.toSeconds(), TimeUnit.SECONDS);
    } catch (IOException | InterruptedException e) {
      System.err.println("pgproof: the teardown could not be awaited: " + e);
    }
  }

  @Override
  public void close() {
    try {
      if (desk != null) {
        desk.close();
      } else if (owner != null) {
        owner.awaitQuiet();
        owner.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      owner.close();
    } finally {
      closed.countDown();
    }
  }
}
