package io.pgproof.workflow;

import io.pgproof.proof.RunId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The stays of this process. */
final class Stays {
  private final Map<RunId, Stay> stays = new ConcurrentHashMap<>();

  void begin(Stay stay) {
    stays.put(stay.run(), stay);
  }

  /**
   * @throws IllegalStateException when the run has no stay in this process
   */
  Stay of(RunId run) {
    return find(run).orElseThrow(() -> new IllegalStateException("run " + run + " has no stay in this process"));
  }

  Optional<Stay> find(RunId run) {
    return Optional.ofNullable(stays.get(run));
  }

  List<RunId> all() {
    return List.copyOf(stays.keySet());
  }

  void end(RunId run) {
    stays.remove(run);
  }
}
