package io.pgproof.proof;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/**
 * Tells in the log what failed: in one line where a file or a connection is at fault, and with its
 * stack trace where nobody foresaw it, so that the defect can be found. What fails again in the
 * same place gets one line from then on.
 */
public final class FailureLog {
  private static final int MOST_REMEMBERED = 1_000;
  private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

  private FailureLog() {}

  /**
   * @param what failed and what comes of it, as a person reads it
   */
  public static void log(Logger log, String what, Throwable failure) {
    if (is(failure) && TOLD.size() < MOST_REMEMBERED && TOLD.add(what + place(failure))) {
      log.error("{}", what, failure);
    } else {
      log.warn("{}: {}", what, failure.toString());
    }
  }

  /** Whether nothing that pgproof reckons with has caused it. */
  public static boolean is(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException
          || cause instanceof InterruptedException
          || cause instanceof FindingException
          || cause instanceof UsageException) {
        return false;
      }
    }
    return true;
  }

  private static String place(Throwable failure) {
    StackTraceElement[] trace = failure.getStackTrace();
    return failure.getClass().getName() + (trace.length == 0 ? "" : trace[0]);
  }
}
