package io.pgproof.monitoring;

import io.pgproof.notify.LimitedHttp;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.WebHookAddress;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.commons.lang3.concurrent.BasicThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.health.Status;

/**
 * Calls an address again and again while all checks of the health are up, so that a service
 * elsewhere notices when this server, its machine or its network is down. It has a thread of its
 * own, and nothing waits for it.
 */
final class Heartbeat implements AutoCloseable {
  static final Duration EVERY = Duration.ofMinutes(1);
  static final Duration LIMIT = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  private final CurrentConfiguration configuration;
  private final Map<String, LimitedHealth> checks;
  private final LimitedHttp http;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          BasicThreadFactory.builder().namingPattern("heartbeat").daemon().build());
  private Optional<WebHookAddress> address = Optional.empty();
  private State state = State.NOT_READY;

  private enum State {
    NOT_READY,
    ARRIVES,
    FAILS
  }

  /**
   * @param checks by their names
   * @param every time between the end of a call and the next one
   */
  Heartbeat(
      CurrentConfiguration configuration,
      Map<String, LimitedHealth> checks,
      LimitedHttp http,
      Duration every) {
    this.configuration = configuration;
    this.checks = checks;
    this.http = http;
    var unused =
        thread.scheduleWithFixedDelay(
            this::beatAlways, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void beatAlways() {
    try {
      Optional<WebHookAddress> current = configuration.get().heartbeat();
      if (!current.equals(address)) {
        address = current;
        state = State.NOT_READY;
      }
      if (current.isPresent()) {
        beat(current.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      // If it were thrown, there would be no further call.
      LOG.error("the heartbeat failed", e);
    }
  }

  private void beat(WebHookAddress to) throws InterruptedException {
    List<String> down = down();
    if (!down.isEmpty()) {
      change(
          State.NOT_READY,
          () -> LOG.warn("no heartbeat while checks of the health are not up: {}", down));
      return;
    }
    try {
      URI uri = to.read();
      http.get(uri);
      change(
          State.ARRIVES,
          () -> LOG.info("the heartbeat arrives at {}", LimitedHttp.withoutPath(uri)));
    } catch (IOException e) {
      change(
          State.FAILS,
          () ->
              LOG.warn(
                  "the heartbeat does not arrive; pgproof tries again every minute: {}",
                  e.getMessage()));
    }
  }

  /** Logs only what is new. */
  private void change(State next, Runnable line) {
    if (next != state) {
      state = next;
      line.run();
    }
  }

  private List<String> down() {
    // All at once, because each one waits as long as a database that hangs.
    checks.values().forEach(LimitedHealth::begin);
    return checks.entrySet().stream()
        .filter(check -> !check.getValue().health().getStatus().equals(Status.UP))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
