package io.pgproof.workflow.notify;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.VerdictHistory;
import io.pgproof.audit.VerdictHistory.Reached;
import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.OpenTasks;
import io.pgproof.evidence.RunProjection;
import io.pgproof.notify.Message;
import io.pgproof.notify.Message.Fact;
import io.pgproof.notify.Message.Table;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Launcher;
import io.pgproof.proof.ObjectiveText;
import io.pgproof.proof.Report;
import io.pgproof.proof.Report.Objective;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Composes the messages about events. */
public final class NotificationComposer {
  private static final int MOST_ROWS = 100;
  private static final String NEVER_VERIFIED = "never verified";

  /** Name of the fact that holds the checkpoint. */
  static final String CHECKPOINT = "checkpoint";

  private static final String CHECKPOINT_LABEL = "log checkpoint";

  private static final List<String> GRAVEST_FIRST =
      Stream.concat(
              Arrays.stream(Verdict.values())
                  .filter(verdict -> verdict != Verdict.PROVEN)
                  .sorted(Comparator.reverseOrder())
                  .map(Verdict::word),
              Stream.of(NEVER_VERIFIED))
          .toList();

  /**
   * If this many runs of a target in a row were withdrawn, the verdicts before them are ignored.
   */
  private static final int LOOK_BACK = 20;

  private final EvidenceLog evidenceLog;
  private final VerdictHistory verdictHistory;
  private final Clock clock;
  private final Supplier<Optional<String>> checkpoint;

  /**
   * @param checkpoint returns the last checkpoint of the evidence log
   */
  public NotificationComposer(
      EvidenceLog evidenceLog,
      VerdictHistory verdictHistory,
      Clock clock,
      Supplier<Optional<String>> checkpoint) {
    this.evidenceLog = evidenceLog;
    this.verdictHistory = verdictHistory;
    this.clock = clock;
    this.checkpoint = checkpoint;
  }

  /**
   * Returns the message; empty if the event is not news. Programs get the checkpoint of the
   * evidence log with every message, people once a day.
   */
  Optional<Message> of(NotificationEvent notificationEvent) {
    String label =
        notificationEvent instanceof NotificationEvent.DaySummed ? CHECKPOINT_LABEL : null;
    return compose(notificationEvent)
        .map(
            message ->
                checkpoint
                    .get()
                    .map(signed -> message.with(Fact.of(CHECKPOINT, label, signed)))
                    .orElse(message));
  }

