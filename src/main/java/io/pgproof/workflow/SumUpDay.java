package io.pgproof.workflow;

import java.time.Clock;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Sum up day: how all targets stand now, told to those who wish to know it. */
final class SumUpDay implements JavaDelegate {
  private final Days days;
  private final Tell tell;
  private final Clock clock;

  SumUpDay(Days days, Tell tell, Clock clock) {
    this.days = days;
    this.tell = tell;
    this.clock = clock;
  }

  @Override
  public void execute(DelegateExecution execution) {
    tell.tell(new Happening.DaySummed(days.until(clock.instant())));
  }
}
