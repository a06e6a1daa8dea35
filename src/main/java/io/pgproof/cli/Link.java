package io.pgproof.cli;

import io.pgproof.owner.ControlClient;
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

/**
 * The way to the owner of a state directory: the process that is it, or else this one, which becomes it and stays until what it
 * began has ended.
 *
 * <p>A signal takes back what was asked; the process ends after the teardown, with 128 plus the signal's number.
 */
final class Link implements AutoCloseable {
  private static final Duration OWNER_ANSWERS_WITHIN = Duration.ofSeconds(60);
  private static final Duration ENDS_AFTER_SIGNAL_WITHIN = Duration.ofSeconds(120);

  private final StateDirectory state;
  private final Owner owner;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean signalled;
  private ControlClient asking;

  private Link(StateDirectory state, Owner owner) {
    this.state = state;
    this.owner = owner;
  }

  /**
   * @throws UsageException when another process holds the state directory and does not answer
   */
  static Link open(StateDirectory state) throws IOException, InterruptedException {
    requireRoot();
    long end = System.nanoTime() + OWNER_ANSWERS_WITHIN.toNanos();
    while (true) {
      Optional<ControlClient> client = ControlClient.connect(state);
      if (client.isPresent()) {
        client.get().close();
        return new Link(state, null).guarded();
      }
      Optional<Ownership> ownership = Ownership.take(state);
      if (ownership.isPresent()) {
        return new Link(state, Owner.start(ownership.get(), false)).guarded();
      }
      if (System.nanoTime() > end) {
        throw new UsageException(Reason.BAD_OPTION,
            Ownership.owner(state).map(pid -> "process " + pid).orElse("another process") + " owns the state directory "
                + state.path() + " and does not answer",
            "wait until it ends, or use another state directory with --state");
      }
      Thread.sleep(100);
    }
  }

  static void requireRoot() {
    if (!"root".equals(System.getProperty("user.name"))) {
      throw new UsageException(Reason.NOT_ROOT, "pgproof runs as user " + System.getProperty("user.name") + ", not as root");
    }
  }

  private Link guarded() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::onSignal, "signal"));
    return this;
  }

  /**
   * Asks and waits for the answer.
   *
   * @throws FindingException {@code interrupted} when a signal came before it could be asked
   */
  Reply ask(Request request, Consumer<Reply> onTheWay) throws IOException {
    try (ControlClient client = ControlClient.connect(state)
        .orElseThrow(() -> new IOException("the owner of " + state.path() + " has just ended"))) {
      synchronized (this) {
        if (signalled) {
          throw new FindingException(Reason.INTERRUPTED, "a signal came before the request was made");
        }
        asking = client;
      }
      return client.ask(request, onTheWay);
    } finally {
      synchronized (this) {
        asking = null;
      }
    }
  }

  private void onSignal() {
    ControlClient client;
    synchronized (this) {
      signalled = true;
      client = asking;
    }
    try {
      if (client != null) {
        client.takeBack();
      }
      closed.await(ENDS_AFTER_SIGNAL_WITHIN.toSeconds(), TimeUnit.SECONDS);
    } catch (IOException | InterruptedException e) {
      System.err.println("pgproof: the teardown could not be awaited: " + e);
    }
  }

  @Override
  public void close() {
    try {
      if (owner != null) {
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
