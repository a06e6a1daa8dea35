package io.pgproof.evidence;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.proof.Check;
import io.pgproof.proof.Conclusion;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Fault;
import io.pgproof.proof.Finding;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunFacts;
import io.pgproof.proof.RunFacts.Stage;
import io.pgproof.proof.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Computes the state of a run from its evidence. Everything that is said about a run comes from
 * here, so report and evidence cannot disagree.
 *
 * <p>An interrupted attempt leaves its time in the phases, and nothing else.
 */
public final class RunProjection {
  /** Kinds of evidence that change nothing in what is said about a run. */
  private static final Set<Class<? extends Evidence>> WITHOUT_EFFECT =
      Set.of(
          Evidence.Due.class,
          Evidence.DuePassedOver.class,
          Evidence.Noticed.class,
          Evidence.Chosen.class,
          Evidence.RunJoined.class,
          Evidence.Reminded.class,
          Evidence.WaiverGranted.class,
          Evidence.Waived.class,
          Evidence.DecisionRefused.class,
          Evidence.BegunAgain.class,
          Evidence.Told.class,
          Evidence.NotTold.class,
          // Of a negative control, which is no run.
          Evidence.ControlAsked.class,
          Evidence.ControlChosen.class,
          Evidence.ControlJudged.class,
          Evidence.ControlEnded.class);

  private final PhaseClock phases;
  private final CheckList checks = new CheckList();
  private final List<String> notChecked = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();
  private Evidence.Asked asked;
  private final Instant startedAt;
  private Report.@Nullable BackupFacts backup;
  private Report.@Nullable ImageFacts image;
  private Report.@Nullable RecoveryFacts recovery;
  private Report.@Nullable FreshnessFacts freshness;
  private final List<Stage> stages = new ArrayList<>();
  private int attempt;
  private Report.@Nullable BackupFacts inspected;
  private Evidence.@Nullable Restored restored;
  private @Nullable Integer objections;
  private int notesBefore;
  private boolean withdrawn;
  private @Nullable Report reached;
  private Evidence.@Nullable TaskOpened undecided;

  private RunProjection(Instant startedAt, Evidence.Asked asked) {
    this.startedAt = startedAt;
    this.phases = new PhaseClock(startedAt);
    this.asked = asked;
  }

  /**
   * Computes the state of a run from its entries.
   *
   * @param entries all entries of one run, in order
   */
  public static RunProjection of(List<EvidenceEntry> entries) {
    if (entries.isEmpty() || !entries.get(0).kind().equals(Evidence.kind(Evidence.Asked.class))) {
      throw new IllegalStateException("evidence that does not start with the request: " + entries);
    }
    RunProjection story =
        new RunProjection(entries.get(0).at(), (Evidence.Asked) Evidence.read(entries.get(0)));
    for (EvidenceEntry evidenceEntry : entries) {
      story.apply(evidenceEntry.at(), Evidence.read(evidenceEntry));
    }
    story.closePages();
    story.closeChecks();
    return story;
  }

