package io.pgproof.daemon;

import io.pgproof.Pgproof;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.control.ControlServer;
import io.pgproof.control.ReplySink;
import io.pgproof.control.Request;
import io.pgproof.evidence.log.EvidenceSequencer;
import io.pgproof.evidence.log.SequencerThread;
import io.pgproof.proof.FailureLog;
import io.pgproof.state.Ownership;
import io.pgproof.target.Configuration;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.workflow.verify.VerificationLifecycle;
import io.pgproof.workflow.verify.Verifications;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.commons.lang3.concurrent.BasicThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/** The daemon of a state directory: the engine runs, and the control socket is open. */
public final class Daemon implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
  private static final long TIDY_EVERY_MINUTES = 10;
  private static final long OVERSEE_EVERY_SECONDS = 3;

  private final Ownership ownership;
  private final ConfigurableApplicationContext application;
  private final ControlServer control;
  private final Optional<PeriodicTasks> rounds;
  private final Optional<ServiceState> service;
  private final SequencerThread sequencing;
  private final ScheduledExecutorService tidying =
      Executors.newSingleThreadScheduledExecutor(
          BasicThreadFactory.builder().namingPattern("tidying").daemon().build());

  private Daemon(Ownership ownership, ConfigurableApplicationContext application, boolean serving) {
    this.ownership = ownership;
    this.application = application;
    this.rounds = serving ? Optional.of(new PeriodicTasks(application)) : Optional.empty();
    this.sequencing = new SequencerThread(application.getBean(EvidenceSequencer.class), serving);
    var unused =
        this.tidying.scheduleWithFixedDelay(
            this::removeLeftovers, TIDY_EVERY_MINUTES, TIDY_EVERY_MINUTES, TimeUnit.MINUTES);
    unused =
        this.tidying.scheduleWithFixedDelay(
            this::supervise, OVERSEE_EVERY_SECONDS, OVERSEE_EVERY_SECONDS, TimeUnit.SECONDS);
    this.control = new ControlServer(ownership.state().controlSocket(), this::handle);
    this.service =
        serving
            ? Optional.of(
                new ServiceState(application.getBean(CurrentConfiguration.class), address()))
            : Optional.empty();
    service.ifPresent(ServiceState::ready);
  }

  /**
   * Removes leftovers, resumes unfinished runs, and opens the control socket.
   *
   * @param ownership released by {@link #close}
   * @param pages whether to serve the web pages
   */
  public static Daemon start(Ownership ownership, boolean pages) {
    return start(
        ownership,
        pages ? WebApplicationType.SERVLET : WebApplicationType.NONE,
        Configuration.none(),
        pages ? "serve" : "command");
  }

  /**
   * Starts the daemon with the web pages, and with everything that happens to targets
   * automatically.
   */
  public static Daemon serve(Ownership ownership, Configuration configuration) {
    return start(ownership, WebApplicationType.SERVLET, configuration, "serve");
  }

  /**
   * Starts the daemon as {@link #serve} does, for a demonstration: with one user for each group.
   *
   * @param targets file that the caller will write
   */
  public static Daemon demonstrate(Ownership ownership, Path targets) {
    return start(
        ownership, WebApplicationType.SERVLET, Configuration.none(targets), "serve", "demo");
  }

  private static Daemon start(
      Ownership ownership,
      WebApplicationType type,
      Configuration configuration,
      String... profiles) {
    SpringApplicationBuilder application =
        new SpringApplicationBuilder(Pgproof.class)
            .web(type)
            .profiles(profiles)
            .initializers(
                context ->
                    context
                        .getBeanFactory()
                        .registerSingleton(
                            "currentConfiguration", new CurrentConfiguration(configuration)));
    ConfigurableApplicationContext started = Startup.run(ownership, application);
    FirstStart.ended(ownership.state(), started.getBean(EvidenceLog.class));
    return new Daemon(ownership, started, type == WebApplicationType.SERVLET);
  }

  /** Returns the address of the web pages; call it only if they are served. */
  public String address() {
    String scheme =
        application.getEnvironment().containsProperty("server.ssl.bundle") ? "https" : "http";
    return address(scheme, "server.address", "local.server.port").orElseThrow();
  }

  /** Returns the address of health and metrics; empty if they are not served. */
  public Optional<String> monitoringAddress() {
    return address("http", "management.server.address", "local.management.port");
  }

  private Optional<String> address(String scheme, String host, String port) {
    Environment settings = application.getEnvironment();
    return Optional.ofNullable(settings.getProperty(port))
        .map(number -> scheme + "://" + settings.getProperty(host) + ":" + number);
  }

  /**
   * Removes kept copies that have expired, files that belong to nothing, and old images that
   * nothing uses any more.
   */
  private void removeLeftovers() {
    try {
      log(application.getBean(OrphanReaper.class).remove());
    } catch (RuntimeException | Error e) {
      FailureLog.log(LOG, "leftovers could not be removed; pgproof will try again", e);
    }
  }

  private void supervise() {
    try {
      if (application.getBean(VerificationLifecycle.class).supervise()) {
        removeLeftovers();
      }
    } catch (RuntimeException | Error e) {
      FailureLog.log(LOG, "runs could not be checked; pgproof will try again", e);
    }
  }

  static void log(OrphanReaper.Outcome outcome) {
    outcome.removed().forEach(path -> LOG.info("removed {}", path));
    outcome.failed().forEach(LOG::warn);
  }

  /** Returns whether no run is in progress and no client waits for an answer. */
  public boolean isIdle() {
    return !control.busy() && !application.getBean(Verifications.class).hasRunning();
  }

  /** Stops the engine; a step that cannot be cancelled must not keep its container running. */
  private void stop() {
    try {
      application.getBean(VerificationLifecycle.class).stopJobs();
    } catch (RuntimeException | Error e) {
      FailureLog.log(LOG, "some work could not be stopped", e);
    }
  }

  ConfigurableApplicationContext application() {
    return application;
  }

  private void handle(Request request, ReplySink replySink) throws IOException {
    if (request instanceof Request.Verify verify) {
      application.getBean(VerificationHandler.class).handle(verify.request(), replySink);
    } else if (request instanceof Request.Control control) {
      application.getBean(ControlHandler.class).handle(control, replySink);
    } else if (request instanceof Request.Await begun
        && application.getBean(ControlHandler.class).knows(begun.run())) {
      application.getBean(ControlHandler.class).handle(begun, replySink);
    } else if (request instanceof Request.Await begun) {
      application.getBean(VerificationHandler.class).handle(begun, replySink);
    } else if (request instanceof Request.Demo demo) {
      application.getBean(DemoSources.class).handle(demo, replySink);
    } else {
      application.getBean(QueryHandler.class).handle(request, replySink);
    }
  }

  /**
   * Closes the daemon; a run in progress is restarted by the next daemon, and leaves no container
   * and no file until then.
   */
  @Override
  public void close() {
    try (ownership;
        application) {
      service.ifPresent(ServiceState::stopping);
      control.close();
      rounds.ifPresent(PeriodicTasks::close);
      tidying.shutdownNow();
      stop();
      log(application.getBean(OrphanReaper.class).remove());
      sequencing.close();
    }
  }
}
