package io.pgproof.workflow.engine;

import io.pgproof.proof.Progress;
import io.pgproof.proof.RunId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The progress of each run, in the daemon's memory: read often, never stored. */
public final class ProgressBoard {
  private final Map<RunId, Standing> standings = new ConcurrentHashMap<>();

  /**
   * The progress of a run.
   *
   * @param phase as in the report
   * @param done bytes done in this phase; 0 where bytes have no meaning
   * @param total bytes in this phase; 0 if not known
   * @param note what is being done; {@code null} when there is nothing to say
   */
  public record Standing(String phase, long done, long total, @Nullable String note) {}

  public Optional<Standing> of(RunId run) {
    return Optional.ofNullable(standings.get(run));
  }

  /** Begins a phase and returns the object that receives its progress. */
  public Progress phase(RunId run, String phase) {
    standings.put(run, new Standing(phase, 0, 0, null));
    return (done, total, note) ->
        standings.computeIfPresent(
            run,
            (key, before) ->
                before.phase().equals(phase)
                    ? new Standing(phase, done, total, note == null ? before.note() : note)
                    : before);
  }

  public void forget(RunId run) {
    standings.remove(run);
  }
}
