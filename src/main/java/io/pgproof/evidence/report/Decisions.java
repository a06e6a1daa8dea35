package io.pgproof.evidence.report;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.report.ComplianceReport.Failure;
import io.pgproof.evidence.report.ComplianceReport.Step;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.evidence.runs.RunSummary;
import io.pgproof.proof.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads what people decided about runs that were not proven. A run that joined the open task of
 * another run is decided with it.
 */
final class Decisions {
  private static final Set<String> KINDS =
      Set.of(
          Evidence.kind(Evidence.TaskOpened.class),
          Evidence.kind(Evidence.TaskJoined.class),
          Evidence.kind(Evidence.Waived.class),
          Evidence.kind(Evidence.Decided.class),
          Evidence.kind(Evidence.NobodyDecided.class),
          Evidence.kind(Evidence.DecisionTakenAway.class));

  private final EvidenceLog evidenceLog;

  Decisions(EvidenceLog evidenceLog) {
    this.evidenceLog = evidenceLog;
  }

  /** Returns the failures for runs that ended with another verdict than {@code proven}. */
  List<Failure> of(List<RunSummary> runs) {
    List<Failure> failures = new ArrayList<>();
    for (int from = 0; from < runs.size(); from += RunIndex.MOST) {
      List<RunSummary> some = runs.subList(from, Math.min(from + RunIndex.MOST, runs.size()));
      Map<RunId, List<EvidenceEntry>> entries =
          evidenceLog.of(some.stream().map(RunSummary::run).toList(), KINDS).stream()
              .collect(Collectors.groupingBy(EvidenceEntry::run));
      some.forEach(run -> failures.add(failure(run, entries.getOrDefault(run.run(), List.of()))));
    }
    return failures;
  }

  private Failure failure(RunSummary run, List<EvidenceEntry> entries) {
    RunSummary.Outcome outcome = run.outcome().orElseThrow();
    Story story = new Story(run.run());
    story.readAll(entries);
    Instant decidedAt = story.decidedAt;
    return new Failure(
        run.request().target().orElseThrow(),
        run.run().value(),
        outcome.verdict(),
        outcome.reason(),
        outcome.message(),
        outcome.at(),
        story.state,
        decidedAt == null || decidedAt.isBefore(outcome.at())
            ? null
            : Long.valueOf(Duration.between(outcome.at(), decidedAt).toSeconds()),
        story.steps);
  }

  /** What happened to one failure, also in the run whose task it joined. */
  private final class Story {
    private final Set<RunId> read = new HashSet<>();
    private final List<Step> steps = new ArrayList<>();
    private FailureState state = FailureState.NO_TASK;
    private @Nullable Instant decidedAt;

    Story(RunId run) {
      read.add(run);
    }

    void readAll(List<EvidenceEntry> entries) {
      for (EvidenceEntry entry : entries) {
        apply(entry, Evidence.read(entry));
      }
    }

    private void apply(EvidenceEntry entry, Evidence evidence) {
      if (evidence instanceof Evidence.TaskOpened) {
        state = FailureState.OPEN;
      } else if (evidence instanceof Evidence.TaskJoined joined) {
        state = FailureState.OPEN;
        follow(new RunId(joined.openedByRun()), entry.id());
      } else if (evidence instanceof Evidence.Waived waived) {
        state = FailureState.WAIVED;
        steps.add(
            new Step(
                entry.at(),
                waived.grantedBy(),
                "accepted until " + waived.until(),
                waived.reason(),
                waived.run()));
      } else if (evidence instanceof Evidence.Decided decided) {
        step(entry, decided.decision(), decided.reason());
        if (!isHandedOn(decided)) {
          end(FailureState.DECIDED, entry);
        }
      } else if (evidence instanceof Evidence.NobodyDecided nobody) {
        step(entry, Evidence.ESCALATE, nobody.describeTimeout());
        if (!nobody.task().equals(Evidence.REVIEW_STALE_BACKUP)) {
          end(FailureState.NOBODY_DECIDED, entry);
        }
      } else if (evidence instanceof Evidence.DecisionTakenAway taken) {
        step(entry, RunSummary.Decision.DELETED, taken.because());
        end(FailureState.DELETED, entry);
      }
    }

    /** Reads what was decided in the run that this one joined, after it had joined. */
    private void follow(RunId holder, long joinedAt) {
      if (read.add(holder)) {
        readAll(
            evidenceLog.of(List.of(holder), KINDS).stream()
                .filter(entry -> entry.id() > joinedAt)
                .toList());
      }
    }

    private void step(EvidenceEntry entry, String decision, @Nullable String reason) {
      steps.add(new Step(entry.at(), entry.actor(), decision, reason, entry.run().value()));
    }

    private void end(FailureState end, EvidenceEntry entry) {
      state = end;
      decidedAt = Objects.requireNonNull(entry.at());
    }

    /** A review that is escalated goes on to the approvers, who have yet to decide. */
    private static boolean isHandedOn(Evidence.Decided decided) {
      return decided.task().equals(Evidence.REVIEW_STALE_BACKUP)
          && decided.decision().equals(Evidence.ESCALATE);
    }
  }
}