  private void apply(Instant at, Evidence evidence) {
    if (evidence instanceof Evidence.Asked first) {
      asked = first;
      phases.start(at);
    } else if (evidence instanceof Evidence.Inspected told) {
      inspected = told.backup();
      backup = told.backup();
      stages.add(Stage.INSPECTED);
      phases.enter(at, "image");
    } else if (evidence instanceof Evidence.ImageFound found) {
      image = found.image();
      stages.add(Stage.IMAGE_FOUND);
      phases.enter(at, "restore");
    } else if (evidence instanceof Evidence.TurnAwaited) {
      phases.enterWait(at);
    } else if (evidence instanceof Evidence.TurnTaken) {
      phases.enter(at, "restore");
    } else if (evidence instanceof Evidence.AttemptBegun begun) {
      if (!stages.contains(Stage.ATTEMPT_BEGUN)) {
        // Left by the teardown of an interrupted attempt.
        stages.removeIf(stage -> stage.compareTo(Stage.ATTEMPT_BEGUN) > 0);
      }
      notesBefore = notes.size();
      attempt = begun.attempt();
      reached = null;
      stages.add(Stage.ATTEMPT_BEGUN);
      phases.enterAttempt(at, begun.attempt());
    } else if (evidence instanceof Evidence.Restored whole) {
      restored = whole;
      backup = whole.backup();
      checks.add(whole.checks());
      notChecked.addAll(whole.notChecked());
      stages.add(Stage.RESTORED);
      phases.enter(at, "start");
    } else if (evidence instanceof Evidence.RecoveryPrepared) {
      stages.add(Stage.RECOVERY_PREPARED);
    } else if (evidence instanceof Evidence.ContainerCreated) {
      stages.add(Stage.CONTAINER_CREATED);
    } else if (evidence instanceof Evidence.Started) {
      stages.add(Stage.SERVER_STARTED);
      phases.enter(at, "recover");
    } else if (evidence instanceof Evidence.Recovered ended) {
      recovery = ended.recovery();
      checks.add(List.of(ended.check()));
      stages.add(Stage.RECOVERED);
      phases.enter(at, "check");
    } else if (evidence instanceof Evidence.RecoveryBroken broken) {
      recovery = broken.recovery();
    } else if (evidence instanceof Evidence.ChecksBegun) {
      stages.add(Stage.CHECKS_BEGUN);
    } else if (evidence instanceof Evidence.Checked made) {
      stages.add(Stage.CHECKED);
      objections = made.findings();
      checks.add(made.checks());
      notChecked.addAll(made.notChecked());
      freshness = made.freshness();
      phases.enter(at, "teardown");
    } else if (evidence instanceof Evidence.Noted noted) {
      notes.addAll(noted.notes());
    } else if (evidence instanceof Evidence.Found found) {
      addCheckOf(found.finding());
      findings.add(found.finding());
      reached = null;
      phases.enterAfterFinding(at);
    } else if (evidence instanceof Evidence.Interrupted) {
      forgetAttempt();
      phases.enter(at, "teardown");
    } else if (evidence instanceof Evidence.Withdrawn) {
      withdrawn = true;
    } else if (evidence instanceof Evidence.TaskOpened opened) {
      undecided = opened;
    } else if (evidence instanceof Evidence.Decided decided) {
      decided(decided.task(), decided.decision());
    } else if (evidence instanceof Evidence.NobodyDecided nobody) {
      decided(nobody.task(), Evidence.ESCALATE);
    } else if (evidence instanceof Evidence.TaskJoined
        || evidence instanceof Evidence.DecisionTakenAway) {
      undecided = null;
    } else if (evidence instanceof Evidence.ContainerDestroyed) {
      stages.add(Stage.CONTAINER_DESTROYED);
      phases.enter(at, "teardown");
    } else if (evidence instanceof Evidence.FilesRemoved) {
      stages.add(Stage.FILES_REMOVED);
      phases.enter(at, "teardown");
    } else if (evidence instanceof Evidence.VerdictReached verdict) {
      reached = verdict.report();
    } else if (!WITHOUT_EFFECT.contains(evidence.getClass())) {
      throw new IllegalStateException(
          "it is not defined what " + evidence.getClass().getSimpleName() + " changes in a run");
    }
  }

  /**
   * An escalated review still needs the approvers' decision, whether or not their task is open yet.
   */
  private void decided(String task, String decision) {
    if (!task.equals(Evidence.REVIEW_STALE_BACKUP) || !decision.equals(Evidence.ESCALATE)) {
      undecided = null;
    }
  }

  /**
   * Adds the check that a finding ended as failed; checks that ran to their end report their own
   * findings.
   */
  private void addCheckOf(Finding finding) {
    if (phases.isIn("teardown")) {
      return;
    }
    String name =
        switch (finding.reason()) {
          case ARCHIVE_CORRUPT, ARCHIVE_TRUNCATED, UNSAFE_ARCHIVE, BACKUP_INCOMPLETE -> "archive";
          case MANIFEST_MISMATCH -> "manifest";
          case PAGE_CHECKSUM, TORN_PAGE -> "pages";
          case WAL_MISSING, INCONSISTENT, RECOVERY_FAILED, RECOVERY_UNCLEAR, RECOVERY_TIMEOUT ->
              "recovery";
          default -> null;
        };
    if (name != null
        && name.equals("recovery")
        && recovery == null
        && finding.reason().fault() == Fault.BACKUP) {
      // Found before the server was started, because of what the archives hold.
      recovery = new Report.RecoveryFacts(null, false, null, null, List.of());
    }
    if (name != null && !checks.has(name)) {
      checks.add(
          List.of(
              finding.reason().fault() == Fault.BACKUP
                  ? Check.failed(name, finding.message(), Duration.ZERO)
                  : Check.skipped(name, finding.message())));
    }
  }

  private void forgetAttempt() {
    checks.clear();
    notChecked.clear();
    notes.subList(notesBefore, notes.size()).clear();
    stages.removeIf(stage -> stage.compareTo(Stage.ATTEMPT_BEGUN) >= 0);
    restored = null;
    recovery = null;
    freshness = null;
    objections = null;
  }

  /**
   * Pages that recovery would have settled, when recovery was not reached: they are neither sound
   * nor damaged.
   */
  private void closePages() {
    String pagesOpen = restored == null ? null : restored.pagesOpen();
    if (pagesOpen != null && !checks.has("pages")) {
      checks.add(List.of(Check.skipped("pages", pagesOpen)));
      notChecked.add("pages: " + pagesOpen + ", which only recovery could have settled");
    }
  }

