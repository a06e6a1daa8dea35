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
 * Releases jobs of the engine after two events that the engine does not notice: a database that was
 * unavailable for a time, and a clock that was set back.
 *
 * <p>A step whose end the database did not accept keeps its job locked for minutes. A pause that
 * began before the clock was set back by a day ends a day late. Call it from one thread, every few
 * seconds.
 */
public final class EngineWatchdog {
  private static final Logger LOG = LoggerFactory.getLogger(EngineWatchdog.class);

  /** A smaller difference is normal correction of the clock. */
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
    start();
  }

  /** Returns whether the database answers; if it does not, nothing else is done. */
  public boolean check() {
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
      transactions.executeWithoutResult(transaction -> shiftDueDates(setBack));
    }
    start();
    return true;
  }

  /** Releases jobs that nobody works on: no other process executes jobs of this database. */
  public void unlock() {
    jdbc.update(
        "update ACT_RU_JOB set LOCK_OWNER_ = null, LOCK_EXP_TIME_ = null where LOCK_OWNER_ is not null");
  }

  private void start() {
    began = clock.millis();
    beganNanos = System.nanoTime();
  }

  /**
   * Moves the pauses that count from their beginning, including those of messages. The times of
   * schedules and summaries are not moved.
   */
  private void shiftDueDates(Duration setBack) {
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
