package io.pgproof.workflow.notify;

import java.time.Clock;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Sum up day: sends the current state of all targets to the recipients that want it. */
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
    notifier.notify(new NotificationEvent.DaySummed(dailyReportBuilder.build(clock.instant())));
  }
}
