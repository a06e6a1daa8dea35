package io.pgproof.web.page.target;

import io.pgproof.evidence.LastControls;
import io.pgproof.evidence.runs.RunSummary;
import io.pgproof.evidence.runs.TargetOverview;
import io.pgproof.proof.HumanFormat;
import io.pgproof.target.Plan;
import io.pgproof.target.Schedule;
import io.pgproof.target.Target;
import io.pgproof.web.page.Moment;
import io.pgproof.web.page.Sign;
import io.pgproof.web.page.Tile;
import io.pgproof.web.page.run.RunRow;
import io.pgproof.web.view.ControlStatus;
import io.pgproof.web.view.Retention;
import io.pgproof.web.view.TargetDetails;
import io.pgproof.web.view.TargetStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the page of a target shows; a member that does not apply is {@code null}.
 *
 * @param mayVerify whether the person may start a verification
 * @param days length of the period that the charts show
 */
record TargetView(TargetDetails details, boolean mayVerify, int days) {
  private static final Sign NEVER_TRIED = new Sign("idle", "never tried");
  private static final Sign UNFINISHED = new Sign("idle", "not a finished backup");
  private static final int DUE_TIMES = 5;

  /** A backup that lies at the target's path. */
  record BackupRow(
      Sign sign,
      String path,
      Moment startTime,
      String startLsn,
      @Nullable String run,
      @Nullable Moment triedAt,
      String note) {}

  private TargetStatus status() {
    return details.status();
  }

  private TargetFacts facts() {
    return new TargetFacts(status());
  }

  public String name() {
    return status().name();
  }

  public @Nullable String path() {
    return status().target().map(Target::path).map(Path::toString).orElse(null);
  }

  public @Nullable String plan() {
    return status().target().map(TargetFacts::plan).orElse(null);
  }

  public Sign sign() {
    return facts().sign();
  }

  public String message() {
    return facts()
        .outcome()
        .map(RunSummary.Outcome::message)
        .orElse("no verification of this target has reached a verdict yet");
  }

  public @Nullable RunRow last() {
    return facts().last().map(RunRow::of).orElse(null);
  }

  public List<String> underWay() {
    return status().underWay().stream().map(Object::toString).toList();
  }

  public List<TargetRow.TaskLink> tasks() {
    return status().tasks().stream()
        .map(task -> TargetRow.TaskLink.of(task, details.now()))
        .toList();
  }

  public List<IncidentRow> incidents() {
    return status().incidents().stream()
        .map(incident -> IncidentRow.of(incident, details.now()))
        .toList();
  }

  public List<Tile> tiles() {
    List<Tile> tiles = new ArrayList<>();
    Optional<Instant> proven = status().overview().flatMap(TargetOverview::provenAt);
    tiles.add(
        Tile.of(
            "Last proven",
            proven
                .map(at -> HumanFormat.duration(Duration.between(at, details.now())) + " ago")
                .orElse("never"),
            null));
    addMeasure(tiles, "Data age (RPO)", facts().age());
    addMeasure(tiles, "Restore time (RTO)", facts().restoreTime());
    tiles.add(
        Tile.of(
            "Next verification",
            status()
                .nextDue(details.now())
                .map(at -> "in " + HumanFormat.duration(Duration.between(details.now(), at)))
                .orElse("–"),
            plan()));
    return tiles;
  }

  private static void addMeasure(List<Tile> tiles, String label, Measure measure) {
    if (measure.value().isEmpty()) {
      tiles.add(Tile.of(label, "–", "not measured by the last run"));
    } else if (measure.limit() == null) {
      tiles.add(Tile.of(label, measure.value(), "no objective"));
    } else {
      tiles.add(Tile.limited(label, measure.value(), measure.limit(), !measure.missed()));
    }
  }

  public @Nullable String cells() {
    return status().overview().map(TargetCharts::wideDays).orElse(null);
  }

  public String ages() {
    return TargetCharts.ages(details, facts().maxAge());
  }

  public String restoreTimes() {
    return TargetCharts.restoreTimes(details, facts().objective());
  }

  public String phases() {
    return TargetCharts.phases(details);
  }

  public String verdicts() {
    return TargetCharts.verdicts(details);
  }

  public List<RunRow> runs() {
    return details.latest().stream().map(RunRow::of).toList();
  }

  public boolean configured() {
    return status().target().isPresent();
  }

