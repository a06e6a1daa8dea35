package io.pgproof.daemon;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * When each periodic task of a server last ended a pass. It measures with a clock that nobody sets.
 * Thread-safe.
 */
public final class PassLog {
  /** The task that plans the schedules. */
  public static final String SCHEDULES = "the schedules";

  /** The task that writes to the state directory that the server runs. */
  public static final String SIGN_OF_LIFE = "the sign of life";

  private final LongSupplier nanos;
  private final Map<String, Entry> tasks = new ConcurrentHashMap<>();

  /**
   * @param nanos as {@link System#nanoTime}
   */
  PassLog(LongSupplier nanos) {
    this.nanos = nanos;
  }

  private record Entry(Duration pause, long ended, long succeeded) {}

  /**
   * The last pass of a task. A task that has not yet ended a pass counts as if it had ended one
   * when it was begun.
   *
   * @param task what it looks after, such as {@code the schedules}
   * @param pause time between two passes
   * @param sinceEnded how long ago a pass ended, whether it succeeded or not
   * @param sinceSucceeded how long ago a pass succeeded
   */
  public record Pass(String task, Duration pause, Duration sinceEnded, Duration sinceSucceeded) {
    /** Returns whether two passes that were due have not succeeded. */
    public boolean isFailing() {
      return sinceSucceeded.compareTo(pause.multipliedBy(2).plusMinutes(1)) > 0;
    }
  }

  void begin(String task, Duration pause) {
    long now = nanos.getAsLong();
    tasks.put(task, new Entry(pause, now, now));
  }

  void ended(String task, boolean succeeded) {
    long now = nanos.getAsLong();
    tasks.computeIfPresent(
        task,
        (name, before) -> new Entry(before.pause(), now, succeeded ? now : before.succeeded()));
  }

  /** Returns the last pass of each task that was begun, in the order of their names. */
  public List<Pass> all() {
    long now = nanos.getAsLong();
    return tasks.entrySet().stream()
        .map(
            task ->
                new Pass(
                    task.getKey(),
                    task.getValue().pause(),
                    Duration.ofNanos(now - task.getValue().ended()),
                    Duration.ofNanos(now - task.getValue().succeeded())))
        .sorted(Comparator.comparing(Pass::task))
        .toList();
  }

  /** Returns the last pass of a task; empty if it was not begun. */
  public Optional<Pass> of(String task) {
    return all().stream().filter(pass -> pass.task().equals(task)).findFirst();
  }
}