  private Optional<Message> compose(NotificationEvent notificationEvent) {
    if (notificationEvent instanceof NotificationEvent.DaySummed summed) {
      return Optional.of(summary(summed.day()));
    } else if (notificationEvent instanceof NotificationEvent.ScheduleMissed missed) {
      return Optional.of(
          message(
              "schedule-missed",
              "MISSED " + missed.target() + ": due " + HumanFormat.time(missed.due()),
              missed.target()
                  + " was due at "
                  + HumanFormat.time(missed.due())
                  + " and was not verified then: "
                  + missed.why(),
              List.of(
                  Fact.of("target", "target", missed.target()),
                  time("due", "due", missed.due()),
                  Fact.of("why", null, missed.why())),
              List.of()));
    } else if (notificationEvent instanceof NotificationEvent.OfReview review) {
      return Optional.of(ReviewMessages.of(review, clock.instant()));
    }
    if (notificationEvent instanceof NotificationEvent.OfAnchor anchor) {
      return Optional.of(AnchorMessages.of(anchor, clock.instant()));
    }
    if (notificationEvent instanceof NotificationEvent.ControlMissed missed) {
      return Optional.of(controlMissed(missed));
    }
    RunId run = ((NotificationEvent.OfRun) notificationEvent).run();
    RunProjection story = RunProjection.of(evidenceLog.of(run));
    Report report = story.report(run.value());
    String backup =
        report.target() == null
            ? report.backup() == null ? "" : report.backup().path()
            : report.target();
    if (notificationEvent instanceof NotificationEvent.Ended) {
      return ended(run, story, report, backup);
    } else if (notificationEvent instanceof NotificationEvent.TaskOpened opened) {
      return Optional.of(
          aboutRun(
              "task-opened",
              "TASK " + backup + ": " + opened.task(),
              "'"
                  + opened.task()
                  + "' waits for a member of "
                  + opened.group()
                  + ": the backup of "
                  + backup
                  + " is "
                  + story.verdict().word(),
              List.of(
                  Fact.of("task", "task", opened.task()),
                  Fact.of("group", "group", opened.group())),
              story,
              report));
    } else if (notificationEvent instanceof NotificationEvent.TaskReminded reminded) {
      return Optional.of(
          aboutRun(
              "task-reminder",
              "REMINDER " + backup + ": " + reminded.task(),
              "'"
                  + reminded.task()
                  + "' still waits for a member of "
                  + reminded.group()
                  + ": the backup of "
                  + backup
                  + " is "
                  + story.verdict().word(),
              List.of(
                  Fact.of("task", "task", reminded.task()),
                  Fact.of("group", "group", reminded.group()),
                  time("openedAt", "waits since", reminded.openedAt()),
                  time("escalatesAt", "escalates", reminded.escalatesAt())),
              story,
              report));
    } else if (notificationEvent instanceof NotificationEvent.Escalated escalated) {
      String who = escalated.by() == null ? "nobody decided in time" : "by " + escalated.by();
      return Optional.of(
          aboutRun(
              "escalated",
              "ESCALATED " + backup + ": " + report.reason().code() + ", " + who,
              "The " + story.verdict().word() + " backup of " + backup + " is escalated: " + who,
              List.of(
                  Fact.of("by", "escalated by", escalated.by()),
                  Fact.of("because", "because", escalated.reason())),
              story,
              report));
    } else if (notificationEvent instanceof NotificationEvent.NewBackupAskedFor asked) {
      return Optional.of(
          aboutRun(
              "new-backup-asked-for",
              "NEW BACKUP of " + backup + ": requested by " + asked.by(),
              asked.by()
                  + " requests a new backup of "
                  + backup
                  + ", because the current one is "
                  + story.verdict().word(),
              List.of(
                  Fact.of("by", "requested by", asked.by()),
                  Fact.of("because", "because", asked.reason())),
              story,
              report));
    } else if (notificationEvent instanceof NotificationEvent.DecisionTakenAway taken) {
      String who = "by " + (taken.by() == null ? "a user who was not logged in" : taken.by());
      return Optional.of(
          aboutRun(
              "decision-taken-away",
              "TAKEN AWAY " + backup + ": " + taken.task() + ", " + who,
              "The run that waited for '"
                  + taken.task()
                  + "' was deleted "
                  + who
                  + ", so nobody decides: the backup of "
                  + backup
                  + " is still "
                  + story.verdict().word(),
              List.of(
                  Fact.of("task", "task", taken.task()),
                  Fact.of("by", "deleted by", taken.by()),
                  Fact.of("because", "because", taken.reason())),
              story,
              report));
    }
    throw new IllegalArgumentException("there is no message about " + notificationEvent);
  }

  private Message controlMissed(NotificationEvent.ControlMissed missed) {
    String checks =
        missed.missed().stream()
            .map(ControlResult::check)
            .distinct()
            .collect(Collectors.joining(", "));
    return message(
        "control-missed",
        "CONTROL MISSED " + missed.target() + ": " + checks,
        "pgproof damaged copies of a proven backup of "
            + missed.target()
            + ", and did not find the damage: do not rely on what it proves until the cause is known",
        List.of(
            Fact.of("target", "target", missed.target()),
            Fact.of("checks", "checks that passed", checks),
            Fact.of("control", "control", missed.control())),
        List.of(
            table(
                "missed",
                "Damage that was not found",
                missed.missed().stream()
                    .map(
                        result ->
                            List.of(
                                Fact.of("layer", "layer", result.layer()),
                                Fact.of("check", "check", result.check()),
                                Fact.of("damage", "damage", result.damage()),
                                Fact.of("run", "run", result.run())))
                    .toList())));
  }

  private Optional<Message> ended(RunId run, RunProjection story, Report report, String backup) {
    if (story.endedByWithdrawal()) {
      return Optional.empty();
    }
    if (story.verdict() != Verdict.PROVEN) {
      String lead =
          story.verdict() == Verdict.INCONCLUSIVE
              ? "pgproof could not determine whether the backup of " + backup + " is good: "
              : "The backup of " + backup + " is " + story.verdict().word() + ": ";
      return Optional.of(
          aboutRun(
              story.verdict().word(),
              story.verdict() + " " + backup + ": " + report.reason().code(),
              lead + HumanFormat.shortened(report.conclusion().message()),
              List.of(),
              story,
              report));
    }
    Optional<Reached> before = previousVerdict(run, story, report);
    if (before.isPresent() && before.get().verdict() != Verdict.PROVEN) {
      return Optional.of(recovered(before.get(), story, report, backup));
    }
    return missedRto(report)
        .filter(missed -> before.flatMap(this::report).flatMap(this::missedRto).isEmpty())
        .map(missed -> rtoMissed(missed, story, report, backup));
  }

