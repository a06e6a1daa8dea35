package io.pgproof.web.view;

import io.pgproof.evidence.LastControls;
import io.pgproof.evidence.runs.RunSummary;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything that is known about one target.
 *
 * @param from the beginning of the time that {@code ended} and {@code waivers} cover
 * @param ended the runs whose verdict was reached in this time, oldest first
 * @param latest the latest runs, newest first
 * @param retention empty if the target has left the configuration
 * @param latestControl the latest negative control, which may be under way
 * @param control the last negative control that had a backup to damage; empty if there was none
 */
public record TargetDetails(
    TargetStatus status,
    Instant from,
    Instant now,
    List<RunSummary> ended,
    List<RunSummary.Waiver> waivers,
    List<RunSummary> latest,
    Optional<Retention> retention,
    Optional<ControlStatus> latestControl,
    Optional<LastControls.Last> control) {
  public TargetDetails {
    ended = List.copyOf(ended);
    waivers = List.copyOf(waivers);
    latest = List.copyOf(latest);
  }
}
