package io.pgproof.workflow.engine;

import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.camunda.bpm.engine.impl.jobexecutor.JobExecutor;
import org.springframework.jdbc.core.JdbcTemplate;

/** Tells whether the engine executes its jobs. Thread-safe. */
public final class JobQueue {
  private final JobExecutor executor;
  private final JdbcTemplate jdbc;
  private final Clock clock;

  public JobQueue(JobExecutor executor, JdbcTemplate jdbc, Clock clock) {
    this.executor = executor;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** Returns whether jobs are executed in this process. */
  public boolean isActive() {
    return executor.isActive();
  }

  /**
   * Returns since when the job that waits longest could have been executed; empty if none waits. A
   * job that is suspended, has no retries left or is being executed does not wait.
   */
  public Optional<Instant> waitingSince() {
    Date now = Date.from(clock.instant());
    return Optional.ofNullable(
            jdbc.queryForObject(
                "select min(coalesce(DUEDATE_, CREATE_TIME_)) from ACT_RU_JOB"
                    + " where RETRIES_ > 0 and SUSPENSION_STATE_ = 1"
                    + " and (DUEDATE_ is null or DUEDATE_ <= ?)"
                    + " and (LOCK_EXP_TIME_ is null or LOCK_EXP_TIME_ <= ?)",
                Date.class,
                now,
                now))
        .map(Date::toInstant);
  }
}
