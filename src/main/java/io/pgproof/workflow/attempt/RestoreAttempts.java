package io.pgproof.workflow.attempt;

import io.pgproof.proof.RunId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The attempts of this process. */
public final class RestoreAttempts {
  private final Map<RunId, RestoreAttempt> stays = new ConcurrentHashMap<>();

  void add(RestoreAttempt restoreAttempt) {
    stays.put(restoreAttempt.run(), restoreAttempt);
  }

  /**
   * Returns the attempt of a run.
   *
   * @throws IllegalStateException when the run has no attempt in this process
   */
  RestoreAttempt of(RunId run) {
    return find(run)
        .orElseThrow(
            () -> new IllegalStateException("run " + run + " has no attempt in this process"));
  }

  Optional<RestoreAttempt> find(RunId run) {
    return Optional.ofNullable(stays.get(run));
  }

  public List<RunId> all() {
    return List.copyOf(stays.keySet());
  }

  public void remove(RunId run) {
    stays.remove(run);
  }
}
