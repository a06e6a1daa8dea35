package io.pgproof.evidence;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.backup.source.BackupSelection;
import io.pgproof.proof.Check;
import io.pgproof.proof.Finding;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.target.VerificationRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The evidence of a run, one type for each {@link EvidenceKind}. */
public sealed interface Evidence {
  /** The task in which operators review a stale backup, as entries name it. */
  String REVIEW_STALE_BACKUP = "reviewStaleBackup";

  /** The decision that escalates a backup to the approvers, as entries name it. */
  String ESCALATE = "escalate";

  /** Returns one line for a person to read. */
  String describe();

  /** Adds this to the evidence of a run, in the transaction of the caller. */
  default void record(EvidenceLog evidenceLog, RunId run, String actor) {
    EvidenceKind kind = EvidenceKind.of(getClass());
    evidenceLog.record(run, kind.code(), kind.schema(), actor, this);
  }

  /** Adds what pgproof did or found by itself. */
  default void record(EvidenceLog evidenceLog, RunId run) {
    record(evidenceLog, run, EvidenceLog.PGPROOF);
  }

  /**
   * Someone requested a verification.
   *
   * @param again the run that this one repeats, or {@code null}
   * @param control what the run is part of, if it is a negative control and says nothing about a
   *     target; {@code null} otherwise
   */
  record Asked(
      VerificationRequest request,
      @Nullable String again,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ControlRun control)
      implements Evidence {
    public Asked(VerificationRequest request, @Nullable String again) {
      this(request, again, null);
    }

    @Override
    public String describe() {
      return "requested verification of "
          + request.path()
          + (again == null ? "" : " again, after run " + again)
          + (control == null ? "" : ", as " + control.describe());
    }
  }

  /**
   * A run of a negative control.
   *
   * @param control id of the control
   * @param target the target whose backup was copied
   * @param layer what was damaged, such as {@code page}
   * @param damage what was damaged, in words
   * @param files how many files were damaged; if more than one, each is in another database
   */
  record ControlRun(String control, String target, String layer, String damage, int files) {
    public String describe() {
      return "negative control " + control + " of " + target + " (" + layer + ": " + damage + ")";
    }
  }

  /**
   * Someone requested a negative control of a target.
   *
   * @param request how the copies are verified; its path is that of the target
   */
  record ControlAsked(String target, VerificationRequest request) implements Evidence {
    @Override
    public String describe() {
      return "requested a negative control of " + target;
    }
  }

  /**
   * A proven backup was chosen, of which copies are damaged.
   *
   * @param run the last run that proved it
   * @param path where it is
   * @param startLsn distinguishes it from a later backup at the same path
   */
  record ControlChosen(String run, String path, String startLsn) implements Evidence {
    @Override
    public String describe() {
      return "chose the backup " + path + ", which run " + run + " proved";
    }
  }

  /** One layer was judged. */
  record ControlJudged(@JsonUnwrapped ControlResult result) implements Evidence {
    @Override
    public String describe() {
      return result.describe();
    }
  }

  /**
   * A negative control ended.
   *
   * @param backup {@code null} if there was no proven backup
   * @param results of all layers, in their order
   * @param why why there are no results, or {@code null}
   */
  record ControlEnded(
      String target, @Nullable String backup, List<ControlResult> results, @Nullable String why)
      implements Evidence {
    public ControlEnded {
      results = List.copyOf(results);
    }

    /** Returns the results with this outcome. */
    public List<ControlResult> with(ControlResult.Outcome outcome) {
      return results.stream().filter(result -> result.outcome() == outcome).toList();
    }

    @Override
    public String describe() {
      return why != null
          ? "ended the negative control of " + target + " without a result: " + why
          : "ended the negative control of "
              + target
              + ": "
              + Stream.of(ControlResult.Outcome.values())
                  .filter(outcome -> !with(outcome).isEmpty())
                  .map(outcome -> with(outcome).size() + " " + outcome.words())
                  .collect(Collectors.joining(", "));
    }
  }

  /**
   * The schedule of the run's target requested the verification.
   *
   * @param since the first of the due times that had passed
   * @param times how many due times had passed
   * @param late how long after the first of them the run began
   */
  record Due(Instant since, int times, Duration late) implements Evidence {
    private static final Duration ON_TIME = Duration.ofMinutes(1);

    /** Returns whether a due time was missed because the server was down or busy. */
    public boolean missed() {
      return times > 1 || late.compareTo(ON_TIME) > 0;
    }

