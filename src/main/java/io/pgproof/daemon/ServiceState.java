package io.pgproof.daemon;

import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.ProgramInterruptedException;
import io.pgproof.command.ProgramMissingException;
import io.pgproof.command.ProgramResult;
import io.pgproof.target.Configuration;
import io.pgproof.target.CurrentConfiguration;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports the state of a server to systemd, by systemd-notify(1), and to the log. A server without
 * targets runs but verifies nothing automatically, so its state says this.
 */
final class ServiceState {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceState.class);
  private static final String SOCKET = "NOTIFY_SOCKET";
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final HostPrograms programs = new HostPrograms();
  private final CurrentConfiguration configuration;
  private final String address;
  private final @Nullable String socket;
  private String reported = "";

  /**
   * @param address where the pages are
   * @param socket where systemd waits for reports; null if it does not
   */
  ServiceState(CurrentConfiguration configuration, String address, @Nullable String socket) {
    this.configuration = configuration;
    this.address = address;
    this.socket = socket;
    configuration.onReplaced(this::reportChange);
  }

  ServiceState(CurrentConfiguration configuration, String address) {
    this(configuration, address, System.getenv(SOCKET));
  }

  /** Reports that requests are answered from now on. */
  synchronized void ready() {
    describe();
    send("READY=1", "STATUS=" + reported);
  }

  /** Reports that the server tears down. */
  synchronized void stopping() {
    send("STOPPING=1", "STATUS=tearing down");
  }

  private synchronized void reportChange() {
    if (describe()) {
      send("STATUS=" + reported);
    }
  }

  /** Returns whether the state is another than before. */
  private boolean describe() {
    Configuration current = configuration.get();
    int targets = current.targets().size();
    String state =
        switch (targets) {
          case 0 -> "no target in " + current.file() + ": nothing is verified automatically";
          case 1 -> "1 target";
          default -> targets + " targets";
        };
    String before = reported;
    reported = state + "; " + address;
    if (reported.equals(before)) {
      return false;
    }
    if (targets == 0) {
      LOG.warn(state);
    }
    return true;
  }

  /** The program makes the report look as if it came from its parent, which is the service. */
  private void send(String... assignments) {
    if (socket == null) {
      return;
    }
    List<String> line = new ArrayList<>(List.of("systemd-notify"));
    line.addAll(List.of(assignments));
    try {
      ProgramResult result = programs.run(new HostCommand(line, LIMIT, Map.of(SOCKET, socket)));
      if (!result.succeeded()) {
        LOG.warn("the state could not be reported to systemd: {}", result.describe());
      }
    } catch (ProgramMissingException | ProgramInterruptedException | UncheckedIOException e) {
      LOG.warn("the state could not be reported to systemd: {}", e.getMessage());
    }
  }
}
