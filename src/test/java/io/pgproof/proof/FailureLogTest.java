package io.pgproof.proof;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class FailureLogTest {
  private final Logger log = (Logger) LoggerFactory.getLogger(FailureLogTest.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    log.addAppender(lines);
  }

  @AfterEach
  void listenNoMore() {
    log.detachAppender(lines);
  }

  @Test
  void anUnexpectedExceptionIsLoggedWithOneTrace() {
    for (int time = 0; time < 3; time++) {
      FailureLog.log(log, "the round could not be made", new IllegalStateException("no bean"));
    }
    assertThat(lines.list)
        .extracting(ILoggingEvent::getLevel)
        .containsExactly(Level.ERROR, Level.WARN, Level.WARN);
    assertThat(lines.list.get(0).getThrowableProxy().getStackTraceElementProxyArray()).isNotEmpty();
    assertThat(lines.list.get(0).getFormattedMessage()).isEqualTo("the round could not be made");
    assertThat(lines.list.get(2).getThrowableProxy()).isNull();
    assertThat(lines.list.get(2).getFormattedMessage())
        .isEqualTo("the round could not be made: java.lang.IllegalStateException: no bean");
  }

  @Test
  void anErrorOfTheJvmIsUnexpected() {
    FailureLog.log(log, "the round broke", new StackOverflowError());
    assertThat(lines.list).singleElement().returns(Level.ERROR, ILoggingEvent::getLevel);
  }

  @Test
  void aFaultOfTheMachineIsLoggedInOneLine() {
    for (Exception fault :
        List.of(
            new UncheckedIOException(new IOException("no space")),
            new IllegalStateException(new IOException("gone")),
            new InterruptedException(),
            new FindingException(Reason.DISK_FULL, "no space"))) {
      FailureLog.log(log, "it could not be looked at", fault);
    }
    assertThat(lines.list)
        .hasSize(4)
        .allSatisfy(
            line -> {
              assertThat(line.getLevel()).isEqualTo(Level.WARN);
              assertThat(line.getThrowableProxy()).isNull();
            });
  }
}
