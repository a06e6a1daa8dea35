package io.pgproof.workflow;

import io.pgproof.audit.Entry;
import io.pgproof.audit.Trail;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Reads what was from the trail; works without the engine. */
public final class Reports {
  private final Trail trail;

  public Reports(Trail trail) {
    this.trail = trail;
  }

  /**
   * One run in a list.
   *
   * @param verdict {@code null} while there is none
   */
  public record Line(String run, Instant askedAt, String askedBy, String path, String target, String verdict, String reason, Long totalMillis) {}

  /** What came after the verdict, or led to it: who did what, when. */
  public record Happening(Instant at, String actor, String what) {}

  /** The report of a run whose verdict was reached. */
  public Optional<Report> report(RunId run) {
    return trail.last(run, Evidence.kind(Evidence.VerdictReached.class))
        .map(entry -> ((Evidence.VerdictReached) Evidence.read(entry)).report());
  }

  /** Whether there is such a run at all. */
  public boolean exists(RunId run) {
    return trail.last(run, Evidence.kind(Evidence.Asked.class)).isPresent();
  }

  /** The latest runs, newest first. */
  public List<Line> latest(int limit) {
    return trail.latest(Evidence.kind(Evidence.Asked.class), limit).stream().map(this::line).toList();
  }

  /** Everything that happened in a run, in order. */
  public List<Happening> happenings(RunId run) {
    return trail.of(run).stream()
        .map(entry -> new Happening(entry.at(), entry.actor(), tell(Evidence.read(entry))))
        .toList();
  }

  private Line line(Entry entry) {
    Evidence.Asked asked = (Evidence.Asked) Evidence.read(entry);
    Optional<Report> report = report(entry.run());
    return new Line(
        entry.run().value(),
        entry.at(),
        asked.request().askedBy(),
        asked.request().path().toString(),
        asked.request().target().orElse(null),
        report.map(Report::verdict).orElse(null),
        report.map(Report::reason).orElse(null),
        report.map(Report::totalMillis).orElse(null));
  }

  private static String tell(Evidence evidence) {
    if (evidence instanceof Evidence.Asked asked) {
      return "asked to verify " + asked.request().path() + (asked.again() == null ? "" : " again, after run " + asked.again());
    } else if (evidence instanceof Evidence.Inspected inspected) {
      return "a " + inspected.backup().format() + " backup of PostgreSQL " + inspected.backup().postgresVersion();
    } else if (evidence instanceof Evidence.ImageFound found) {
      return "image " + found.image().key() + " with PostgreSQL " + found.image().postgresVersion();
    } else if (evidence instanceof Evidence.AttemptBegun attempt) {
      return "attempt " + attempt.attempt() + " began";
    } else if (evidence instanceof Evidence.Restored restored) {
      return "restored " + Words.bytes(restored.backup().bytes()) + " of archives";
    } else if (evidence instanceof Evidence.Started started) {
      return "container " + started.container() + " started";
    } else if (evidence instanceof Evidence.Recovered recovered) {
      return "recovered up to " + recovered.recovery().endLsn();
    } else if (evidence instanceof Evidence.Checked checked) {
      return "made " + checked.checks().size() + (checked.checks().size() == 1 ? " check" : " checks");
    } else if (evidence instanceof Evidence.Found found) {
      return "found " + found.reason() + ": " + found.message();
    } else if (evidence instanceof Evidence.Interrupted interrupted) {
      return "attempt " + interrupted.attempt() + " had been cut off by the end of the program";
    } else if (evidence instanceof Evidence.Withdrawn) {
      return "took the verification back";
    } else if (evidence instanceof Evidence.ContainerDestroyed destroyed) {
      return "container " + destroyed.container() + " destroyed";
    } else if (evidence instanceof Evidence.FilesRemoved removed) {
      return removed.keptAt() == null ? "restored files removed" : "restored files kept at " + removed.keptAt() + " until " + removed.keptUntil();
    } else if (evidence instanceof Evidence.VerdictReached reached) {
      return "verdict: " + reached.report().verdict() + " (" + reached.report().reason() + ")";
    } else if (evidence instanceof Evidence.TaskOpened opened) {
      return "task '" + opened.name() + "' opened for " + opened.group();
    } else if (evidence instanceof Evidence.TaskJoined joined) {
      return "joined the open task of run " + joined.openedByRun();
    } else if (evidence instanceof Evidence.RunJoined joined) {
      return "run " + joined.run() + " joined: " + joined.verdict() + " (" + joined.reason() + ")";
    } else if (evidence instanceof Evidence.Decided decided) {
      return "decided in '" + decided.task() + "': " + decided.decision() + (decided.reason() == null ? "" : ", because " + decided.reason());
    } else if (evidence instanceof Evidence.BegunAgain again) {
      return "verification begun again as run " + again.run();
    }
    throw new IllegalStateException("nothing to tell of " + evidence.getClass());
  }
}
