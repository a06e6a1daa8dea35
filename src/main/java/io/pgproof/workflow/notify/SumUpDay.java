package io.pgproof.workflow.notify;

import java.time.Clock;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Sum up day: how all targets stand now, told to those who wish to know it. */
final class SumUpDay implements JavaDelegate {
  private final DailyReportBuilder dailyReportBuilder;
  private final Notifier notifier;
  private final Clock clock;

  SumUpDay(DailyReportBuilder dailyReportBuilder, Notifier notifier, Clock clock) {
    this.dailyReportBuilder = dailyReportBuilder;
    this.notifier = notifier;
    this.clock = clock;
  }

  @Override
  public void execute(DelegateExecution execution) {
    notifier.tell(new NotificationEvent.DaySummed(dailyReportBuilder.until(clock.instant())));
  }
}
