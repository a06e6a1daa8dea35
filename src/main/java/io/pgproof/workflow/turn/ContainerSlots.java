package io.pgproof.workflow.turn;

import io.pgproof.evidence.RunRequests;
import io.pgproof.proof.FailureLog;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.model.VerifyBackup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.apache.commons.lang3.concurrent.BasicThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which runs may be in a container: at most as many at a time as the configuration says, in
 * the order of the requests, those of negative controls last, and never two for one target or one
 * path. A run that waits for its own target lets others pass.
 *
 * <p>The slots are only in memory, like the attempts: after a restart the runs ask again. All
 * methods may be called from any thread.
 */
public final class ContainerSlots implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ContainerSlots.class);

  private final IntSupplier atOnce;
  private final Presence presence;
  private final BackgroundWork.Bell bell;
  private final Map<RunId, Place> holding = new HashMap<>();
  private final Set<Place> waiting = new TreeSet<>();
  private final ExecutorService ringing =
      Executors.newSingleThreadExecutor(
          BasicThreadFactory.builder().namingPattern("turns").daemon().build());

  /**
   * @param bell signals a run that its slot is free
   */
  public ContainerSlots(IntSupplier atOnce, Presence presence, BackgroundWork.Bell bell) {
    this.atOnce = atOnce;
    this.presence = presence;
    this.bell = bell;
  }

  /**
   * Knows which runs were deleted or suspended by hand, because these never give back their slot.
   */
  public interface Presence {
    /** Returns whether the run may still be in a container. */
    boolean holds(RunId run);

    /** Returns whether the run will ask again. */
    boolean waits(RunId run);
  }

  /**
   * A run that wants a slot.
   *
   * @param order ascending in the order of the requests
   */
  public record Place(RunId run, long order, Optional<String> target, Path path)
      implements Comparable<Place> {
    private static final Comparator<Place> IN_ORDER = Comparator.comparingLong(Place::order);

    public static Place of(RunRequests runRequests, RunId run) {
      VerificationRequest request = runRequests.of(run);
      return new Place(run, runRequests.order(run), request.target(), request.path());
    }

    boolean sameBackup(Place other) {
      return (target.isPresent() && target.equals(other.target)) || path.equals(other.path);
    }

    @Override
    public int compareTo(Place other) {
      return IN_ORDER.compare(this, other);
    }
  }

  /**
   * Takes a slot for the run, unless other runs come first; may be repeated.
   *
   * @return those other runs, the ones in containers first; empty if the run has a slot
   */
  List<RunId> acquire(Place place) {
    dropAbsent(place.run());
    synchronized (this) {
      if (holding.containsKey(place.run())) {
        return List.of();
      }
      waiting.add(place);
      if (next().contains(place)) {
        waiting.remove(place);
        holding.put(place.run(), place);
        return List.of();
      }
      return requestsBefore(place);
    }
  }

  /** Lets a run that waited when an earlier process ended keep its place until it asks. */
  public synchronized void expect(Place place) {
    waiting.add(place);
  }

  /** Releases the run's slot, or ends its wait for one; the next runs are signalled at once. */
  public void release(RunId run) {
    synchronized (this) {
      boolean held = holding.remove(run) != null;
      boolean waited = waiting.removeIf(place -> place.run().equals(run));
      if (!held && !waited) {
        return;
      }
    }
    ringNext();
  }

  /** Signals the runs that may take a slot now. */
  void ringNext() {
    runInBackground(
        () -> {
          dropAbsent(null);
          List<Place> next;
          synchronized (this) {
            next = next();
          }
          next.forEach(place -> bell.signal(place.run(), VerifyBackup.Message.TURN_CAME));
        });
  }

  /** Lets a waiting run look at once, whether or not a slot is free for it. */
  public void wake(RunId run) {
    boolean waits;
    synchronized (this) {
      waits = waiting.stream().anyMatch(place -> place.run().equals(run));
    }
    if (waits) {
      runInBackground(() -> bell.signal(run, VerifyBackup.Message.TURN_CAME));
    }
  }

  private void runInBackground(Runnable task) {
    try {
      ringing.execute(
          () -> {
            try {
              task.run();
            } catch (RuntimeException | Error e) {
              FailureLog.log(
                  LOG,
                  "a run may have missed the signal for its container slot; it will check again by itself",
                  e);
            }
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("cannot signal the next run in the queue: {}", e.toString());
    }
  }

  /** Returns the runs that may take a slot now. */
  private List<Place> next() {
    List<Place> next = new ArrayList<>();
    int free = atOnce.getAsInt() - holding.size();
    for (Place place : waiting) {
      if (next.size() < free && !blocked(place, next)) {
        next.add(place);
      }
    }
    return next;
  }

  private boolean blocked(Place place, List<Place> next) {
    return holding.values().stream().anyMatch(place::sameBackup)
        || next.stream().anyMatch(place::sameBackup);
  }

  private List<RunId> requestsBefore(Place place) {
    return Stream.concat(
            holding.values().stream().sorted(),
            waiting.stream().takeWhile(other -> !other.equals(place)))
        .map(Place::run)
        .toList();
  }

  /**
   * Drops runs that were deleted or suspended; asks the engine outside the lock, because the engine
   * may be slow to answer.
   */
  private void dropAbsent(@Nullable RunId asking) {
    List<RunId> held;
    List<RunId> waited;
    synchronized (this) {
      held = List.copyOf(holding.keySet());
      waited = waiting.stream().map(Place::run).toList();
    }
    List<RunId> gone =
        held.stream().filter(run -> !run.equals(asking) && !presence.holds(run)).toList();
    List<RunId> silent =
        waited.stream().filter(run -> !run.equals(asking) && !presence.waits(run)).toList();
    synchronized (this) {
      gone.forEach(holding::remove);
      waiting.removeIf(place -> silent.contains(place.run()));
    }
  }

  @Override
  public void close() {
    // No interrupt: it would break off a database query in progress.
    ringing.shutdown();
  }
}
