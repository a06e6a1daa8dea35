package io.pgproof.evidence.report;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.AnchorHistory;
import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.ReviewHistory;
import io.pgproof.evidence.ServerHistory;
import io.pgproof.evidence.report.ComplianceReport.Coverage;
import io.pgproof.evidence.report.ComplianceReport.Measured;
import io.pgproof.evidence.report.ComplianceReport.NegativeControl;
import io.pgproof.evidence.report.ComplianceReport.Proof;
import io.pgproof.evidence.report.ComplianceReport.ReviewFacts;
import io.pgproof.evidence.report.ComplianceReport.RunFacts;
import io.pgproof.evidence.report.ComplianceReport.Scope;
import io.pgproof.evidence.report.ComplianceReport.Span;
import io.pgproof.evidence.report.ComplianceReport.TargetFigures;
import io.pgproof.evidence.report.ComplianceReport.WaiverFacts;
import io.pgproof.evidence.runs.EndedRun;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.evidence.runs.RunSummary;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Mistakes;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.proof.UsageException;
import io.pgproof.proof.Verdict;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes reports from the evidence and the list of runs, without the engine. A run belongs to the
 * period in which its verdict was recorded; runs of a path that is no target are not in a report.
 */
public final class ComplianceReports {
  private static final int MOST_NAMED = 20;

  private final EvidenceLog evidenceLog;
  private final RunIndex runIndex;
  private final Clock clock;
  private final Supplier<Optional<Instant>> lastAlive;

  /**
   * @param lastAlive the last sign of life of a server
   */
  public ComplianceReports(
      EvidenceLog evidenceLog,
      RunIndex runIndex,
      Clock clock,
      Supplier<Optional<Instant>> lastAlive) {
    this.evidenceLog = evidenceLog;
    this.runIndex = runIndex;
    this.clock = clock;
    this.lastAlive = lastAlive;
  }

  /**
   * Makes a report for a reader, which may read its runs until it returns. A long period needs much
   * memory, so that callers make few at a time.
   *
   * @param chosen names of targets; empty for all that are configured or have runs in the period
   * @param configured empty if no configuration is at hand
   * @return what the reader returned
   * @throws UsageException {@code bad-option} if a chosen target is neither configured nor was ever
   *     verified
   */
  public <T> T make(
      DayPeriod days,
      Collection<String> chosen,
      Optional<ConfiguredTargets> configured,
      Function<ComplianceReport, T> reader) {
    return runIndex.inSnapshot(() -> reader.apply(make(days, chosen, configured)));
  }