    @Override
    public String describe() {
      return times > 1
          ? "catches up for "
              + times
              + " due times that were missed since "
              + HumanFormat.time(since)
          : "was due at "
              + HumanFormat.time(since)
              + (missed() ? ", started " + HumanFormat.duration(late) + " late" : "");
    }
  }

  /**
   * Due times of the target passed while this run had no verdict yet, or this negative control had
   * not ended; no other was begun for them.
   */
  record DuePassedOver(Instant since, int times) implements Evidence {
    @Override
    public String describe() {
      return (times == 1 ? "the due time at " : times + " due times since ")
          + HumanFormat.time(since)
          + " skipped, because this run or control had not ended yet";
    }
  }

  /**
   * A new, complete backup of the run's target appeared.
   *
   * @param identity distinguishes it from others, see {@link
   *     io.pgproof.backup.source.BackupSnapshot#identity}
   */
  record Noticed(String target, String path, String identity) implements Evidence {
    @Override
    public String describe() {
      return "found a new backup: " + path;
    }
  }

  /**
   * One backup was chosen among many; the whole run is about this backup, even if others appear
   * beside it meanwhile.
   *
   * @param skipped those that are not complete backups, newest first, each with the reason
   */
  record Chosen(String path, String parent, int of, boolean whole, List<String> skipped)
      implements Evidence {
    private static final int MOST_TOLD = 5;

    public static Chosen of(Path path, BackupSelection backupSelection) {
      return new Chosen(
          path.toString(),
          backupSelection.parent().toString(),
          backupSelection.of(),
          backupSelection.whole(),
          backupSelection.skipped());
    }

    /** Returns the text that is shown after the path. */
    public String describeChoice() {
      return (of == 1 ? "the only one in " : "the newest of " + of + " in ")
          + parent
          + (whole ? "" : of == 1 ? ", but not finished" : ", and none of them is finished");
    }

    /** Returns the first of the skipped backups, and how many more there are. */
    public List<String> firstSkipped() {
      List<String> told = new ArrayList<>(skipped.subList(0, Math.min(skipped.size(), MOST_TOLD)));
      if (skipped.size() > MOST_TOLD) {
        told.add("and " + (skipped.size() - MOST_TOLD) + " more");
      }
      return told;
    }

    @Override
    public String describe() {
      return "chose "
          + path
          + ", "
          + describeChoice()
          + (skipped.isEmpty() ? "" : "; skipped " + String.join("; ", firstSkipped()));
    }
  }

  /**
   * The backup's own description was read; {@code timeline} is its own, or null before version 11.
   */
  record Inspected(Report.BackupFacts backup, @Nullable Integer timeline) implements Evidence {
    /**
     * Returns what distinguishes the backup that was inspected later from this one; a fact that one
     * of the two does not know is not compared.
     */
    public Optional<String> otherThan(Inspected later) {
      return Stream.of(
              difference("version", backup.postgresVersion(), later.backup.postgresVersion()),
              difference(
                  "system identifier", backup.systemIdentifier(), later.backup.systemIdentifier()),
              difference("START WAL LOCATION", backup.startLsn(), later.backup.startLsn()),
              difference("START TIME", backup.startTime(), later.backup.startTime()),
              difference("timeline", timeline, later.timeline))
          .flatMap(Optional::stream)
          .findFirst();
    }

    private static Optional<String> difference(
        String what, @Nullable Object was, @Nullable Object is) {
      return was == null || is == null || was.equals(is)
          ? Optional.empty()
          : Optional.of("its " + what + " is " + is + " and was " + was);
    }

    @Override
    public String describe() {
      return "a " + backup.format() + " backup of PostgreSQL " + backup.postgresVersion();
    }
  }

  /** The image for the restore was found. */
  record ImageFound(Report.ImageFacts image) implements Evidence {
    @Override
    public String describe() {
      return "image " + image.key() + " with PostgreSQL " + image.postgresVersion();
    }
  }

  /**
   * The run has to wait because the maximum number of runs is in containers, or because one run is
   * about the same backup; {@code behind} lists the runs in containers first, then the waiting runs
   * before this one.
   */
  record TurnAwaited(List<String> behind) implements Evidence {
    private static final int MOST_TOLD = 3;

    /** Returns the text for the progress line. */
    public static String describeQueue(List<String> behind) {
      int more = behind.size() - MOST_TOLD;
      return "for a container slot, behind "
          + String.join(", ", behind.subList(0, Math.min(behind.size(), MOST_TOLD)))
          + (more > 0 ? " and " + more + " more" : "");
    }

