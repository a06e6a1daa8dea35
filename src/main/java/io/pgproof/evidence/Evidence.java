package io.pgproof.evidence;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.backup.source.BackupSelection;
import io.pgproof.proof.Finding;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the trail of a run tells, one type for each {@link EvidenceKind}. */
public sealed interface Evidence {
  /** The task in which operators review a stale backup, as entries name it. */
  String REVIEW_STALE_BACKUP = "reviewStaleBackup";

  /** The decision that passes a backup on to the next ones to decide, as entries name it. */
  String ESCALATE = "escalate";

  /** One line for a person. */
  String tell();

  /** Adds this to a run's trail, in the transaction of the caller. */
  default void record(EvidenceLog evidenceLog, RunId run, String actor) {
    EvidenceKind kind = EvidenceKind.of(getClass());
    evidenceLog.record(run, kind.code(), kind.schema(), actor, this);
  }

  /** Adds what pgproof did or found by itself. */
  default void record(EvidenceLog evidenceLog, RunId run) {
    record(evidenceLog, run, EvidenceLog.PGPROOF);
  }

  /**
   * Someone asked for a verification; {@code again} is the run after which it is made again, or
   * {@code null}.
   */
  record Asked(VerificationRequest request, String again) implements Evidence {
    @Override
    public String tell() {
      return "asked to verify "
          + request.path()
          + (again == null ? "" : " again, after run " + again);
    }
  }

  /**
   * The schedule of the run's target asked for it.
   *
   * @param since the due time that it was begun for, the first one of those that had passed
   * @param times how many due times had passed
   * @param late how long after the first of them it was begun
   */
  record Due(Instant since, int times, Duration late) implements Evidence {
    private static final Duration ON_TIME = Duration.ofMinutes(1);

    /** Whether a due time was missed, for the server was down or busy. */
    public boolean missed() {
      return times > 1 || late.compareTo(ON_TIME) > 0;
    }

    @Override
    public String tell() {
      return times > 1
          ? "catches up for "
              + times
              + " due times that were missed since "
              + HumanFormat.time(since)
          : "was due at "
              + HumanFormat.time(since)
              + (missed() ? ", begun " + HumanFormat.duration(late) + " late" : "");
    }
  }

  /**
   * Due times of the run's target passed while the run had no verdict yet; no other run was begun
   * for them.
   */
  record DuePassedOver(Instant since, int times) implements Evidence {
    @Override
    public String tell() {
      return (times == 1 ? "the due time at " : times + " due times since ")
          + HumanFormat.time(since)
          + " passed over, for this run had no verdict yet";
    }
  }

  /**
   * A backup of the run's target came to lie there and was complete.
   *
   * @param identity tells it from others, see {@link
   *     io.pgproof.backup.source.BackupSnapshot#identity}
   */
  record Noticed(String target, String path, String identity) implements Evidence {
    @Override
    public String tell() {
      return "noticed a new backup: " + path;
    }
  }

  /**
   * One backup was chosen among many; the whole run is about it, whatever comes to lie beside it
   * meanwhile.
   *
   * @param skipped those that are no whole backup, the newest first, each with why
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

    /** As it stands behind the path. */
    public String words() {
      return (of == 1 ? "the only one in " : "the newest of " + of + " in ")
          + parent
          + (whole ? "" : of == 1 ? ", and not finished" : ", of which none is finished");
    }

    /** The first of those that were skipped, and how many more. */
    public List<String> told() {
      List<String> told = new ArrayList<>(skipped.subList(0, Math.min(skipped.size(), MOST_TOLD)));
      if (skipped.size() > MOST_TOLD) {
        told.add("and " + (skipped.size() - MOST_TOLD) + " more");
      }
      return told;
    }