  private Message recovered(Reached before, RunProjection story, Report report, String backup) {
    return aboutRun(
        "recovered",
        "RECOVERED " + backup + ": proven, was " + before.verdict().word(),
        "The backup of " + backup + " is proven again: " + report.conclusion().message(),
        List.of(
            Fact.of("verdictBefore", "before", before.verdict().word()),
            Fact.of("reasonBefore", null, before.reason().code()),
            Fact.of("runBefore", "run before", before.run().value())),
        story,
        report);
  }

  /** A message about a proven backup whose restore takes longer than its users can wait. */
  private Message rtoMissed(Objective rto, RunProjection story, Report report, String backup) {
    return aboutRun(
        "rto-missed",
        "RTO of " + backup + " " + ObjectiveText.rto(rto),
        "The backup of "
            + backup
            + " is proven, but its recovery time objective is "
            + ObjectiveText.rto(rto),
        List.of(),
        story,
        report);
  }

  private Optional<Report> report(Reached reached) {
    return Optional.of(
        RunProjection.of(evidenceLog.of(reached.run())).report(reached.run().value()));
  }

  /** Returns the recovery time objective if the run missed it. */
  private Optional<Objective> missedRto(Report report) {
    return Optional.ofNullable(report.objectives())
        .map(Report.Objectives::rto)
        .filter(rto -> Boolean.FALSE.equals(rto.met()));
  }

  /** Returns the verdict of the target's run before this one, ignoring withdrawn runs. */
  private Optional<Reached> previousVerdict(RunId run, RunProjection story, Report report) {
    if (report.target() == null) {
      return Optional.empty();
    }
    return verdictHistory
        .latest(OpenTasks.backupKey(story.asked().request()), run, LOOK_BACK)
        .stream()
        .filter(reached -> !RunProjection.of(evidenceLog.of(reached.run())).endedByWithdrawal())
        .findFirst();
  }

  private Message aboutRun(
      String event,
      String subject,
      String lead,
      List<Fact> first,
      RunProjection story,
      Report report) {
    List<Fact> facts = new ArrayList<>(first);
    facts.add(Fact.of("verdict", "verdict", story.verdict().word()));
    facts.add(Fact.of("target", "target", report.target()));
    facts.add(
        Fact.of(
            "backup",
            "backup",
            report.backup() == null
                ? story.asked().request().path().toString()
                : report.backup().path()));
    facts.add(Fact.of("reason", "reason", report.reason().code()));
    facts.add(
        Fact.of(
            "message",
            event.equals(story.verdict().word()) ? null : "found",
            HumanFormat.shortened(report.conclusion().message())));
    facts.add(Fact.of("words", "PostgreSQL said", HumanFormat.shortened(story.programOutput())));
    facts.add(Fact.of("hint", "what to do", HumanFormat.shortened(report.conclusion().hint())));
    if (report.freshness() != null && report.freshness().newest() != null) {
      facts.add(time("newest", "newest data", report.freshness().newest()));
    }
    if (report.objectives() != null) {
      Objective rpo = report.objectives().rpo();
      facts.addAll(objective("rpo", rpo, ObjectiveText.rpo(rpo)));
      Objective rto = report.objectives().rto();
      if (rto != null) {
        facts.addAll(objective("rto", rto, ObjectiveText.rto(rto)));
      }
    }
    facts.add(Fact.of("run", "run", report.run()));
    facts.add(Fact.of("show", "details", Launcher.COMMAND + " show " + report.run()));
    return message(event, subject, lead, facts, List.of());
  }

  private static List<Fact> objective(String name, Objective objective, String text) {
    return List.of(
        new Fact(name + "Met", objective.met(), name.toUpperCase(Locale.ROOT), text),
        Fact.of(name + "ObjectiveSeconds", null, objective.objectiveSeconds()),
        Fact.of(name + "ActualSeconds", null, objective.actualSeconds()));
  }