  /** Lists the checks that a run did not reach because it ended earlier. */
  private void closeChecks() {
    if (!findings.isEmpty() && !checked()) {
      List<String> open =
          new ArrayList<>(stages.contains(Stage.RECOVERED) ? List.of() : List.of("recovery"));
      open.add("freshness");
      if (!asked.request().queries().assertions().isEmpty()) {
        open.add("assertions");
      }
      if (asked.request().depth().atLeast(Depth.STANDARD)) {
        open.add("indexes");
      }
      if (asked.request().depth().atLeast(Depth.DEEP)) {
        open.addAll(List.of("rows", "checksums"));
      }
      notChecked.add(String.join(", ", open) + ": not reached, because the run ended earlier");
    }
  }

  /** Returns whether the checks of the last attempt reported their results. */
  public boolean checked() {
    return stages.contains(Stage.CHECKED);
  }

  /** Returns the number of the last attempt that was begun, counted from 1; 0 if there was none. */
  public int attempt() {
    return attempt;
  }

  public Evidence.Asked asked() {
    return asked;
  }

  public boolean withdrawn() {
    return withdrawn;
  }

  /** Returns whether the run ended because the requester withdrew it. */
  public boolean endedByWithdrawal() {
    return withdrawn && conclusion().reason() == Reason.INTERRUPTED;
  }

  /** Returns the last task that was opened, if the run still waits for a decision. */
  public Optional<Evidence.TaskOpened> undecided() {
    return Optional.ofNullable(undecided);
  }

  /** Returns everything that kept the backup from being proven, in the order of recording. */
  public List<Finding> findings() {
    return List.copyOf(findings);
  }

  public Report.@Nullable FreshnessFacts freshness() {
    return freshness;
  }

  /**
   * Returns what PostgreSQL or another program said about the finding that the verdict is based on;
   * {@code null} if no program said anything.
   */
  public @Nullable String programOutput() {
    Reason reason = conclusion().reason();
    return findings.stream()
        .filter(finding -> finding.reason() == reason)
        .map(Finding::words)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /**
   * Returns the conclusion that follows from this evidence; if the evidence is older than what a
   * proof needs today, the conclusion that was reached then.
   */
  public Conclusion conclusion() {
    boolean older = restored != null && restored.pageChecksums() == null && objections == null;
    return older && reached != null ? reached.conclusion() : conclusion(stages);
  }

  /** Returns the verdict of {@link #conclusion}. */
  public Verdict verdict() {
    return verdict(conclusion());
  }

  /**
   * Returns the verdict that follows from this evidence if the rest of the attempt is torn down.
   */
  public Verdict verdictOnceTornDown() {
    List<Stage> all = new ArrayList<>(stages);
    all.addAll(List.of(Stage.CONTAINER_DESTROYED, Stage.FILES_REMOVED));
    return verdict(conclusion(all));
  }

  private static Verdict verdict(Conclusion conclusion) {
    return Objects.requireNonNull(conclusion.verdict(), "a run with evidence has a verdict");
  }

  private Conclusion conclusion(List<Stage> recorded) {
    return Conclusion.reach(
        new RunFacts(
            new RunFacts.Asked(
                asked.request().depth(), asked.request().queries().assertions().size()),
            recorded,
            inspected,
            restored == null
                ? null
                : new RunFacts.Restored(
                    restored.backup(),
                    restored.neededLsn(),
                    restored.pageChecksums(),
                    hasChecksumProgram(restored.backup())),
            recovery,
            freshness,
            checks.all(),
            objections,
            findings),
        proven());
  }

  /** Returns false only for a version that is known to have none. */
  private static boolean hasChecksumProgram(Report.BackupFacts backup) {
    return Optional.ofNullable(backup)
        .map(Report.BackupFacts::postgresVersion)
        .flatMap(PostgresVersion::parse)
        .map(version -> !version.checksumCommand().isEmpty())
        .orElse(true);
  }

  private String proven() {
    String age =
        freshness == null || freshness.ageSeconds() == null
            ? ""
            : ", its newest data were "
                + HumanFormat.duration(Duration.ofSeconds(freshness.ageSeconds()))
                + " old";
    return "the backup restores, recovers and answers" + age;
  }

  /** Returns the time of restore, start and recovery; empty if recovery did not end well. */
  private Optional<Duration> restoreTime() {
    return stages.contains(Stage.RECOVERED) ? Optional.of(phases.restoreTime()) : Optional.empty();
  }

  public Report report(String run) {
    return new Report(
        Report.SCHEMA,
        run,
        asked.request().target().orElse(null),
        conclusion(),
        new Report.Period(startedAt, phases.changedAt()),
        backup,
        image,
        recovery,
        freshness,
        MetObjectives.of(
            asked.request().objectives(),
            freshness,
            findings.stream().anyMatch(finding -> finding.reason() == Reason.TOO_OLD),
            restoreTime()),
        new Report.Coverage(checks.all(), notChecked, notes),
        new Report.Times(
            phases.facts(),
            restoreTime().map(Duration::toMillis).orElse(null),
            phases.total().toMillis()));
  }
}
