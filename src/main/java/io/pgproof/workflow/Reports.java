package io.pgproof.workflow;

import io.pgproof.audit.Entry;
import io.pgproof.audit.Trail;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what was from the trail, to tell it: it is on the disk by then. Works without the engine. */
public final class Reports {
  private static final String VERDICT = Evidence.kind(Evidence.VerdictReached.class);

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
    Optional<Report> report = reached(run);
    report.ifPresent(reached -> trail.settle());
    return report;
  }

  private Optional<Report> reached(RunId run) {
    return trail.last(run, VERDICT).map(Reports::report);
  }

  private static Report report(Entry reached) {
    return ((Evidence.VerdictReached) Evidence.read(reached)).report();
  }

  /** How the run's backup was chosen; empty where it was named. */
  public Optional<Evidence.Chosen> choice(RunId run) {
    return trail.last(run, Evidence.kind(Evidence.Chosen.class)).map(entry -> (Evidence.Chosen) Evidence.read(entry));
  }

  /** Whether there is such a run at all. */
  public boolean exists(RunId run) {
    return trail.last(run, Evidence.kind(Evidence.Asked.class)).isPresent();
  }

  /** The latest runs, newest first. */
  public List<Line> latest(int limit) {
    List<Entry> asked = trail.latest(Evidence.kind(Evidence.Asked.class), limit);
    Map<RunId, Entry> reached = trail.last(asked.stream().map(Entry::run).toList(), VERDICT);
    trail.settle();
    return asked.stream().map(entry -> line(entry, Optional.ofNullable(reached.get(entry.run())).map(Reports::report))).toList();
  }

  /** Everything that happened in a run, in order. */
  public List<Happening> happenings(RunId run) {
    List<Entry> entries = trail.of(run);
    trail.settle();
    return entries.stream()
        .map(entry -> new Happening(entry.at(), entry.actor(), Evidence.read(entry).tell()))
        .toList();
  }

  private static Line line(Entry entry, Optional<Report> report) {
    Evidence.Asked asked = (Evidence.Asked) Evidence.read(entry);
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
}