  public @Nullable Moment scannedAt() {
    return details.retention().flatMap(Retention::at).map(Moment::of).orElse(null);
  }

  public @Nullable String scanProblem() {
    return details.retention().flatMap(Retention::problem).orElse(null);
  }

  public List<BackupRow> backups() {
    return details.retention().stream()
        .flatMap(retention -> retention.backups().stream())
        .map(this::row)
        .toList();
  }

  private BackupRow row(Retention.Covered covered) {
    Optional<RunSummary.Outcome> outcome = covered.last().flatMap(RunSummary::outcome);
    Optional<String> objection = covered.backup().objection();
    return new BackupRow(
        outcome
            .map(RunSummary.Outcome::verdict)
            .map(Sign::of)
            .orElse(objection.isPresent() ? UNFINISHED : NEVER_TRIED),
        relative(covered.backup().directory()),
        Moment.of(covered.backup().startTime()),
        covered.backup().startLsn().orElse(""),
        covered.last().map(run -> run.run().value()).orElse(null),
        outcome.map(RunSummary.Outcome::at).map(Moment::of).orElse(null),
        objection.orElse(""));
  }

  private String relative(Path directory) {
    Path root = status().target().map(Target::path).orElse(directory);
    return directory.equals(root) || !directory.startsWith(root)
        ? directory.toString()
        : root.relativize(directory).toString();
  }

  /** Returns how many backups lie there in each state, in words. */
  public String coverage() {
    List<BackupRow> rows = backups();
    return Stream.of(
            "proven", "stale", "inconclusive", "refuted", NEVER_TRIED.word(), UNFINISHED.word())
        .map(
            word ->
                Optional.of(rows.stream().filter(row -> row.sign().word().equals(word)).count())
                    .filter(count -> count > 0)
                    .map(count -> count + " " + word)
                    .orElse(""))
        .filter(text -> !text.isEmpty())
        .reduce((one, other) -> one + ", " + other)
        .orElse("no backup lies there");
  }

  /** Returns the layers of the last negative control; none if there was no control. */
  public List<ControlRow> controls() {
    return details.control().stream()
        .flatMap(control -> control.results().stream())
        .map(origin -> ControlRow.of(origin.result()))
        .toList();
  }

  /** Returns how far the control is that is under way, in words; {@code null} if none is. */
  public @Nullable String controlUnderWay() {
    return details
        .latestControl()
        .filter(control -> control.ended().isEmpty())
        .map(
            control ->
                "requested by "
                    + control.asked().by()
                    + ", layers judged so far: "
                    + (control.results().isEmpty()
                        ? "none"
                        : control.results().stream()
                            .map(result -> result.layer() + " " + result.outcome().words())
                            .collect(Collectors.joining(", "))))
        .orElse(null);
  }

  /** Returns why the latest control damaged nothing; {@code null} if it did, or is under way. */
  public @Nullable String controlInVain() {
    return details
        .latestControl()
        .flatMap(ControlStatus::ended)
        .flatMap(
            control ->
                Optional.ofNullable(control.ended().why())
                    .map(
                        why ->
                            "The control of "
                                + HumanFormat.time(control.at())
                                + " damaged nothing: "
                                + why))
        .orElse(null);
  }

  public @Nullable Moment controlledAt() {
    return details.control().map(LastControls.Last::at).map(Moment::of).orElse(null);
  }

  public List<SettingRow> given() {
    return settings().filter(SettingRow::given).toList();
  }

  public List<SettingRow> defaults() {
    return settings().filter(setting -> !setting.given()).toList();
  }

  private Stream<SettingRow> settings() {
    return status().target().map(Target::settings).map(SettingRow::of).stream()
        .flatMap(List::stream);
  }

  public @Nullable String controlPlan() {
    return status().target().flatMap(TargetFacts::controlPlan).orElse(null);
  }

  public List<Moment> dueTimes() {
    return dueTimes(Plan::schedule);
  }

  public List<Moment> controlDueTimes() {
    return dueTimes(Plan::controlSchedule);
  }

  private List<Moment> dueTimes(Function<Plan, Optional<Schedule>> of) {
    return status()
        .target()
        .map(Target::plan)
        .flatMap(of)
        .map(
            schedule ->
                Stream.iterate(schedule.nextAfter(details.now()), schedule::nextAfter)
                    .limit(DUE_TIMES)
                    .map(Moment::of)
                    .toList())
        .orElse(List.of());
  }
}
