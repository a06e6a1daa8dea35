package io.pgproof.proof;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/**
 * Logs a failure: in one line if a file or a connection caused it, and with its stack trace if
 * pgproof did not expect it, so that the defect can be found. A failure that recurs in the same
 * place is logged in one line from then on.
 */
public final class FailureLog {
  private static final int MOST_REMEMBERED = 1_000;
  private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

  private FailureLog() {}

  /**
   * @param what the failed operation and the consequence, in words for a person
   */
  public static void log(Logger log, String what, Throwable failure) {
    if (isUnexpected(failure) && TOLD.size() < MOST_REMEMBERED && TOLD.add(what + place(failure))) {
      log.error("{}", what, failure);
    } else {
      log.warn("{}: {}", what, failure.toString());
    }
  }

  /** Returns whether the failure is unexpected: none of the causes that pgproof anticipates. */
  public static boolean isUnexpected(Throwable failure) {
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
