package io.pgproof.workflow.engine;

import io.pgproof.proof.Progress;
import io.pgproof.proof.RunId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The progress of each run, in the daemon's memory: read often, never stored. */
public final class ProgressBoard {
  private static final Duration TOO_SHORT = Duration.ofSeconds(1);

  private final Map<RunId, Phase> phases = new ConcurrentHashMap<>();

  /** What a run does now, and since when by {@link System#nanoTime}. */
  private record Phase(Standing standing, long began) {}

  /**
   * The progress of a run.
   *
   * @param phase as in the report
   * @param done bytes done in this phase; 0 where bytes have no meaning
   * @param total bytes in this phase; 0 if not known
   * @param note what is being done; {@code null} when there is nothing to say
   */
  public record Standing(String phase, long done, long total, @Nullable String note) {
    /**
     * Estimates how long the rest of the phase takes if it goes on as it did so far.
     *
     * @param elapsed duration of the phase so far
     * @return empty if the amounts are not known, or the phase is too young or done
     */
    public Optional<Duration> timeLeft(Duration elapsed) {
      return done <= 0 || done >= total || elapsed.compareTo(TOO_SHORT) <= 0
          ? Optional.empty()
          : Optional.of(
              Duration.ofNanos((long) ((double) elapsed.toNanos() / done * (total - done))));
    }
  }

  public Optional<Standing> of(RunId run) {
    return Optional.ofNullable(phases.get(run)).map(Phase::standing);
  }

  /** Returns the runs that this process works on or that wait for a container slot. */
  public Set<RunId> runs() {
    return Set.copyOf(phases.keySet());
  }

  /** Estimates how long the rest of the run's phase takes, see {@link Standing#timeLeft}. */
  public Optional<Duration> timeLeft(RunId run) {
    return Optional.ofNullable(phases.get(run))
        .flatMap(
            phase ->
                phase.standing().timeLeft(Duration.ofNanos(System.nanoTime() - phase.began())));
  }

  /**
   * Begins a phase, unless the run is in it, and returns the object that receives its progress. So
   * a step may call this each time it looks at its work.
   */
  public Progress phase(RunId run, String phase) {
    phases.compute(
        run,
        (key, before) ->
            before != null && before.standing().phase().equals(phase)
                ? before
                : new Phase(new Standing(phase, 0, 0, null), System.nanoTime()));
    return (done, total, note) ->
        phases.computeIfPresent(run, (key, before) -> moved(before, phase, done, total, note));
  }

  private static Phase moved(
      Phase before, String phase, long done, long total, @Nullable String note) {
    Standing standing = before.standing();
    if (!standing.phase().equals(phase)) {
      return before;
    }
    // Work that begins again takes its time again.
    return new Phase(
        new Standing(phase, done, total, note == null ? standing.note() : note),
        done < standing.done() ? System.nanoTime() : before.began());
  }

  public void forget(RunId run) {
    phases.remove(run);
  }
}
