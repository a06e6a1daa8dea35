package io.pgproof;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.camunda.bpm.engine.impl.util.ClockUtil;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.stereotype.Component;

/** The clock of every owner in this process, and the engine's own, which a test may set back. */
public final class TurnedClock extends Clock {
  private static volatile Duration back = Duration.ZERO;

  private final Clock real;

  private TurnedClock(Clock real) {
    this.real = real;
  }

  public static void setBack(Duration by) {
    back = by;
    ClockUtil.offset(-by.toMillis());
  }

  public static void right() {
    back = Duration.ZERO;
    ClockUtil.reset();
  }

  /** Found by every application that a test starts in this process. */
  @Component
  static final class Wrapping implements BeanPostProcessor {
    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
      return bean instanceof Clock clock ? new TurnedClock(clock) : bean;
    }
  }

  @Override
  public Instant instant() {
    return real.instant().minus(back);
  }

  @Override
  public ZoneId getZone() {
    return real.getZone();
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return new TurnedClock(real.withZone(zone));
  }
}
