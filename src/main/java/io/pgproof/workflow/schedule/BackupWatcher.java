package io.pgproof.workflow.schedule;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.VerdictHistory;
import io.pgproof.backup.format.BackupIdentity.Label;
import io.pgproof.backup.restore.Backups;
import io.pgproof.backup.source.BackupSnapshot;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.OpenTasks;
import io.pgproof.proof.FailureLog;
import io.pgproof.proof.LogContext;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Target;
import io.pgproof.workflow.verify.Verifications;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.commons.lang3.concurrent.BasicThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins the verification of each new backup of a watched target once it is complete.
 *
 * <p>Each target has its own thread, because a target on a mount that hangs must not keep the
 * others from being looked at, nor the daemon from ending.
 */
public final class BackupWatcher implements AutoCloseable {
  /** The requester of a verification of a backup that the watch found. */
  static final String ASKED_BY = "watch";

  private static final Logger LOG = LoggerFactory.getLogger(BackupWatcher.class);
  private static final int LOOKS = 2;

  /**
   * Without a manifest, which is written last, only the passing of time shows that the backup is
   * complete.
   */
  private static final int LOOKS_WITHOUT_MANIFEST = 10;

  /** Number of runs of a target in which to look whether a backup was verified. */
  private static final int MOST_RUNS = 1_000;

  private final EvidenceLog evidenceLog;
  private final VerdictHistory verdictHistory;
  private final CurrentConfiguration configuration;
  private final Verifications verifications;
  private final Duration every;
  private final Map<String, Seen> seen = new ConcurrentHashMap<>();
  private final Set<String> looking = ConcurrentHashMap.newKeySet();
  private final Set<String> late = new HashSet<>();
  private final Set<String> missing = ConcurrentHashMap.newKeySet();
  private final ExecutorService lookers =
      Executors.newCachedThreadPool(
          BasicThreadFactory.builder().namingPattern("backup-watch").daemon().build());

  BackupWatcher(
      EvidenceLog evidenceLog,
      VerdictHistory verdictHistory,
      CurrentConfiguration configuration,
      Verifications verifications,
      Duration every) {
    this.evidenceLog = evidenceLog;
    this.verdictHistory = verdictHistory;
    this.configuration = configuration;
    this.verifications = verifications;
    this.every = every;
  }

  /**
   * What was seen of a target, and the result.
   *
   * @param looks how many looks in a row saw the same
   * @param settled whether nothing more is to be done about it
   */
  private record Seen(BackupSnapshot sighting, int looks, boolean settled) {}

  /** Returns the time between two looks. */
  public Duration every() {
    return every;
  }

  /** Begins to look at all watched targets, and returns at once. */
  public synchronized void check() {
    List<Target> watched =
        configuration.get().targets().stream().filter(target -> target.plan().watch()).toList();
    seen.keySet().retainAll(watched.stream().map(Target::name).toList());
    for (Target target : watched) {
      if (looking.add(target.name())) {
        late.remove(target.name());
        lookers.execute(
            () ->
                LogContext.with(
                    Optional.empty(), Optional.of(target.name()), () -> checkOnce(target)));
      } else if (late.add(target.name())) {
        LogContext.with(
            Optional.empty(),
            Optional.of(target.name()),
            () ->
                LOG.warn(
                    "the last check of {} for target {} has not ended; check whether the mount hangs",
                    target.path(),
                    target.name()));
      }
    }
  }

  private void checkOnce(Target target) {
    try {
      check(target);
    } catch (RuntimeException | Error e) {
      FailureLog.log(
          LOG, "target " + target.name() + " could not be checked; pgproof will try again", e);
    } finally {
      looking.remove(target.name());
    }
  }

  /** Returns whether no look is in progress. */
  boolean isIdle() {
    return looking.isEmpty();
  }

  private void check(Target target) {
    Optional<BackupSnapshot> sighting;
    try {
      sighting = Backups.snapshot(target.path());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    if (sighting.isEmpty()) {
      seen.remove(target.name());
      if (!Files.isReadable(target.path()) && missing.add(target.name())) {
        LOG.warn(
            "target {} is watched, but {} cannot be read; check the path and the mount",
            target.name(),
            target.path());
      }
      return;
    }
    missing.remove(target.name());
    Seen before = seen.get(target.name());
    Seen now =
        before != null && before.sighting().equals(sighting.get())
            ? new Seen(before.sighting(), before.looks() + 1, before.settled())
            : new Seen(sighting.get(), 1, false);
    boolean complete = now.looks() >= (now.sighting().manifest() ? LOOKS : LOOKS_WITHOUT_MANIFEST);
    seen.put(
        target.name(),
        new Seen(
            now.sighting(),
            now.looks(),
            now.settled() || (complete && settle(target, now.sighting()))));
  }

  /**
   * Begins the verification of a backup unless it was verified. Returns whether nothing more is to
   * be done about it.
   */
  private boolean settle(Target target, BackupSnapshot sighting) {
    if (verifications.unfinished(target.name(), null).isPresent()) {
      // That run may be about this backup; this is known when it has ended.
      return false;
    }
    if (!verified(target, sighting)) {
      RunId run =
          verifications.beginUnseen(
              target.request(ASKED_BY),
              null,
              Optional.of(
                  new Evidence.Noticed(
                      target.name(), sighting.directory().toString(), sighting.identity())));
      LogContext.with(
          Optional.of(run),
          Optional.of(target.name()),
          () ->
              LOG.info(
                  "found a new backup of target {}; run {} verifies it: {}",
                  target.name(),
                  run,
                  sighting.directory()));
    }
    return true;
  }

  private boolean verified(Target target, BackupSnapshot sighting) {
    List<RunId> runs =
        verdictHistory.latest(OpenTasks.backupKey(target.request(ASKED_BY)), MOST_RUNS).stream()
            .map(VerdictHistory.Reached::run)
            .toList();
    return evidenceLog.last(runs, Evidence.kind(Evidence.Noticed.class)).values().stream()
            .anyMatch(
                entry ->
                    ((Evidence.Noticed) Evidence.read(entry))
                        .identity()
                        .equals(sighting.identity()))
        || (sighting.label().isPresent()
            && evidenceLog.last(runs, Evidence.kind(Evidence.Inspected.class)).values().stream()
                .anyMatch(
                    entry ->
                        sameBackup(
                            ((Evidence.Inspected) Evidence.read(entry)).backup(), sighting)));
  }

  private static boolean sameBackup(Report.BackupFacts backup, BackupSnapshot sighting) {
    Label label = sighting.label().orElseThrow();
    return backup.startLsn().equals(label.startLsn().toString())
        && backup.startTime().equals(label.startTime())
        && backup.bytes() == sighting.bytes();
  }

  @Override
  public void close() {
    // No interrupt: it would break off a database query in progress.
    lookers.shutdown();
  }
}
