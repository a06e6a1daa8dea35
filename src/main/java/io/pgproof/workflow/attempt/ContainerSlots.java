package io.pgproof.workflow.attempt;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose turn it is to be in a container: as many at once as the configuration says, in the order of
 * asking, and never two for one target or one path; whoever waits for his own target lets others
 * pass.
 *
 * <p>It lives in memory alone, as the stays do: after a restart the runs ask again. All methods may
 * be called from any thread.
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
          task -> {
            Thread thread = new Thread(task, "turns");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param bell rung with the message that a turn has come
   */
  public ContainerSlots(IntSupplier atOnce, Presence presence, BackgroundWork.Bell bell) {
    this.atOnce = atOnce;
    this.presence = presence;
    this.bell = bell;
  }

  /** Knows of runs that were deleted or suspended by hand, and so give nothing back. */
  interface Presence {
    /** Whether it may still be in a container. */
    boolean holds(RunId run);

    /** Whether it will ask again. */
    boolean waits(RunId run);
  }

  /**
   * A run that wants its turn.
   *
   * @param order ascending in the order of asking
   */
  public record Place(RunId run, long order, Optional<String> target, Path path)
      implements Comparable<Place> {
    private static final Comparator<Place> IN_ORDER = Comparator.comparingLong(Place::order);

    public static Place of(RunRequests runRequests, RunId run) {
      VerificationRequest request = runRequests.of(run);
      return new Place(run, runRequests.order(run), request.target(), request.path());
    }

    boolean sameBackup(Place other) {
      return target.isPresent() && target.equals(other.target) || path.equals(other.path);
    }

    @Override
    public int compareTo(Place other) {
      return IN_ORDER.compare(this, other);
    }
  }

  /**
   * Takes the run's turn, unless others come first; asking again does no harm.
   *
   * @return those others, the ones in containers first; empty where the turn is taken
   */
  List<RunId> take(Place place) {
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
      return before(place);
    }
  }

  /** Lets a run that waited when an earlier process ended keep its place until it asks. */
  public synchronized void expect(Place place) {
    waiting.add(place);
  }

  /** Ends the run's turn, or its wait for one; who comes next is told at once. */
  public void giveBack(RunId run) {
    synchronized (this) {
      boolean held = holding.remove(run) != null;
      boolean waited = waiting.removeIf(place -> place.run().equals(run));
      if (!held && !waited) {
        return;
      }
    }
    ringNext();
  }

  /** Tells those whose turn has come. */
  void ringNext() {
    inTheBackground(
        () -> {
          dropAbsent(null);
          List<Place> next;
          synchronized (this) {
            next = next();
          }
          next.forEach(place -> bell.ring(place.run(), VerifyBackup.Message.TURN_CAME));
        });
  }

  /** Lets a run that waits look at once, whether or not its turn has come. */
  public void ring(RunId run) {
    boolean waits;
    synchronized (this) {
      waits = waiting.stream().anyMatch(place -> place.run().equals(run));
    }
    if (waits) {
      inTheBackground(() -> bell.ring(run, VerifyBackup.Message.TURN_CAME));
    }
  }

  private void inTheBackground(Runnable task) {
    try {
      ringing.execute(
          () -> {
            try {
              task.run();
            } catch (RuntimeException | Error e) {
              FailureLog.log(
                  LOG,
                  "a run may not have been told that its turn came, and will look for itself",
                  e);
            }
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("cannot signal the next run in the queue: {}", e.toString());
    }
  }

  /** Who may go now. */
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

  private List<RunId> before(Place place) {
    return Stream.concat(
            holding.values().stream().sorted(),
            waiting.stream().takeWhile(other -> !other.equals(place)))
        .map(Place::run)
        .toList();
  }

  /** Asks the engine outside the lock, for it may be slow to answer. */
  private void dropAbsent(RunId asking) {
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
    // No interrupt: it would break off what is just asked of the database.
    ringing.shutdown();
  }
}
