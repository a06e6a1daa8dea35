package io.pgproof.target;

import io.pgproof.proof.FailureLog;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds the configuration that applies now. Thread-safe. */
public final class CurrentConfiguration {
  private static final Logger LOG = LoggerFactory.getLogger(CurrentConfiguration.class);

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Configuration configuration;

  public CurrentConfiguration(Configuration configuration) {
    this.configuration = configuration;
  }

  public Configuration get() {
    return configuration;
  }

  /** Returns the target with this name; empty if it no longer exists. */
  public Optional<Target> target(String name) {
    return configuration.targets().stream()
        .filter(target -> target.name().equals(name))
        .findFirst();
  }

  /** Replaces the configuration and notifies each listener, even if another listener fails. */
  public void replace(Configuration next) {
    configuration = next;
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (RuntimeException | Error e) {
        FailureLog.log(
            LOG, "the configuration change applied only partly; it is retried every minute", e);
      }
    }
  }

  /** Registers a listener that runs after each replacement, in the thread that made it. */
  public void onReplaced(Runnable listener) {
    listeners.add(listener);
  }
}