    @Override
    public String tell() {
      return "chose "
          + path
          + ", "
          + words()
          + (skipped.isEmpty() ? "" : "; skipped " + String.join("; ", told()));
    }
  }

  /** The backup told what it is; {@code timeline} is its own, or null before version 11. */
  record Inspected(Report.BackupFacts backup, Integer timeline) implements Evidence {
    /**
     * What tells the backup that was inspected later from this one; what either does not know tells
     * nothing.
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

    private static Optional<String> difference(String what, Object was, Object is) {
      return was == null || is == null || was.equals(is)
          ? Optional.empty()
          : Optional.of("its " + what + " is " + is + " and was " + was);
    }

    @Override
    public String tell() {
      return "a " + backup.format() + " backup of PostgreSQL " + backup.postgresVersion();
    }
  }

  /** The image to restore in. */
  record ImageFound(Report.ImageFacts image) implements Evidence {
    @Override
    public String tell() {
      return "image " + image.key() + " with PostgreSQL " + image.postgresVersion();
    }
  }

  /**
   * As many runs as may be are in containers, or one of the same backup is; {@code behind} are
   * those, then others who wait.
   */
  record TurnAwaited(List<String> behind) implements Evidence {
    private static final int MOST_TOLD = 3;

    /** As it stands on the progress line. */
    public static String words(List<String> behind) {
      int more = behind.size() - MOST_TOLD;
      return "for its turn, behind "
          + String.join(", ", behind.subList(0, Math.min(behind.size(), MOST_TOLD)))
          + (more > 0 ? " and " + more + " more" : "");
    }

    @Override
    public String tell() {
      return "waits " + words(behind);
    }
  }

  /** A run that had to wait may go into a container. */
  record TurnTaken() implements Evidence {
    @Override
    public String tell() {
      return "its turn came";
    }
  }

  /** A stay in the container was begun, counted from 1. */
  record AttemptBegun(int attempt) implements Evidence {
    @Override
    public String tell() {
      return "attempt " + attempt + " began";
    }
  }

  /**
   * The data directory was written whole.
   *
   * @param pagesOpen pages to be read again after recovery; null where there are none
   * @param neededLsn end of the WAL that the backup needs, by its manifest; null where that does
   *     not tell
   * @param pageChecksums whether the cluster keeps checksums of its pages
   */
  record Restored(
      Report.BackupFacts backup,
      List<Report.CheckFacts> checks,
      List<String> notChecked,
      String pagesOpen,
      String neededLsn,
      Boolean pageChecksums)
      implements Evidence {
    @Override
    public String tell() {
      return "restored " + HumanFormat.bytes(backup.bytes());
    }
  }

  /** The restored copy has settings of pgproof's own, and nothing in it makes it a standby. */
  record RecoveryPrepared() implements Evidence {
    @Override
    public String tell() {
      return "recovery prepared";
    }
  }

  /** The container is there, and does not run. */
  record ContainerCreated(String container) implements Evidence {
    @Override
    public String tell() {
      return "container " + container + " created";
    }
  }

  /** The container runs, the server recovers. */
  record Started(String container) implements Evidence {
    @Override
    public String tell() {
      return "container " + container + " started";
    }
  }

  /** Recovery ended as the backup says it must. */
  record Recovered(Report.RecoveryFacts recovery, Report.CheckFacts check) implements Evidence {
    @Override
    public String tell() {
      return "recovered up to " + recovery.endLsn();
    }
  }

  /** Recovery ended in a finding, and came so far. */
  record RecoveryBroken(Report.RecoveryFacts recovery) implements Evidence {
    @Override
    public String tell() {
      return (recovery.consistent() ? "recovery was consistent" : "recovery was not consistent")
          + (recovery.endLsn() == null ? "" : " and came to " + recovery.endLsn());
    }
  }

  /** The recovered database is being asked. */
  record ChecksBegun() implements Evidence {
    @Override
    public String tell() {
      return "checks began";
    }
  }

  /** The database was asked; {@code findings} is how many entries of that kind belong to it. */
  record Checked(
      List<Report.CheckFacts> checks,
      Report.FreshnessFacts freshness,
      List<String> notChecked,
      Integer findings)
      implements Evidence {
    @Override
    public String tell() {
      return "checked the restored database: "
          + checks.size()
          + (checks.size() == 1 ? " check" : " checks");
    }
  }

  /**
   * What a person should know of the backup and what does not change the verdict, one line each.
   */
  record Noted(List<String> notes) implements Evidence {
    @Override
    public String tell() {
      return "noted: " + String.join("; ", notes);
    }
  }

  /** Something keeps the backup from being proven. */
  record Found(String reason, String message, String hint, String words) implements Evidence {
    public static Found of(Finding finding) {
      return new Found(finding.reason().code(), finding.message(), finding.hint(), finding.words());
    }

    public Finding finding() {
      return Finding.of(Reason.of(reason), message, hint, words);
    }

    @Override
    public String tell() {
      return "found " + reason + ": " + message;
    }
  }

  /** A stay was cut off by the end of the program; the next owner noticed. */
  record Interrupted(int attempt) implements Evidence {
    @Override
    public String tell() {
      return "attempt " + attempt + " had been cut off by the end of the program";
    }
  }

  /** Whoever asked for the run took it back. */
  record Withdrawn(String by) implements Evidence {
    @Override
    public String tell() {
      return "took the verification back";
    }
  }

  /** The container is gone. */
  record ContainerDestroyed(String container) implements Evidence {
    @Override
    public String tell() {
      return "container " + container + " destroyed";
    }
  }

  /** The files are gone, or kept on request; then both are given. */
  record FilesRemoved(String keptAt, Instant keptUntil) implements Evidence {
    @Override
    public String tell() {
      return keptAt == null
          ? "restored files removed"
          : "restored files kept at " + keptAt + " until " + keptUntil;
    }
  }

  /** The verdict, with all that it rests on. */
  record VerdictReached(Report report) implements Evidence {
    @Override
    public String tell() {
      return "verdict: " + report.verdict() + " (" + report.reason() + ")";
    }
  }

  /** A person is asked. */
  record TaskOpened(String task, String name, String group) implements Evidence {
    @Override
    public String tell() {
      return "task '" + name + "' opened for " + group;
    }
  }

  /** A task about this backup is open already; this run was added to it. */
  record TaskJoined(String openedByRun) implements Evidence {
    @Override
    public String tell() {
      return "joined the open task of run " + openedByRun;
    }
  }

  /** Another bad run of the backup that this run's open task is about. */
  record RunJoined(String run, String verdict, String reason) implements Evidence {
    @Override
    public String tell() {
      return "run " + run + " joined: " + verdict + " (" + reason + ")";
    }
  }

  /** Nobody has decided yet; asked since then. */
  record Reminded(String task, String name, String group, Instant askedSince) implements Evidence {
    @Override
    public String tell() {
      return "reminded "
          + group
          + " of '"
          + name
          + "', undecided since "
          + HumanFormat.time(askedSince);
    }
  }

  /** Nobody decided in time, so it went on without. */
  record NobodyDecided(String task, String name, Duration within) implements Evidence {
    /** As it stands where a person's reason would. */
    public String words() {
      return "nobody decided within " + HumanFormat.duration(within);
    }

    @Override
    public String tell() {
      return words() + " in '" + name + "', so it was escalated";
    }
  }

  /**
   * A person accepted a stale backup until a time; {@code backup} identifies it, whatever its path.
   */
  record WaiverGranted(String backup, Instant until, String reason) implements Evidence {
    @Override
    public String tell() {
      return "accepted this backup until " + HumanFormat.time(until) + ", because: " + reason;
    }
  }

  /** The backup is stale, and a person had accepted that in another run; nobody is asked again. */
  record Waived(String run, String grantedBy, Instant until, String reason) implements Evidence {
    @Override
    public String tell() {
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
  record Decided(String task, String name, String decision, String reason) implements Evidence {
    @Override
    public String tell() {
      return "decided in '"
          + name
          + "': "
          + decision
          + (reason == null ? "" : ", because: " + reason);
    }
  }

  /**
   * A person deleted the run while it waited for a decision; the last task about it was this one.
   */
  record DecisionTakenAway(String task, String name, String verdict, String reason, String because)
      implements Evidence {
    @Override
    public String tell() {
      return "deleted the run with its task '"
          + name
          + "', so nobody decides about the verdict "
          + verdict
          + " ("
          + reason
          + ")"
          + (because == null ? "" : ", because: " + because);
    }
  }

  /** A decision led to another verification. */
  record BegunAgain(String run) implements Evidence {
    @Override
    public String tell() {
      return "verification begun again as run " + run;
    }
  }

  /** A recipient was told; {@code message} is the id that the message carries. */
  record Told(String recipient, String channel, String event, String message) implements Evidence {
    @Override
    public String tell() {
      return "told " + recipient + " by " + channel + ": " + event + ", message " + message;
    }
  }

  /** A recipient was not told, and will not be unless somebody mends what is wrong. */
  record NotTold(String recipient, String event, String message, String why) implements Evidence {
    @Override
    public String tell() {
      return "could not tell " + recipient + ": " + event + ", message " + message + ": " + why;
    }
  }

  /** The kind of the entry as it stands in the table. */
  static String kind(Class<? extends Evidence> type) {
    return EvidenceKind.of(type).code();
  }

  /**
   * @throws IllegalStateException for an entry that this version cannot read
   */
  static Evidence read(EvidenceEntry evidenceEntry) {
    return EvidenceKind.read(evidenceEntry);
  }
}
