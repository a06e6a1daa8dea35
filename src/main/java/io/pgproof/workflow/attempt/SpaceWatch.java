package io.pgproof.workflow.attempt;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.backup.restore.DiskSpace;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.FailureLog;
import io.pgproof.proof.Finding;
import io.pgproof.proof.LogContext;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.lang3.concurrent.BasicThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the containers that take too much of the disk, before the engine runs out of space: a
 * restored server writes as much as its WAL and the queries make it write.
 *
 * <p>The free space is checked four times a second. The restore itself stops at the reserve. At
 * half of the reserve, the run that takes the most is ended, so that a restore is reported first;
 * among runs that take the same, the youngest is ended. Until its files are removed, the next one
 * is ended at half of that, and so on. Only then are runs without a limit measured.
 *
 * <p>A run with a limit is ended when it takes more. Measuring it means walking its directory,
 * which takes milliseconds for thousands of files. The runs with a limit are measured one after
 * another, then not again for 19 times as long as that took, and for at least one second. So this
 * costs at most 5 % of one processor, and a run may exceed its limit for that long.
 */
final class SpaceWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SpaceWatch.class);
  private static final long LOOK_EVERY_MILLIS = 250;
  private static final long SHORTEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int PAUSES_A_MEASUREMENT = 19;
  private static final Duration LONGEST_WALK = Duration.ofMinutes(5);

  /** The disk continues to fill meanwhile. */
  private static final Duration LONGEST_CHOICE = Duration.ofSeconds(2);

  private final EvidenceLog evidenceLog;
  private final Sandbox sandbox;
  private final StateDirectory state;
  private final RestoreAttempts restoreAttempts;
  private final long reserve;
  private final ScheduledExecutorService looking =
      Executors.newScheduledThreadPool(
          2, BasicThreadFactory.builder().namingPattern("space-watch").daemon().build());

  /**
   * @param reserveBytes free space that a restore leaves
   */
  SpaceWatch(
      EvidenceLog evidenceLog,
      Sandbox sandbox,
      StateDirectory state,
      RestoreAttempts restoreAttempts,
      long reserveBytes) {
    this.evidenceLog = evidenceLog;
    this.sandbox = sandbox;
    this.state = state;
    this.restoreAttempts = restoreAttempts;
    this.reserve = reserveBytes;
    var unused =
        looking.scheduleWithFixedDelay(
            this::enforceReserve, LOOK_EVERY_MILLIS, LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
    unused = looking.schedule(this::enforceLimits, SHORTEST_PAUSE_NANOS, TimeUnit.NANOSECONDS);
  }

  void enforceReserve() {
    try {
      long leaving = youngestFirst().filter(RestoreAttempt::cutOff).count();
      long least = reserve >> Math.min(leaving + 1, Long.SIZE - 1);
      if (Files.getFileStore(state.path()).getUsableSpace() < least) {
        endLargest(least);
      }
    } catch (IOException | RuntimeException | Error e) {
      FailureLog.log(LOG, "the free space could not be measured or kept free", e);
    }
  }

  private void enforceLimits() {
    long began = System.nanoTime();
    try {
      youngestFirst()
          .forEach(
              restoreAttempt ->
                  restoreAttempt
                      .request()
                      .resources()
                      .diskBytes()
                      .ifPresent(
                          bound ->
                              LogContext.with(
                                  Optional.of(restoreAttempt.run()),
                                  restoreAttempt.request().target(),
                                  () -> enforceLimit(restoreAttempt, bound))));
    } catch (RuntimeException | Error e) {
      FailureLog.log(
          LOG, "the space that runs use could not be measured; pgproof will try again", e);
    } finally {
      if (!looking.isShutdown()) {
        long took = System.nanoTime() - began;
        var unused =
            looking.schedule(
                this::enforceLimits,
                Math.max(SHORTEST_PAUSE_NANOS, PAUSES_A_MEASUREMENT * took),
                TimeUnit.NANOSECONDS);
      }
    }
  }

  private void enforceLimit(RestoreAttempt restoreAttempt, long bound) {
    try {
      long taken = isRunning(restoreAttempt) ? restoreAttempt.bytesOnDisk(LONGEST_WALK) : 0;
      if (taken > bound) {
        endAttempt(
            restoreAttempt,
            DiskSpace.overBound(
                String.format(
                    Locale.ROOT,
                    "the run used %,d bytes on the file system of %s, but the setting disk allows %,d",
                    taken,
                    state.path(),
                    bound)));
      }
    } catch (IOException | RuntimeException | Error e) {
      if (!looking.isShutdown()) {
        FailureLog.log(
            LOG,
            "the disk space of run " + restoreAttempt.run() + " could not be measured or limited",
            e);
      }
    }
  }

  private void endLargest(long least) {
    List<RestoreAttempt> atWork = youngestFirst().filter(this::isRunning).toList();
    if (atWork.size() == 1) {
      endAttempt(atWork.get(0), diskFull("the restored server filled the disk", least, ""));
      return;
    }
    long end = System.nanoTime() + LONGEST_CHOICE.toNanos();
    RestoreAttempt largest = null;
    long most = -1;
    for (RestoreAttempt restoreAttempt : atWork) {
      long taken = bytesUsed(restoreAttempt, end - System.nanoTime());
      if (taken > most) {
        most = taken;
        largest = restoreAttempt;
      }
    }
    if (largest != null) {
      endAttempt(
          largest,
          diskFull(
              "the disk is full",
              least,
              String.format(
                  Locale.ROOT,
                  ", and of %d runs in containers this one used the most%s",
                  atWork.size(),
                  most == Long.MAX_VALUE ? "" : String.format(Locale.ROOT, ", %,d bytes", most))));
    }
  }

  /**
   * Measures an attempt; one that cannot be measured in time has so many files that it counts as
   * the largest.
   */
  private static long bytesUsed(RestoreAttempt restoreAttempt, long withinNanos) {
    try {
      return restoreAttempt.bytesOnDisk(Duration.ofNanos(Math.max(1, withinNanos)));
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
  }

  private Finding diskFull(String what, long least, String who) {
    return Finding.of(
        Reason.DISK_FULL,
        String.format(
            Locale.ROOT,
            "%s: less than %,d bytes were left on the file system of %s%s",
            what,
            least,
            state.path(),
            who));
  }

  private Stream<RestoreAttempt> youngestFirst() {
    return restoreAttempts.all().stream()
        .sorted(Comparator.comparing(RunId::value).reversed())
        .flatMap(run -> restoreAttempts.find(run).stream());
  }

  private boolean isRunning(RestoreAttempt restoreAttempt) {
    return !restoreAttempt.cutOff() && sandbox.running(restoreAttempt.machine());
  }

  private void endAttempt(RestoreAttempt restoreAttempt, Finding finding) {
    if (!restoreAttempt.cutOffNow()) {
      return;
    }
    // First, so that this finding precedes whatever the end of the server looks like.
    try {
      new Evidence.Found(finding).record(evidenceLog, restoreAttempt.run());
    } finally {
      sandbox.destroy(restoreAttempt.machine());
    }
  }

  @Override
  public void close() {
    looking.shutdownNow();
  }
}
