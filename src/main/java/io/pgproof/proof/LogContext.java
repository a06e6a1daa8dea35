package io.pgproof.proof;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Which run and which target the log lines of the current thread are about. The formats of the log
 * write them to each line.
 */
public final class LogContext {
  public static final String RUN = "run";
  public static final String TARGET = "target";

  private LogContext() {}

  /** Ends with the previous context of the thread. */
  public interface Scope {
    void close();
  }

  /** Lets the lines of this thread be about a run, a target, both, or neither. */
  public static void set(Optional<RunId> run, Optional<String> target) {
    put(RUN, run.map(RunId::value).orElse(null));
    put(TARGET, target.orElse(null));
  }

  /** Lets the lines be about them until the scope is closed. */
  public static Scope open(Optional<RunId> run, Optional<String> target) {
    String runBefore = MDC.get(RUN);
    String targetBefore = MDC.get(TARGET);
    set(run, target);
    return () -> {
      put(RUN, runBefore);
      put(TARGET, targetBefore);
    };
  }

  /** Does the work; the lines that it logs are about the run, the target, both, or neither. */
  public static void with(Optional<RunId> run, Optional<String> target, Runnable work) {
    Scope scope = open(run, target);
    try {
      work.run();
    } finally {
      scope.close();
    }
  }

  /** Does the same for a run; its target is named only if the lines are about it already. */
  public static void with(RunId run, Runnable work) {
    boolean same = run.value().equals(MDC.get(RUN));
    with(Optional.of(run), Optional.ofNullable(same ? MDC.get(TARGET) : null), work);
  }

  /** Returns whether the lines of this thread are about no run and no target. */
  public static boolean isEmpty() {
    return MDC.get(RUN) == null && MDC.get(TARGET) == null;
  }

  public static void clear() {
    set(Optional.empty(), Optional.empty());
  }

  /** Returns the work with the context of the current thread, for another thread to call. */
  public static <T> Callable<T> carry(Callable<T> work) {
    Map<String, String> context = MDC.getCopyOfContextMap();
    return () -> {
      Scope scope = adopt(context);
      try {
        return work.call();
      } finally {
        scope.close();
      }
    };
  }

  /** As the other method, for work without a result. */
  public static Runnable carry(Runnable work) {
    Map<String, String> context = MDC.getCopyOfContextMap();
    return () -> {
      Scope scope = adopt(context);
      try {
        work.run();
      } finally {
        scope.close();
      }
    };
  }

  private static Scope adopt(@Nullable Map<String, String> context) {
    Map<String, String> before = MDC.getCopyOfContextMap();
    replace(context);
    return () -> replace(before);
  }

  private static void put(String key, @Nullable String value) {
    if (value == null) {
      MDC.remove(key);
    } else {
      MDC.put(key, value);
    }
  }

  private static void replace(@Nullable Map<String, String> context) {
    if (context == null) {
      MDC.clear();
    } else {
      MDC.setContextMap(context);
    }
  }
}