    @Override
    public String describe() {
      return "waits " + describeQueue(behind);
    }
  }

  /** A run that had to wait got its container slot. */
  record TurnTaken() implements Evidence {
    @Override
    public String describe() {
      return "got a container slot";
    }
  }

  /** An attempt in the container was begun, counted from 1. */
  record AttemptBegun(int attempt) implements Evidence {
    @Override
    public String describe() {
      return "attempt " + attempt + " started";
    }
  }

  /**
   * The data directory was completely written.
   *
   * @param pagesOpen pages to read again after recovery; null where there are none
   * @param neededLsn end of the WAL that the backup needs, according to its manifest; null where
   *     the manifest does not say
   * @param pageChecksums whether the cluster has page checksums enabled
   */
  record Restored(
      Report.BackupFacts backup,
      List<Check> checks,
      List<String> notChecked,
      @Nullable String pagesOpen,
      @Nullable String neededLsn,
      @Nullable Boolean pageChecksums)
      implements Evidence {
    @Override
    public String describe() {
      return "restored " + HumanFormat.bytes(backup.bytes());
    }
  }

  /** The restored copy has pgproof's own settings, and nothing in it makes it a standby. */
  record RecoveryPrepared() implements Evidence {
    @Override
    public String describe() {
      return "recovery prepared";
    }
  }

  /** The container was created but not started. */
  record ContainerCreated(String container) implements Evidence {
    @Override
    public String describe() {
      return "container " + container + " created";
    }
  }

  /** The container runs and the server recovers. */
  record Started(String container) implements Evidence {
    @Override
    public String describe() {
      return "container " + container + " started";
    }
  }

  /** Recovery ended as the backup requires. */
  record Recovered(Report.RecoveryFacts recovery, Check check) implements Evidence {
    @Override
    public String describe() {
      return "recovered up to " + recovery.endLsn();
    }
  }

  /** Recovery ended in a finding; {@code recovery} says how far it came. */
  record RecoveryBroken(Report.RecoveryFacts recovery) implements Evidence {
    @Override
    public String describe() {
      return (recovery.consistent() ? "recovery was consistent" : "recovery was not consistent")
          + (recovery.endLsn() == null ? "" : " and reached " + recovery.endLsn());
    }
  }

  /** The checks on the recovered database began. */
  record ChecksBegun() implements Evidence {
    @Override
    public String describe() {
      return "checks started";
    }
  }

  /**
   * The checks on the database ended; {@code findings} is the number of finding entries that belong
   * to them.
   */
  record Checked(
      List<Check> checks,
      Report.@Nullable FreshnessFacts freshness,
      List<String> notChecked,
      @Nullable Integer findings)
      implements Evidence {
    @Override
    public String describe() {
      return "ran checks on the restored database: "
          + checks.size()
          + (checks.size() == 1 ? " check" : " checks");
    }
  }

  /**
   * Facts about the backup that a person should know and that do not change the verdict, one line
   * each.
   */
  record Noted(List<String> notes) implements Evidence {
    @Override
    public String describe() {
      return "noted: " + String.join("; ", notes);
    }
  }

  /** Something keeps the backup from being proven. */
  record Found(@JsonUnwrapped Finding finding) implements Evidence {
    @Override
    public String describe() {
      return "found " + finding.reason().code() + ": " + finding.message();
    }
  }

  /** The end of the program interrupted an attempt; the next daemon noticed it. */
  record Interrupted(int attempt) implements Evidence {
    @Override
    public String describe() {
      return "attempt " + attempt + " was cut off when pgproof ended";
    }
  }

  /** The requester withdrew the run. */
  record Withdrawn(String by) implements Evidence {
    @Override
    public String describe() {
      return "cancelled the verification";
    }
  }

  /** The container was destroyed. */
  record ContainerDestroyed(String container) implements Evidence {
    @Override
    public String describe() {
      return "container " + container + " destroyed";
    }
  }

  /** The files were removed, or kept on request; if kept, both values are set. */
  record FilesRemoved(@Nullable String keptAt, @Nullable Instant keptUntil) implements Evidence {
    @Override
    public String describe() {
      return keptAt == null
          ? "restored files removed"
          : "restored files kept at " + keptAt + " until " + keptUntil;
    }
  }

  /** The verdict was reached, with everything that it is based on. */
  record VerdictReached(Report report) implements Evidence {
    @Override
    public String describe() {
      return "verdict: "
          + Objects.requireNonNull(report.verdict()).word()
          + " ("
          + report.reason().code()
          + ")";
    }
  }