  private ComplianceReport make(
      DayPeriod days, Collection<String> chosen, Optional<ConfiguredTargets> configured) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Span period = new Span(days.from(), days.to(), days.begin(), days.end(now));
    Outages outages =
        Outages.of(new ServerHistory(evidenceLog).startsAndStops(), lastAlive.get(), now, period);
    DueTally due = DueTally.read(evidenceLog, runIndex, period, outages);
    Map<String, String> schedules = new HashMap<>();
    Set<String> configuredNames = new HashSet<>();
    configured.stream()
        .flatMap(configuration -> configuration.targets().stream())
        .forEach(
            target -> {
              configuredNames.add(target.name());
              if (target.schedule() != null) {
                schedules.put(target.name(), target.schedule());
              }
            });
    List<TargetFigures> targets = new ArrayList<>();
    List<Decisions.Failed> failed = new ArrayList<>();
    for (String name : names(chosen, configured)) {
      List<RunFacts> runs = new ArrayList<>();
      runIndex.forEachEnded(
          name,
          period.begin(),
          period.end(),
          run -> {
            runs.add(facts(name, run));
            if (run.verdict() != Verdict.PROVEN) {
              failed.add(new Decisions.Failed(name, run));
            }
          });
      TargetFigures figures =
          new TargetTally(period, runs, provenBefore(name, period))
              .figures(
                  name,
                  configured.isPresent() ? configuredNames.contains(name) : null,
                  schedules.get(name),
                  due.of(name),
                  runIndex.withoutVerdict(name, period.begin(), period.end()).stream()
                      .map(RunId::value)
                      .toList());
      if (configuredNames.contains(name) || chosen.contains(name) || hasAnything(figures)) {
        targets.add(figures);
      }
    }
    failed.sort(Comparator.comparing(Decisions.Failed::at));
    Set<String> names = targets.stream().map(TargetFigures::target).collect(Collectors.toSet());
    return new ComplianceReport(
        ComplianceReport.SCHEMA,
        now,
        period,
        new Scope(
            chosen.stream().sorted().distinct().toList(),
            configured.map(ConfiguredTargets::file).orElse(null)),
        coverage(targets, configured.isPresent()),
        outages.figures(targets.stream().flatMap(target -> target.due().gaps().stream()).toList()),
        targets,
        new Decisions(evidenceLog, runIndex).of(failed),
        waivers(period, names),
        negativeControls(period, names),
        reviews(period),
        AnchorTally.of(
            new AnchorHistory(evidenceLog).between(period.begin(), period.end()), period),
        Controls.ALL,
        doesNotShow(days),
        new RunsOfTargets(
            targets.stream().map(TargetFigures::target).toList(), name -> runs(name, period)));
  }

  private List<RunFacts> runs(String target, Span period) {
    List<RunFacts> runs = new ArrayList<>();
    runIndex.forEachEnded(
        target, period.begin(), period.end(), run -> runs.add(facts(target, run)));
    return runs;
  }

  private List<String> doesNotShow(DayPeriod days) {
    return Stream.concat(
            Controls.DOES_NOT_SHOW.stream(),
            evidenceLog.removed(days.from(), days.to()).stream().map(ComplianceReports::removed))
        .toList();
  }

  private static String removed(EvidenceLog.RemovedRuns removed) {
    return "The evidence of "
        + removed.runs()
        + (removed.runs() == 1 ? " run or control" : " runs and controls")
        + " that began in the period was removed by "
        + HumanFormat.time(removed.until())
        + ". This report still has the verdicts and figures of these runs. It lacks due times that"
        + " were passed over, tasks that runs joined, waivers that have expired, the reasons of"
        + " decisions, and the results of controls. The export of the evidence log with the SHA-256 "
        + removed.exportSha256()
        + " has them.";
  }

  private static boolean hasAnything(TargetFigures figures) {
    return figures.count() > 0 || !figures.withoutVerdict().isEmpty() || figures.due().all() > 0;
  }

  /** Returns the names that a report can be about, in their order. */
  public SortedSet<String> targets(Optional<ConfiguredTargets> configured) {
    SortedSet<String> known = new TreeSet<>(runIndex.targetNames());
    configured.ifPresent(
        configuration -> configuration.targets().forEach(target -> known.add(target.name())));
    return known;
  }

  private SortedSet<String> names(
      Collection<String> chosen, Optional<ConfiguredTargets> configured) {
    SortedSet<String> known = targets(configured);
    if (chosen.isEmpty()) {
      return known;
    }
    Set<String> unknown = new TreeSet<>(chosen);
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new UsageException(
          Reason.BAD_OPTION,
          "there is no target "
              + unknown.stream().map(Mistakes::quoted).collect(Collectors.joining(" and no "))
              + ": it is not configured, and was never verified",
          known.isEmpty()
              ? "no target is configured, and none was ever verified"
              : "the targets are "
                  + known.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
                  + (known.size() > MOST_NAMED
                      ? " and " + (known.size() - MOST_NAMED) + " more"
                      : ""));
    }
    return new TreeSet<>(chosen);
  }

  private Optional<Proof> provenBefore(String target, Span period) {
    return runIndex
        .lastProven(target, period.begin())
        .map(run -> new Proof(run.run().value(), run.outcome().orElseThrow().at()));
  }

  private static RunFacts facts(String target, EndedRun run) {
    return new RunFacts(
        run.run().value(),
        target,
        run.askedAt(),
        run.askedBy(),
        run.endedAt(),
        run.verdict(),
        run.reason(),
        run.depth(),
        rpo(run),
        rto(run));
  }

  private static Measured rpo(EndedRun run) {
    @Nullable Boolean met =
        run.age()
            .map(age -> age.compareTo(run.maxAge()) <= 0 && run.reason() != Reason.TOO_OLD)
            .orElse(null);
    return new Measured(
        run.age().map(Duration::toSeconds).orElse(null), run.maxAge().toSeconds(), met);
  }

  private static Measured rto(EndedRun run) {
    return new Measured(
        run.restoreTime().map(took -> took.plusNanos(999_999_999).toSeconds()).orElse(null),
        run.restoreObjective().map(Duration::toSeconds).orElse(null),
        run.restoreTime()
            .flatMap(
                took -> run.restoreObjective().map(objective -> took.compareTo(objective) <= 0))
            .orElse(null));
  }

  private static Coverage coverage(List<TargetFigures> targets, boolean configurationKnown) {
    List<String> notVerified = new ArrayList<>();
    List<String> notProven = new ArrayList<>();
    List<String> notConfigured = new ArrayList<>();
    for (TargetFigures target : targets) {
      int proven = target.count(Verdict.PROVEN);
      if (target.count() == target.count(Verdict.INCONCLUSIVE)) {
        notVerified.add(target.target());
      }
      if (proven == 0) {
        notProven.add(target.target());
      }
      if (Boolean.FALSE.equals(target.configured())) {
        notConfigured.add(target.target());
      }
    }
    return new Coverage(
        targets.size(),
        configurationKnown ? targets.size() - notConfigured.size() : null,
        targets.size() - notVerified.size(),
        targets.size() - notProven.size(),
        notVerified,
        notProven,
        notConfigured);
  }

  private List<WaiverFacts> waivers(Span period, Set<String> targets) {
    List<WaiverFacts> waivers = new ArrayList<>();
    evidenceLog
        .since(Evidence.kind(Evidence.WaiverGranted.class), Instant.EPOCH)
        .forEach(
            entry -> {
              Evidence.WaiverGranted granted = (Evidence.WaiverGranted) Evidence.read(entry);
              if (entry.at().isBefore(period.end()) && granted.until().isAfter(period.begin())) {
                target(entry.run())
                    .filter(targets::contains)
                    .ifPresent(
                        target ->
                            waivers.add(
                                new WaiverFacts(
                                    target,
                                    entry.run().value(),
                                    entry.at(),
                                    granted.until(),
                                    entry.actor(),
                                    granted.reason())));
              }
            });
    return waivers;
  }

  private List<NegativeControl> negativeControls(Span period, Set<String> targets) {
    return evidenceLog.since(Evidence.kind(Evidence.ControlEnded.class), period.begin()).stream()
        .filter(entry -> period.contains(entry.at()))
        .map(
            entry -> {
              Evidence.ControlEnded ended = (Evidence.ControlEnded) Evidence.read(entry);
              return new NegativeControl(
                  ended.target(), entry.run().value(), entry.at(), ended.results());
            })
        .filter(control -> targets.contains(control.target()))
        .toList();
  }

  private List<ReviewFacts> reviews(Span period) {
    return new ReviewHistory(evidenceLog)
        .all().stream()
            .filter(
                review ->
                    (review.period().begin().isBefore(period.end())
                            && review.period().end().isAfter(period.begin()))
                        || review
                            .decided()
                            .filter(decided -> period.contains(decided.at()))
                            .isPresent())
            .map(
                review ->
                    new ReviewFacts(
                        review.period().from(),
                        review.period().to(),
                        review.openedAt(),
                        review.escalated(),
                        review.decided().map(ReviewHistory.Decided::at).orElse(null),
                        review.decided().map(ReviewHistory.Decided::by).orElse(null),
                        review.decided().map(decided -> decided.decision().decision()).orElse(null),
                        review.decided().map(decided -> decided.decision().reason()).orElse(null)))
            .toList();
  }

  private Optional<String> target(RunId run) {
    return runIndex.find(run).map(RunSummary::request).flatMap(RunSummary.Request::target);
  }
}
