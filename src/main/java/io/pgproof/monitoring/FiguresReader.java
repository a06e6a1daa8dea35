package io.pgproof.monitoring;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.daemon.Leftovers;
import io.pgproof.evidence.LastControls;
import io.pgproof.evidence.ServerHistory;
import io.pgproof.evidence.anchor.AnchorState;
import io.pgproof.evidence.runs.MissedDueTimes;
import io.pgproof.evidence.runs.RunCount;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.evidence.runs.TargetOverview;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.workflow.decide.DecisionTask;
import io.pgproof.workflow.engine.OpenIncidents;
import io.pgproof.workflow.schedule.DueTimes;
import io.pgproof.workflow.schedule.DueWork;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Reads what is known of all targets, with a number of queries that does not depend on the number
 * of targets. What only evidence changes, and reading takes longer the more runs there are, is not
 * read again before evidence is added. Not thread-safe.
 */
final class FiguresReader {
  private final CurrentConfiguration configuration;
  private final RunIndex runs;
  private final DueTimes dueTimes;
  private final Supplier<List<DecisionTask>> tasks;
  private final OpenIncidents incidents;
  private final Leftovers leftovers;
  private final Supplier<List<AnchorState>> anchors;
  private final Clock clock;
  private final ReadAgain<List<RunCount>> counts;
  private final ReadAgain<Long> logSize;
  private final ReadAgain<Map<String, LastControls.Last>> controls;
  private final ReadAgain<LogTimes> logTimes;
  private final MissedDueTimes missed;

  /**
   * @param loss when the database was last found to have lost entries
   * @param export when the log was last exported
   */
  private record LogTimes(Optional<Instant> loss, Optional<Instant> export) {}

  /**
   * @param tasks returns all open tasks
   * @param anchors returns the configured ways to anchor the evidence log
   * @param nanos as {@link System#nanoTime}
   */
  FiguresReader(
      CurrentConfiguration configuration,
      EvidenceLog evidenceLog,
      RunIndex runs,
      DueTimes dueTimes,
      Supplier<List<DecisionTask>> tasks,
      OpenIncidents incidents,
      Leftovers leftovers,
      Supplier<List<AnchorState>> anchors,
      Clock clock,
      LongSupplier nanos) {
    this.configuration = configuration;
    this.runs = runs;
    this.dueTimes = dueTimes;
    this.tasks = tasks;
    this.incidents = incidents;
    this.leftovers = leftovers;
    this.anchors = anchors;
    this.clock = clock;
    this.counts =
        new ReadAgain<>(runs::counts, evidenceLog::commits, Duration.ofSeconds(10), nanos);
    this.logSize =
        new ReadAgain<>(evidenceLog::size, evidenceLog::commits, Duration.ofMinutes(1), nanos);
    this.controls =
        new ReadAgain<>(
            new LastControls(evidenceLog)::ofEachTarget,
            evidenceLog::commits,
            Duration.ofSeconds(10),
            nanos);
    ServerHistory history = new ServerHistory(evidenceLog);
    this.logTimes =
        new ReadAgain<>(
            () ->
                new LogTimes(
                    history.lastLoss(), history.lastExport().map(ServerHistory.RecordedExport::at)),
            evidenceLog::commits,
            Duration.ofSeconds(10),
            nanos);
    this.missed = new MissedDueTimes(evidenceLog, runs, clock);
  }

  Figures read() {
    LogTimes log = logTimes.get();
    return new Figures(
        configuration.get().targets(),
        runs.overview(LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC)).stream()
            .collect(Collectors.toMap(TargetOverview::target, Function.identity())),
        dueTimes.all(DueWork.VERIFICATION),
        dueTimes.all(DueWork.CONTROL),
        counts.get(),
        missed.counts(),
        controls.get(),
        tasks.get(),
        incidents.all(),
        leftovers.count(),
        logSize.get(),
        log.loss(),
        log.export(),
        anchors.get());
  }
}
