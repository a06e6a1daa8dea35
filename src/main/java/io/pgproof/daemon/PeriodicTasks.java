package io.pgproof.daemon;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.daemon.configuration.ConfigurationRecorder;
import io.pgproof.daemon.configuration.ConfigurationReloader;
import io.pgproof.daemon.configuration.SecretWarnings;
import io.pgproof.evidence.anchor.Anchors;
import io.pgproof.evidence.retention.ExpiredEvidence;
import io.pgproof.proof.FailureLog;
import io.pgproof.state.SignOfLife;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.workflow.notify.SummaryPlanner;
import io.pgproof.workflow.review.ReviewPlanner;
import io.pgproof.workflow.schedule.BackupWatcher;
import io.pgproof.workflow.schedule.SchedulePlanner;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.commons.lang3.concurrent.BasicThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;

/**
 * Runs the periodic work of a server in its own threads: reads the configuration file, plans
 * schedules, anchors the evidence log, removes expired evidence, and looks for new backups.
 */
final class PeriodicTasks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeriodicTasks.class);
  private static final Duration FILE_EVERY = Duration.ofSeconds(10);
  private static final Duration PLAN_EVERY = Duration.ofMinutes(1);
  private static final Duration EXPIRED_EVERY = Duration.ofHours(1);
  private static final int ROUNDS = 8;

  private final PassLog passLog;
  private final ServerLife life;
  private final ScheduledExecutorService threads =
      Executors.newScheduledThreadPool(
          ROUNDS, BasicThreadFactory.builder().namingPattern("rounds").daemon().build());

  PeriodicTasks(ApplicationContext application) {
    this(application, PLAN_EVERY);
  }

  /**
   * @param planEvery how much time passes between two looks at the plans
   */
  PeriodicTasks(ApplicationContext application, Duration planEvery) {
    this.passLog = application.getBean(PassLog.class);
    BackupWatcher watch = application.getBean(BackupWatcher.class);
    CurrentConfiguration configuration = application.getBean(CurrentConfiguration.class);
    ConfigurationRecorder recorder =
        new ConfigurationRecorder(application.getBean(EvidenceLog.class));
    recorder.recordStart(configuration.get());
    life =
        new ServerLife(
            new SignOfLife(application.getBean(StateDirectory.class)),
            application.getBean(EvidenceLog.class),
            application.getBean(Clock.class));
    SecretWarnings.follow(configuration);
    every(
        FILE_EVERY,
        "the configuration file",
        new ConfigurationReloader(configuration, recorder::recordChange)::checkForChange);
    // A server that cannot give it can still raise alarms.
    every(planEvery, PassLog.SIGN_OF_LIFE, Duration.ZERO, life::keep);
    every(planEvery, PassLog.SCHEDULES, application.getBean(SchedulePlanner.class)::reconcile);
    every(planEvery, "the daily summary", application.getBean(SummaryPlanner.class)::plan);
    every(planEvery, "the review of the results", application.getBean(ReviewPlanner.class)::plan);
    every(planEvery, "the anchors of the evidence log", application.getBean(Anchors.class)::check);
    every(
        EXPIRED_EVERY,
        "evidence whose time is over",
        application.getBean(ExpiredEvidence.class)::remove);
    every(watch.every(), "new backups", watch::check);
  }

  private void every(Duration pause, String what, Runnable look) {
    every(pause, what, pause, look);
  }

  private void every(Duration pause, String what, Duration first, Runnable look) {
    passLog.begin(what, pause);
    var unused =
        threads.scheduleWithFixedDelay(
            () -> {
              boolean succeeded = false;
              try {
                look.run();
                succeeded = true;
              } catch (RuntimeException | Error e) {
                // If it were thrown, the periodic task would end.
                FailureLog.log(LOG, "the work on " + what + " failed; pgproof will try again", e);
              } finally {
                passLog.ended(what, succeeded);
              }
            },
            first.toMillis(),
            pause.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    // No interrupt: it would break off a database query in progress.
    threads.shutdown();
    life.close();
  }
}
