package io.pgproof.workflow.control;

import io.pgproof.backup.damage.Layer;
import io.pgproof.target.VerificationRequest;
import io.pgproof.target.VerificationRequest.Objectives;
import io.pgproof.target.VerificationRequest.Queries;
import io.pgproof.target.VerificationRequest.Resources;
import io.pgproof.workflow.model.NegativeControl;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns the request of a target into that of a damaged copy. */
final class ControlRequests {
  private ControlRequests() {}

  /**
   * Returns how a copy is verified: as the target is, but for no target, and keeping nothing.
   *
   * @param used bytes of the target's disk space that the copy uses
   */
  static VerificationRequest of(VerificationRequest target, Layer layer, Path backup, long used) {
    Resources resources = target.resources();
    return new VerificationRequest(
        Optional.empty(),
        backup,
        target.depth(),
        layer == Layer.FRESHNESS
            ? new Objectives(Duration.ZERO, Optional.empty())
            : target.objectives(),
        layer == Layer.ASSERTION ? turned(target.queries()) : target.queries(),
        target.replay(),
        target.limits(),
        new Resources(
            resources.memoryBytes(),
            resources.cpus(),
            resources.diskBytes().map(bytes -> Math.max(0, bytes - used))),
        Duration.ZERO,
        target.patience(),
        NegativeControl.ASKED_BY);
  }

  /**
   * Turns the first assertion round, and asks it as it is at the end: it may have become false
   * since the backup was proven, because time passed or somebody changed it.
   */
  private static Queries turned(Queries queries) {
    List<String> assertions = new ArrayList<>(queries.assertions());
    String first = assertions.get(0);
    String sound = first.strip().replaceFirst("[;\\s]+$", "");
    // The statement may end with a comment.
    assertions.set(0, "select not (" + sound + "\n)");
    assertions.add(first);
    return new Queries(
        queries.freshnessQuery(),
        queries.database(),
        queries.zone(),
        assertions,
        queries.superuser());
  }
}
