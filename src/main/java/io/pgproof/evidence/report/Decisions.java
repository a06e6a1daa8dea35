package io.pgproof.evidence.report;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.report.ComplianceReport.Failure;
import io.pgproof.evidence.report.ComplianceReport.Step;
import io.pgproof.evidence.runs.EndedRun;
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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads what people decided about runs that were not proven. A run that joined the open task of
 * another run is decided with it.
 */
final class Decisions {
  private static final int BATCH = 1_000;
  private static final Set<String> KINDS =
      Set.of(
          Evidence.kind(Evidence.TaskOpened.class),
          Evidence.kind(Evidence.TaskJoined.class),
          Evidence.kind(Evidence.Waived.class),
          Evidence.kind(Evidence.Decided.class),
          Evidence.kind(Evidence.NobodyDecided.class),
          Evidence.kind(Evidence.DecisionTakenAway.class));

  private final EvidenceLog evidenceLog;
  private final RunIndex runIndex;

  Decisions(EvidenceLog evidenceLog, RunIndex runIndex) {
    this.evidenceLog = evidenceLog;
    this.runIndex = runIndex;
  }

  /** A run that ended with another verdict than {@code proven}. */
  record Failed(String target, EndedRun run) {
    Instant at() {
      return run.endedAt();
    }
  }

  /** Returns what was decided, in the order of the runs. */
  List<Failure> of(List<Failed> failed) {
    List<Failure> failures = new ArrayList<>();
    for (int from = 0; from < failed.size(); from += BATCH) {
      List<Failed> some = failed.subList(from, Math.min(from + BATCH, failed.size()));
      List<RunId> runs = some.stream().map(one -> one.run().run()).toList();
      Map<RunId, String> messages = runIndex.messages(runs);
      Map<RunId, List<EvidenceEntry>> entries =
          evidenceLog.of(runs, KINDS).stream().collect(Collectors.groupingBy(EvidenceEntry::run));
      for (Failed one : some) {
        RunId run = one.run().run();
        failures.add(
            failure(one, messages.getOrDefault(run, ""), entries.getOrDefault(run, List.of())));
      }
    }
    return failures;
  }

  private Failure failure(Failed failed, String message, List<EvidenceEntry> entries) {
    EndedRun run = failed.run();
    Story story = new Story(run.run());
    story.readAll(entries);
    if (entries.isEmpty()) {
      // The evidence was removed, or there was nothing to decide.
      story.readRow(run.run());
    }
    Instant decidedAt = story.decidedAt;
    return new Failure(
        failed.target(),
        run.run().value(),
        run.verdict(),
        run.reason(),
        message,
        run.endedAt(),
        story.state,
        decidedAt == null || decidedAt.isBefore(run.endedAt())
            ? null
            : Long.valueOf(Duration.between(run.endedAt(), decidedAt).toSeconds()),
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

    /** Reads what the list of runs says: the last decision, without its reason, or a waiver. */
    void readRow(RunId row) {
      Optional<RunSummary> summary = runIndex.find(row);
      Optional<RunSummary.Decision> decision = summary.flatMap(RunSummary::decision);
      if (decision.isPresent()) {
        readRow(row, decision.get());
      } else if (summary.flatMap(RunSummary::waiver).isPresent()) {
        state = FailureState.WAIVED;
      } else if (evidenceLog.removed(row).isPresent()) {
        state = FailureState.REMOVED;
      }
    }

    private void readRow(RunId row, RunSummary.Decision decision) {
      steps.add(new Step(decision.at(), decision.by(), decision.decision(), null, row.value()));
      decidedAt = decision.at();
      if (decision.decision().equals(RunSummary.Decision.DELETED)) {
        state = FailureState.DELETED;
      } else {
        state =
            decision.by().equals(EvidenceLog.PGPROOF)
                ? FailureState.NOBODY_DECIDED
                : FailureState.DECIDED;
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
        List<EvidenceEntry> entries = evidenceLog.of(List.of(holder), KINDS);
        readAll(entries.stream().filter(entry -> entry.id() > joinedAt).toList());
        if (entries.isEmpty()) {
          readRow(holder);
        }
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
