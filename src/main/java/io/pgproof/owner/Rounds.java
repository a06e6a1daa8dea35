package io.pgproof.owner;

import io.pgproof.proof.Unforeseen;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.workflow.BackupWatch;
import io.pgproof.workflow.Schedules;
import io.pgproof.workflow.Summaries;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;

/** What a server looks at again and again, by threads of its own: its configuration's file, what is planned, new backups. */
final class Rounds implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);
  private static final Duration FILE_EVERY = Duration.ofSeconds(10);
  private static final Duration PLAN_EVERY = Duration.ofMinutes(1);
  private static final int ROUNDS = 4;

  private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(ROUNDS, task -> {
    Thread thread = new Thread(task, "rounds");
    thread.setDaemon(true);
    return thread;
  });

  Rounds(ApplicationContext application) {
    this(application, PLAN_EVERY);
  }

  /** @param planEvery how much time passes before what is planned is looked at again */
  Rounds(ApplicationContext application, Duration planEvery) {
    BackupWatch watch = application.getBean(BackupWatch.class);
    every(FILE_EVERY, "the configuration's file", new ConfigurationFile(application.getBean(CurrentConfiguration.class))::look);
    every(planEvery, "what is planned", application.getBean(Schedules.class)::reconcile);
    every(planEvery, "the daily summary", application.getBean(Summaries.class)::plan);
    every(watch.every(), "new backups", watch::look);
  }

  private void every(Duration pause, String what, Runnable look) {
    threads.scheduleWithFixedDelay(() -> {
      try {
        look.run();
      } catch (RuntimeException | Error e) {
        // Thrown, it would end the rounds.
        Unforeseen.log(LOG, what + " could not be looked at, and will be again", e);
      }
    }, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    // No interrupt: it would break off what is just asked of the database.
    threads.shutdown();
  }
}
