package io.pgproof.monitoring;

import io.pgproof.audit.OneStateDirectory;
import io.pgproof.daemon.PassLog;
import io.pgproof.evidence.anchor.AnchorState;
import io.pgproof.evidence.log.EvidenceSequencer;
import io.pgproof.proof.HumanFormat;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.Ownership;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Target;
import io.pgproof.workflow.engine.JobQueue;
import io.pgproof.workflow.engine.SuspendedProcesses;
import io.pgproof.workflow.schedule.DueTimes;
import io.pgproof.workflow.schedule.DueWork;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;

/**
 * Checks the parts that a server needs to verify backups by itself. A part that does not work is
 * described by a message and a hint.
 */
final class Checks {
  /** A step of the engine is much shorter, and so are the pauses before it is tried again. */
  private static final Duration LATE = Duration.ofMinutes(5);

  /** Longer than a statement waits for a database that was cut off. */
  private static final Duration HANGS = Duration.ofMinutes(10);

  private static final int MOST_NAMED = 3;

  private final Clock clock;
  private final Instant started;
  private final Ownership ownership;
  private final CurrentConfiguration configuration;

  Checks(Clock clock, Ownership ownership, CurrentConfiguration configuration) {
    this.clock = clock;
    this.started = clock.instant();
    this.ownership = ownership;
    this.configuration = configuration;
  }

  static Health result(Status status, String message) {
    return Health.status(status).withDetail("message", message).build();
  }

  private static Health up(String message) {
    return result(Status.UP, message);
  }

  private static Health down(String message, String hint) {
    return Health.down().withDetail("message", message).withDetail("hint", hint).build();
  }

  /** The database accepts writing, and is this state directory's. */
  Health database(DataSource database) {
    return OneStateDirectory.isOwner(database, ownership.identity())
        ? up("answers and can be written")
        : down(
            "belongs to another state directory now",
            "stop this server, or take the database back with PGPROOF_TAKE_DATABASE_FROM, see docs/server.md");
  }

  /** The engine has the processes of this program, and executes them. */
  Health engine(SuspendedProcesses processes) {
    Set<String> suspended = processes.keys();
    return suspended.isEmpty()
        ? up("has all processes")
        : down("suspended: " + String.join(", ", suspended), "activate them in Cockpit");
  }

  /** The engine executes the jobs that are due. */
  Health jobs(JobQueue queue) {
    if (!queue.isActive()) {
      return down("no job is executed", "wait until the server has started, or restart it");
    }
    Instant now = clock.instant();
    Duration waited =
        queue
            .waitingSince()
            .map(since -> Duration.between(later(since, started), now))
            .orElse(Duration.ZERO);
    return waited.compareTo(LATE) <= 0
        ? up("executed when they are due")
        : down(
            "a job of the engine is due and has waited for " + HumanFormat.duration(waited),
            "see the log for what holds it, or restart the server");
  }

  /** The schedules are planned again and again, and their due times begin what is due. */
  Health schedule(PassLog passLog, DueTimes dueTimes) {
    PassLog.Pass pass = passLog.of(PassLog.SCHEDULES).orElse(null);
    if (pass == null) {
      return down("schedules are not planned yet", "wait until the server has started");
    }
    if (pass.isFailing()) {
      return down(
          "schedules were planned " + HumanFormat.duration(pass.sinceSucceeded()) + " ago",
          "see the log for why they cannot be planned");
    }
    Instant latest = clock.instant().minus(LATE);
    int due = 0;
    Set<String> standing = new TreeSet<>();
    for (DueWork work : DueWork.values()) {
      Map<String, Instant> planned = dueTimes.all(work);
      due += planned.size();
      configuration.get().targets().stream()
          .filter(target -> work.schedule(target.plan()).isPresent())
          .map(Target::name)
          .filter(
              name ->
                  !planned.containsKey(name) || later(planned.get(name), started).isBefore(latest))
          .forEach(standing::add);
    }
    return standing.isEmpty()
        ? up(due + " due times are planned")
        : down(
            "the schedule does not progress for target "
                + standing.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
                + (standing.size() > MOST_NAMED
                    ? " and " + (standing.size() - MOST_NAMED) + " more"
                    : ""),
            "look for its instance of 'Keep schedule' in Cockpit: it may be suspended or have an incident");
  }

  /** The machine can run containers. */
  Health lxc(Sandbox sandbox) {
    List<Sandbox.Lack> lacks = sandbox.lacks();
    return lacks.isEmpty()
        ? up("containers can run")
        : down(
            lacks.stream().map(Sandbox.Lack::what).collect(Collectors.joining("; ")),
            lacks.stream().map(Sandbox.Lack::mend).collect(Collectors.joining("; ")));
  }

  /** The state directory can be written, and a restore has more space than the reserve. */
  Health disk(long reserve, PassLog passLog) throws IOException {
    Optional<PassLog.Pass> unwritten =
        passLog.of(PassLog.SIGN_OF_LIFE).filter(PassLog.Pass::isFailing);
    if (unwritten.isPresent()) {
      return down(
          "the state directory could not be written for "
              + HumanFormat.duration(unwritten.get().sinceSucceeded()),
          "see the log for why; free space there and mend its permissions");
    }
    long free = Files.getFileStore(ownership.state().path()).getUsableSpace();
    String message =
        HumanFormat.bytes(free)
            + " are free on the file system of the state directory, "
            + HumanFormat.bytes(reserve)
            + " are the reserve";
    return free > reserve
        ? up(message)
        : down(message, "free space there, or set PGPROOF_RESERVE, see docs/server.md");
  }

  /** Evidence is taken into its log, and the log is anchored in time. */
  Health log(EvidenceSequencer sequencer, List<AnchorState> anchors) {
    Optional<String> damage = sequencer.damage();
    if (damage.isPresent()) {
      return down(
          "the evidence log takes no entries: " + damage.get().replaceFirst("(?s)\nHINT: .*", ""),
          "see docs/evidence.md for what to do when the log is damaged");
    }
    List<AnchorState> late = anchors.stream().filter(AnchorState::late).toList();
    return late.isEmpty()
        ? up("takes entries" + anchored(anchors))
        : down(
            late.stream()
                .map(
                    anchor ->
                        "the evidence log could not be anchored with "
                            + anchor.where()
                            + anchor
                                .anchoredAt()
                                .map(at -> " since " + HumanFormat.time(at))
                                .orElse(" yet")
                            + anchor.failure().map(why -> ": " + why).orElse(""))
                .collect(Collectors.joining("; ")),
            "mend what the message names; pgproof tries again by itself");
  }

  private static String anchored(List<AnchorState> anchors) {
    if (anchors.isEmpty()) {
      return "";
    }
    String never =
        anchors.stream()
            .filter(anchor -> anchor.anchoredAt().isEmpty())
            .map(AnchorState::where)
            .collect(Collectors.joining(", "));
    return never.isEmpty() ? ", and is anchored" : ", and is not anchored yet with " + never;
  }

  /** No periodic task hangs. */
  Health threads(PassLog passLog) {
    List<String> hanging =
        passLog.all().stream()
            .filter(
                pass -> pass.sinceEnded().compareTo(pass.pause().multipliedBy(2).plus(HANGS)) > 0)
            .map(PassLog.Pass::task)
            .toList();
    return hanging.isEmpty()
        ? up("periodic tasks end")
        : down("the work on " + String.join(", ", hanging) + " hangs", "restart the server");
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
