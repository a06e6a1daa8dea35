package io.pgproof.daemon;

import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.pgproof.proof.LogContext;

/**
 * The message of a log line as text, after the run that it is about if the message does not name
 * it. The files below {@code logging/} use it.
 */
public final class MessageOfRun extends MessageConverter {
  @Override
  public String convert(ILoggingEvent event) {
    String message = super.convert(event);
    String run = event.getMDCPropertyMap().get(LogContext.RUN);
    return run == null || message.contains(run) ? message : "run " + run + ": " + message;
  }
}
