package io.pgproof.evidence.report;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.pgproof.evidence.ControlResult;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Verdict;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the evidence of a period adds up to. Every figure follows from {@link #runs} and from the
 * evidence of the runs that stand beside it, so that a reader can compute it again. Times are in
 * UTC; what is not known is {@code null}.
 *
 * @param madeAt when the report was made; decisions until then are in it
 * @param server when no server kept the schedules
 * @param targets in the order of their names
 * @param failures runs of the period that were not proven, oldest first
 * @param waivers those that were valid in the period, in the order of granting
 * @param negativeControls those that ended in the period, oldest first
 * @param reviews reviews of days of the period, and those that were decided in it, oldest first
 * @param anchors where the evidence log was anchored in the period
 * @param controls what standards ask for
 * @param doesNotShow what nobody may conclude from the report, one sentence each
 * @param runs all runs whose verdict was recorded in the period, by target, oldest first; while a
 *     report is made, its reader can read them until it returns
 */
public record ComplianceReport(
    int schema,
    Instant madeAt,
    Span period,
    Scope scope,
    Coverage coverage,
    ServerFigures server,
    List<TargetFigures> targets,
    List<Failure> failures,
    List<WaiverFacts> waivers,
    List<NegativeControl> negativeControls,
    List<ReviewFacts> reviews,
    List<AnchorFigures> anchors,
    List<Control> controls,
    List<String> doesNotShow,
    @JsonDeserialize(as = ArrayList.class) Iterable<RunFacts> runs) {

  /** The schema of the JSON form: members may be added; none changes its meaning. */
  public static final int SCHEMA = 1;

  public ComplianceReport {
    targets = List.copyOf(targets);
    failures = List.copyOf(failures);
    waivers = List.copyOf(waivers);
    negativeControls = List.copyOf(negativeControls);
    reviews = List.copyOf(reviews);
    anchors = List.copyOf(anchors);
    controls = List.copyOf(controls);
    doesNotShow = List.copyOf(doesNotShow);
  }

  /** Returns how many runs ended with a verdict. */
  public int count() {
    return sum(TargetFigures::count);
  }

  /** Returns the sum of a figure over all targets. */
  public int sum(ToIntFunction<TargetFigures> figure) {
    return targets.stream().mapToInt(figure).sum();
  }

  /** Returns whether outages are recorded for any part of the period. */
  public boolean knowsOutages() {
    return server.knownSince() != null && server.knownSince().isBefore(period.end());
  }

  /** Returns the target that was unproven longest; empty without targets. */
  public Optional<TargetFigures> longestUnproven() {
    return targets.stream()
        .max(Comparator.comparingLong(target -> target.proofs().longestUnproven().seconds()));
  }

  /**
   * The period.
   *
   * @param begin inclusive
   * @param end exclusive; earlier than the end of the last day if the report was made on it
   */
  public record Span(LocalDate from, LocalDate to, Instant begin, Instant end) {
    boolean contains(Instant time) {
      return !time.isBefore(begin) && time.isBefore(end);
    }
  }

  /**
   * Which targets the report is about.
   *
   * @param chosen the targets that were asked for; empty for all
   * @param configuration the file that says which targets are configured; {@code null} if no
   *     configuration was at hand
   */
  public record Scope(List<String> chosen, @Nullable String configuration) {
    public Scope {
      chosen = List.copyOf(chosen);
    }
  }

  /**
   * How many targets were tested.
   *
   * @param targets all that the report is about
   * @param configured those of the configuration when the report was made; {@code null} without one
   * @param verified those with a verdict other than {@code inconclusive}
   * @param proven those that were proven at least once
   * @param notConfigured those with runs that have left the configuration
   */
  public record Coverage(
      int targets,
      @Nullable Integer configured,
      int verified,
      int proven,
      List<String> notVerified,
      List<String> notProven,
      List<String> notConfigured) {
    public Coverage {
      notVerified = List.copyOf(notVerified);
      notProven = List.copyOf(notProven);
      notConfigured = List.copyOf(notConfigured);
    }
  }

  /**
   * When no server was running, so that nothing was verified by schedule.
   *
   * @param knownSince since when starts and stops are recorded; {@code null} if none is
   * @param downSeconds sum over the outages
   * @param dueTimesMissed due times that were missed while no server was running
   * @param outages those that reach into the period, oldest first
   */
  public record ServerFigures(
      @Nullable Instant knownSince, long downSeconds, int dueTimesMissed, List<Outage> outages) {
    public ServerFigures {
      outages = List.copyOf(outages);
    }
  }

  /**
   * A time in which no server was running.
   *
   * @param from when it was stopped, or its last sign of life; it may be before the period
   * @param until when the next one started; {@code null} if none had when the report was made
   * @param planned whether the server was stopped as it should; it crashed, was killed or lost its
   *     machine otherwise
   * @param seconds how long it was in the period
   * @param dueTimesMissed due times that were missed because of it
   */
  public record Outage(
      Instant from, @Nullable Instant until, boolean planned, long seconds, int dueTimesMissed) {}

  /**
   * The figures of one target.
   *
   * @param configured whether it was in the configuration when the report was made; {@code null}
   *     without one
   * @param schedule the schedule of that configuration; {@code null} if there is none
   * @param results one for each verdict and reason, the gravest verdict first
   * @param withoutVerdict runs that were requested in the period and have no verdict
   * @param rpo ages of the newest data
   * @param rto times of restore, start and recovery
   */
  public record TargetFigures(
      String target,
      @Nullable Boolean configured,
      @Nullable String schedule,
      DueFigures due,
      List<ResultFigures> results,
      List<String> withoutVerdict,
      ObjectiveFigures rpo,
      ObjectiveFigures rto,
      ProofFigures proofs) {
    public TargetFigures {
      results = List.copyOf(results);
      withoutVerdict = List.copyOf(withoutVerdict);
    }

    /** Returns how many runs ended with this verdict. */
    public int count(Verdict verdict) {
      return results.stream()
          .filter(result -> result.verdict() == verdict)
          .mapToInt(ResultFigures::count)
          .sum();
    }

    /** Returns how many runs ended with a verdict. */
    public int count() {
      return results.stream().mapToInt(ResultFigures::count).sum();
    }
  }

  /**
   * Due times of the schedule.
   *
   * @param onTime due times whose run began within a minute
   * @param missed due times without a run of their own in time
   */
  public record DueFigures(int onTime, int missed, List<Gap> gaps) {
    public DueFigures {
      gaps = List.copyOf(gaps);
    }

    /** Returns how many due times there were. */
    public int all() {
      return onTime + missed;
    }
  }

  /**
   * Due times that were missed.
   *
   * @param run the run that began late, or whose lack of a verdict was the cause
   * @param since the first of the due times
   * @param lateSeconds how late the run began; {@code null} if none was begun
   * @param serverDown whether no server was running at the first of the due times; {@code null} if
   *     that is not known
   */
  public record Gap(
      String run,
      Instant since,
      int times,
      @Nullable Long lateSeconds,
      @Nullable Boolean serverDown) {}

  /** Runs with the same verdict and reason, oldest first. */
  public record ResultFigures(Verdict verdict, Reason reason, int count, List<String> runs) {
    public ResultFigures {
      runs = List.copyOf(runs);
    }
  }

  /**
   * What the runs of a target measured, against its objective.
   *
   * @param objectiveSeconds the objective of the last run that had one; {@code null} if none had.
   *     Each run is compared with the objective that it had
   * @param measured how many runs have a value
   * @param met how many runs met their objective
   * @param missed runs that did not meet their objective
   * @param worst the longest; {@code null} if nothing was measured
   * @param percentile95 the smallest value that at least 95 of 100 runs do not exceed (nearest
   *     rank)
   */
  public record ObjectiveFigures(
      @Nullable Long objectiveSeconds,
      int measured,
      int met,
      List<String> missed,
      @Nullable Sample worst,
      @Nullable Sample percentile95) {
    public ObjectiveFigures {
      missed = List.copyOf(missed);
    }
  }

  /** What one run measured. */
  public record Sample(long seconds, String run) {}

  /**
   * When a target was proven.
   *
   * @param before the last time before the period; {@code null} if never
   * @param last the last time in the period; {@code null} if never
   * @param longestUnproven the longest part of the period between two proofs
   */
  public record ProofFigures(
      @Nullable Proof before, @Nullable Proof last, Unproven longestUnproven) {}

  /** A run that proved a target. */
  public record Proof(String run, Instant at) {}

  /**
   * A part of the period in which a target was not proven.
   *
   * @param fromRun the proof at its beginning; {@code null} at the beginning of the period
   * @param untilRun the proof at its end; {@code null} at the end of the period
   */
  public record Unproven(
      Instant from,
      Instant until,
      long seconds,
      @Nullable String fromRun,
      @Nullable String untilRun) {}

  /**
   * A run that was not proven, and what people decided.
   *
   * @param at when the verdict was recorded
   * @param secondsToDecision from the verdict to the last decision; {@code null} without one, and
   *     if the clock was set back in between
   * @param steps all decisions, oldest first
   */
  public record Failure(
      String target,
      String run,
      Verdict verdict,
      Reason reason,
      String message,
      Instant at,
      FailureState state,
      @Nullable Long secondsToDecision,
      List<Step> steps) {
    public Failure {
      steps = List.copyOf(steps);
    }
  }

  /**
   * A decision about a failure.
   *
   * @param by a person, or {@code pgproof} if nobody decided in time
   * @param decision the word of the form
   * @param reason {@code null} if none was given
   * @param run the run whose task it was; another one if the failure joined an open task, or if its
   *     backup had been accepted before
   */
  public record Step(Instant at, String by, String decision, @Nullable String reason, String run) {}

  /** A stale backup that a person accepted until a certain time. */
  public record WaiverFacts(
      String target, String run, Instant grantedAt, Instant until, String by, String reason) {}

  /**
   * A negative control, which shows whether the checks find damage.
   *
   * @param control id of the control
   * @param at when it ended
   * @param results of all layers, in their order; empty if there was no proven backup to damage
   */
  public record NegativeControl(
      String target, String control, Instant at, List<ControlResult> results) {
    public NegativeControl {
      results = List.copyOf(results);
    }
  }

  /**
   * A review of the results of a period by an auditor.
   *
   * @param from the first day of the period
   * @param to the last day of the period
   * @param escalated whether nobody decided in time
   * @param decidedAt {@code null} if nobody has decided, like the members after it
   * @param decision {@code sign} or {@code askForAction}
   * @param remark what the reviewer wrote; {@code null} if nothing
   */
  public record ReviewFacts(
      LocalDate from,
      LocalDate to,
      Instant openedAt,
      boolean escalated,
      @Nullable Instant decidedAt,
      @Nullable String by,
      @Nullable String decision,
      @Nullable String remark) {}

  /**
   * Checkpoints of the evidence log that were given away in one way to one place, in the period.
   *
   * @param way {@code mail}, {@code web-hook}, {@code command} or {@code tsa}
   * @param where who has them
   * @param count how many there were
   * @param longestGapSeconds the longest part of the period without one
   * @param positions how many positions of the log the last one is over
   */
  public record AnchorFigures(
      String way,
      String where,
      int count,
      Instant firstAt,
      Instant lastAt,
      long longestGapSeconds,
      long positions) {}

  /**
   * A control that asks for restore tests.
   *
   * @param asks what it asks for, in short
   * @param support which parts of the report can support it
   */
  public record Control(String standard, String clause, String asks, String support) {}

  /**
   * One run.
   *
   * @param depth the word of the option, such as {@code standard}
   * @param rpo age of the newest data
   * @param rto time of restore, start and recovery; begun seconds count
   */
  public record RunFacts(
      String run,
      String target,
      Instant askedAt,
      String askedBy,
      Instant endedAt,
      Verdict verdict,
      Reason reason,
      String depth,
      Measured rpo,
      Measured rto) {}

  /** What a run measured, its objective, and whether it was met. */
  public record Measured(
      @Nullable Long seconds, @Nullable Long objectiveSeconds, @Nullable Boolean met) {}
}