  /** A task for a person was opened. */
  record TaskOpened(String task, String name, String group) implements Evidence {
    @Override
    public String describe() {
      return "task '" + name + "' opened for " + group;
    }
  }

  /** A task about this backup was already open; this run was added to it. */
  record TaskJoined(String openedByRun) implements Evidence {
    @Override
    public String describe() {
      return "joined the open task of run " + openedByRun;
    }
  }

  /** The backup of this run's open task had another bad run. */
  record RunJoined(String run, Verdict verdict, Reason reason) implements Evidence {
    @Override
    public String describe() {
      return "run " + run + " joined: " + verdict.word() + " (" + reason.code() + ")";
    }
  }

  /**
   * A reminder was due because nobody has decided yet; the task has been open since {@code
   * askedSince}.
   */
  record Reminded(String task, String name, String group, Instant askedSince) implements Evidence {
    @Override
    public String describe() {
      return "reminded "
          + group
          + " of '"
          + name
          + "', undecided since "
          + HumanFormat.time(askedSince);
    }
  }

  /** Nobody decided in time, so the process continued without a decision. */
  record NobodyDecided(String task, String name, Duration within) implements Evidence {
    /** Returns the text that is shown in place of a person's reason. */
    public String describeTimeout() {
      return "nobody decided within " + HumanFormat.duration(within);
    }

    @Override
    public String describe() {
      return describeTimeout() + " in '" + name + "', so it was escalated";
    }
  }

  /**
   * A person accepted a stale backup until a certain time; {@code backup} identifies it, whatever
   * its path.
   */
  record WaiverGranted(String backup, Instant until, String reason) implements Evidence {
    @Override
    public String describe() {
      return "accepted this backup until " + HumanFormat.time(until) + ", because: " + reason;
    }
  }

  /** The backup is stale, and a person accepted that in another run; nobody is asked again. */
  record Waived(String run, String grantedBy, Instant until, String reason) implements Evidence {
    @Override
    public String describe() {
      return "waived: "
          + grantedBy
          + " accepted this backup in run "
          + run
          + " until "
          + HumanFormat.time(until)
          + ", because: "
          + reason;
    }
  }

  /** A person decided. */
  record Decided(String task, String name, String decision, @Nullable String reason)
      implements Evidence {
    @Override
    public String describe() {
      return "decided in '"
          + name
          + "': "
          + decision
          + (reason == null ? "" : ", because: " + reason);
    }
  }

  /** A person was refused a decision because the decision is for somebody else. */
  record DecisionRefused(String task, String name, @Nullable String decision, String because)
      implements Evidence {
    @Override
    public String describe() {
      return "was refused a decision in '"
          + name
          + "'"
          + (decision == null ? "" : ": " + decision)
          + ", because: "
          + because;
    }
  }

  /** A person deleted the run while it waited for a decision; this was the last task about it. */
  record DecisionTakenAway(
      String task, String name, Verdict verdict, Reason reason, @Nullable String because)
      implements Evidence {
    @Override
    public String describe() {
      return "deleted the run with its task '"
          + name
          + "', so nobody decides about the verdict "
          + verdict.word()
          + " ("
          + reason.code()
          + ")"
          + (because == null ? "" : ", because: " + because);
    }
  }

  /** A decision led to another verification. */
  record BegunAgain(String run) implements Evidence {
    @Override
    public String describe() {
      return "verification started again as run " + run;
    }
  }

  /** A recipient was notified; {@code message} is the id that the message carries. */
  record Told(String recipient, String channel, String event, String message) implements Evidence {
    @Override
    public String describe() {
      return "notified " + recipient + " by " + channel + ": " + event + ", message " + message;
    }
  }

  /** A recipient was not notified, and will not be unless somebody fixes the cause. */
  record NotTold(String recipient, String event, String message, String why) implements Evidence {
    @Override
    public String describe() {
      return "could not notify " + recipient + ": " + event + ", message " + message + ": " + why;
    }
  }

  /** Returns the kind of the entry as it is stored in the table. */
  static String kind(Class<? extends Evidence> type) {
    return EvidenceKind.of(type).code();
  }

  /**
   * Reads the body of an entry.
   *
   * @throws IllegalStateException for an entry that this version cannot read
   */
  static Evidence read(EvidenceEntry evidenceEntry) {
    return EvidenceKind.read(evidenceEntry);
  }
}
