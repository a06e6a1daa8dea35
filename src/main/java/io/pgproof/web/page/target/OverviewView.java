package io.pgproof.web.page.target;

import io.pgproof.web.login.Person;
import io.pgproof.web.page.task.TaskRow;
import io.pgproof.web.view.TargetList;
import io.pgproof.web.view.TargetStatus;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the first page shows.
 *
 * @param headline what is most urgent, in one sentence
 * @param tasks all open tasks, the one that waits longest first
 * @param configured number of targets in the configuration
 * @param search what the names of the shown targets contain; empty for all
 * @param next number of the next page; {@code null} on the last
 */
record OverviewView(
    String headline,
    List<TaskRow> tasks,
    List<IncidentRow> incidents,
    List<TargetRow> targets,
    int configured,
    int found,
    String search,
    int number,
    @Nullable Integer next) {

  /** Targets on one page, so that a page stays small with a thousand of them. */
  private static final int PAGE = 100;

  /**
   * Creates the page.
   *
   * @param number of the page, counted from 1
   */
  static OverviewView of(
      TargetList.Overview overview, Person person, String search, int number, Instant now) {
    List<TargetStatus> found =
        overview.targets().stream()
            .filter(status -> status.name().contains(search.strip().toLowerCase(Locale.ROOT)))
            .toList();
    int from = Math.min(found.size(), (number - 1) * PAGE);
    int until = Math.min(found.size(), from + PAGE);
    List<TaskRow> tasks =
        Stream.concat(
                overview.targets().stream().flatMap(status -> status.tasks().stream()),
                overview.otherTasks().stream())
            .sorted((one, other) -> one.task().openedAt().compareTo(other.task().openedAt()))
            .map(task -> TaskRow.of(task, person, now))
            .toList();
    List<IncidentRow> incidents =
        Stream.concat(
                overview.targets().stream().flatMap(status -> status.incidents().stream()),
                overview.otherIncidents().stream())
            .map(incident -> IncidentRow.of(incident, now))
            .toList();
    return new OverviewView(
        headline(overview.targets(), tasks.size(), incidents.size()),
        tasks,
        incidents,
        found.subList(from, until).stream().map(status -> TargetRow.of(status, now)).toList(),
        overview.targets().size(),
        found.size(),
        search,
        number,
        Optional.of(number + 1).filter(next -> until < found.size()).orElse(null));
  }

  private static String headline(List<TargetStatus> targets, int tasks, int incidents) {
    if (targets.isEmpty()) {
      return "No targets yet";
    }
    long unproven = targets.stream().filter(TargetStatus::isUnproven).count();
    String proven =
        unproven == 0
            ? (targets.size() == 1
                ? "The target is proven"
                : "All " + targets.size() + " targets are proven")
            : unproven
                + " of "
                + targets.size()
                + (targets.size() == 1 ? " target" : " targets")
                + (unproven == 1 ? " is" : " are")
                + " not proven";
    return proven
        + counted(tasks, "decision waits", "decisions wait")
        + counted(incidents, "incident", "incidents");
  }

  private static String counted(int count, String one, String many) {
    return count == 0 ? "" : ", " + count + " " + (count == 1 ? one : many);
  }
}