  private Message summary(DailyReport dailyReport) {
    long proven =
        dailyReport.targets().stream().filter(target -> target.verdict() == Verdict.PROVEN).count();
    Map<String, Long> others =
        dailyReport.targets().stream()
            .collect(Collectors.groupingBy(NotificationComposer::word, Collectors.counting()));
    String alsoSaid =
        GRAVEST_FIRST.stream()
            .filter(others::containsKey)
            .map(word -> ", " + others.get(word) + " " + word)
            .collect(Collectors.joining());
    List<Fact> facts = new ArrayList<>();
    facts.add(time("until", "24 h until", dailyReport.end()));
    for (Map.Entry<Verdict, Long> count : dailyReport.verdicts().entrySet()) {
      facts.add(Fact.of(count.getKey().word(), count.getKey().word() + " runs", count.getValue()));
    }
    List<String> never =
        dailyReport.targets().stream()
            .filter(target -> !target.everProven())
            .map(DailyReport.Standing::target)
            .toList();
    facts.add(
        new Fact(
            "neverProven",
            never,
            "never proven",
            never.isEmpty() ? "none" : String.join(", ", never)));
    List<Table> tables =
        List.of(
            table(
                "targets",
                "Targets",
                dailyReport.targets().stream()
                    .map(target -> targetFacts(target, dailyReport.end()))
                    .toList()),
            table(
                "missed",
                "Missed schedules",
                dailyReport.missed().stream()
                    .map(
                        missed ->
                            List.of(
                                Fact.of("target", "target", missed.target()),
                                Fact.of("times", "times", missed.times()),
                                time("first", "first", missed.first())))
                    .toList()),
            table(
                "tasks",
                "Open tasks",
                dailyReport.tasks().stream()
                    .map(
                        task ->
                            List.of(
                                Fact.of("task", "task", task.task()),
                                Fact.of("target", "target", task.target()),
                                Fact.of("run", "run", task.run()),
                                Fact.of("period", "period", task.period()),
                                time("since", "since", task.since())))
                    .toList()),
            table(
                "controls",
                "Negative controls under way",
                dailyReport.controls().stream()
                    .map(
                        control ->
                            List.of(
                                Fact.of("target", "target", control.target()),
                                Fact.of("control", "control", control.control()),
                                time("since", "since", control.since())))
                    .toList()),
            table(
                "incidents",
                "Incidents",
                dailyReport.incidents().stream()
                    .map(
                        incident ->
                            List.of(
                                Fact.of("process", "process", incident.process()),
                                Fact.of("step", "step", incident.step()),
                                Fact.of("key", "of", incident.key()),
                                Fact.of(
                                    "message",
                                    "message",
                                    HumanFormat.shortened(incident.message())),
                                time("since", "since", incident.since())))
                    .toList()));
    int targets = dailyReport.targets().size();
    return message(
        "daily-summary",
        "DAILY " + proven + " of " + targets + " proven" + alsoSaid,
        proven
            + " of "
            + targets
            + (targets == 1 ? " target is" : " targets are")
            + " proven"
            + alsoSaid,
        facts,
        tables);
  }

  private static List<Fact> targetFacts(DailyReport.Standing target, Instant now) {
    return List.of(
        Fact.of("target", "target", target.target()),
        new Fact(
            "verdict",
            target.verdict() == null ? null : target.verdict().word(),
            "last verdict",
            word(target)),
        Fact.of("reason", "reason", target.reason() == null ? null : target.reason().code()),
        time("at", "when", target.at()),
        age("ageSeconds", "age of the verdict", target.at(), now),
        age("dataAgeSeconds", "age of the data", target.newest(), now),
        met("rpoMet", "RPO", target.rpo()),
        met("rtoMet", "RTO", target.rto()),
        Fact.of("run", "run", target.run()));
  }

  private static Fact met(String name, String label, @Nullable Objective objective) {
    Boolean met = objective == null ? null : objective.met();
    return new Fact(name, met, label, met == null ? null : met ? "met" : "missed");
  }

  private static String word(DailyReport.Standing target) {
    return target.verdict() == null ? NEVER_VERIFIED : target.verdict().word();
  }

  private static Fact age(String name, String label, @Nullable Instant of, Instant now) {
    Duration age = of == null ? null : Duration.between(of, now);
    return new Fact(
        name,
        age == null ? null : age.toSeconds(),
        label,
        age == null ? null : HumanFormat.duration(age));
  }

  private static Table table(String name, String title, List<List<Fact>> rows) {
    String count =
        rows.isEmpty()
            ? ": none"
            : rows.size() > MOST_ROWS ? ": the first " + MOST_ROWS + " of " + rows.size() : "";
    return new Table(name, title + count, rows.subList(0, Math.min(rows.size(), MOST_ROWS)));
  }

  private static Fact time(String name, String label, @Nullable Instant time) {
    return new Fact(
        name,
        time == null ? null : time.toString(),
        label,
        time == null ? null : HumanFormat.time(time));
  }

  private Message message(
      String event, String subject, String lead, List<Fact> facts, List<Table> tables) {
    return new Message(
        UUID.randomUUID().toString(), clock.instant(), event, subject, lead, facts, tables);
  }
}
