package io.pgproof.workflow.engine;

import io.pgproof.proof.HumanFormat;
import io.pgproof.workflow.model.VerifyBackup;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.runtime.Job;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Frees the engine's jobs from what only a look from outside can tell: a database that was gone,
 * and a clock that was set back.
 *
 * <p>A step whose end the database did not take keeps its job locked for minutes. A pause that a
 * clock of yesterday began ends tomorrow. For one thread, which looks every few seconds.
 */
public final class EngineWatchdog {
  private static final Logger LOG = LoggerFactory.getLogger(EngineWatchdog.class);

  /** Less is a clock that is kept right. */
  private static final Duration SET_BACK = Duration.ofSeconds(2);

  private final ManagementService management;
  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;
  private final Clock clock;
  private final ThreadPoolTaskExecutor steps;
  private long began;
  private long beganNanos;
  private boolean databaseGone;

  public EngineWatchdog(
      ManagementService management,
      JdbcTemplate jdbc,
      TransactionTemplate transactions,
      Clock clock,
      ThreadPoolTaskExecutor steps) {
    this.management = management;
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.clock = clock;
    this.steps = steps;
    begin();
  }

  /** Whether the database answers; nothing else is looked at where it does not. */
  public boolean look() {
    Duration setBack =
        Duration.ofNanos(System.nanoTime() - beganNanos).minusMillis(clock.millis() - began);
    try {
      jdbc.execute("select 1");
    } catch (DataAccessException e) {
      if (!databaseGone) {
        LOG.warn(
            "the engine's database does not answer; running work waits for it: {}", e.toString());
      }
      databaseGone = true;
      return false;
    }
    if (databaseGone && steps.getActiveCount() == 0) {
      unlock();
      databaseGone = false;
      LOG.info("the engine's database answers again");
    }
    if (setBack.compareTo(SET_BACK) > 0) {
      transactions.executeWithoutResult(transaction -> moveBack(setBack));
    }
    begin();
    return true;
  }

  /** Frees jobs that nobody is at work on: no other process executes jobs of this database. */
  public void unlock() {
    jdbc.update(
        "update ACT_RU_JOB set LOCK_OWNER_ = null, LOCK_EXP_TIME_ = null where LOCK_OWNER_ is not null");
  }

  private void begin() {
    began = clock.millis();
    beganNanos = System.nanoTime();
  }

  /**
   * Pauses are moved, which are counted from when they began: a message's too. The times of
   * schedules and summaries are not.
   */
  private void moveBack(Duration setBack) {
    List<Job> jobs =
        Stream.of(
                management.createJobQuery().processDefinitionKey(VerifyBackup.PROCESS).timers(),
                management.createJobQuery().messages())
            .flatMap(query -> query.list().stream())
            .filter(job -> job.getDuedate() != null)
            .toList();
    jobs.forEach(
        job ->
            management.setJobDuedate(
                job.getId(), Date.from(job.getDuedate().toInstant().minus(setBack))));
    LOG.warn(
        "the clock was set back by {}; moved {} timers with it",
        HumanFormat.duration(setBack),
        jobs.size());
  }
}
