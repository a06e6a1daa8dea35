package io.pgproof.postgres.check;

import io.pgproof.postgres.recovery.RestoreTime;
import io.pgproof.postgres.server.ServerText;
import io.pgproof.proof.Check;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report.FreshnessFacts;
import io.pgproof.sandbox.SandboxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs the requested checks on a recovered copy: first the user's queries, then checks that read
 * more and more of the data, and last the check that needs a stopped server.
 */
public final class CheckRunner {
  private final RecoveredCopy copy;
  private final LibraryMismatch libraries;
  private final Depth depth;
  private final Duration limit;
  private final long began = System.nanoTime();
  private final List<Check> checks = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();
  private final List<String> notChecked = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private CheckRunner(RecoveredCopy copy, Depth depth, Duration limit) {
    this.copy = copy;
    this.depth = depth;
    this.limit = limit;
    this.libraries = new LibraryMismatch(copy);
  }

  /** Makes one check. */
  private interface Making {
    CheckResult run() throws InterruptedException;
  }

  /**
   * Makes all checks of a depth. pgproof's own statements have no limit except the common one.
   *
   * @param restore the time that the age of the data is measured against
   * @param torn files with pages that may stay torn, from {@link PagesAfterRecovery}
   * @param limit limit for all checks together. A caller that interrupts after it receives the
   *     findings so far
   * @throws io.pgproof.proof.FindingException {@code environment} if a process other than the
   *     restored server answers
   * @throws InterruptedException if the thread was interrupted; no session is left open then
   */
  public static CheckResults of(
      RecoveredCopy copy,
      UserChecks userChecks,
      Depth depth,
      Set<String> torn,
      RestoreTime restore,
      Duration limit,
      Progress progress)
      throws InterruptedException {
    CheckRunner checkRunner = new CheckRunner(copy, depth, limit);
    progress.at(0, 0, "freshness and assertions");
    UserQueries userQueries = new UserQueries(copy.server(), userChecks, checkRunner.libraries::of);
    checkRunner.inTime(
        UserQueries.FRESHNESS,
        UserQueries.FRESHNESS,
        () -> userQueries.freshness(copy.reached(), copy.control(), restore));
    for (int i = 1; i <= userChecks.assertions().size(); i++) {
      int n = i;
      checkRunner.inTime(
          UserQueries.assertionName(n),
          UserQueries.assertionName(n),
          () -> userQueries.assertion(n));
    }
    checkRunner.runAll(torn, progress);
    return checkRunner.answers(userQueries.facts());
  }

  private void runAll(Set<String> torn, Progress progress) throws InterruptedException {
    runWithinLimit(
        "which libraries the image lacks", () -> libraries.result().ifPresent(this::addResult));
    runWithinLimit("which tables are unlogged", () -> notes.addAll(RestoreNotes.of(copy)));
    runCheck(
        Depth.STANDARD,
        IndexCheck.NAME,
        "indexes and tables (amcheck)",
        () -> IndexCheck.run(copy, depth.atLeast(Depth.DEEP), progress));
    if (depth == Depth.STANDARD) {
      notChecked.add("whether every row is in its indexes");
    }
    runCheck(
        Depth.DEEP, RowCheck.NAME, "every row", () -> new RowCheck(copy, limit, progress).run());
    runCheck(
        Depth.DEEP,
        ChecksumCheck.NAME,
        "checksums of pages as recovery left them (pg_checksums)",
        () -> ChecksumCheck.run(copy, torn, limit, progress));
  }

  /**
   * Gathers information that is not a check of its own. It is left out after the time limit,
   * because a slow server may have used up the time.
   */
  private void runWithinLimit(String what, Runnable looking) {
    if (late()) {
      notChecked.add(what + ", because the checks took too long");
    } else {
      looking.run();
    }
  }

  private void runCheck(Depth from, String name, String what, Making making)
      throws InterruptedException {
    if (depth.atLeast(from)) {
      inTime(
          name,
          what,
          () ->
              copy.server().alive().getAsBoolean()
                  ? runUnlessServerLost(name, what, making)
                  : notMade(name, what));
    } else {
      notChecked.add(what);
    }
  }

  /** Makes a check, unless the time limit of all checks ends before the check does. */
  private void inTime(String name, String what, Making making) throws InterruptedException {
    try {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (!late()) {
        addResult(making.run());
        return;
      }
    } catch (InterruptedException e) {
      if (!late()) {
        throw e;
      }
    }
    String why = "the checks did not end within " + ServerText.of(limit);
    addResult(
        new CheckResult(
            Check.skipped(name, "not completed: " + why),
            List.of(
                Finding.of(
                    Reason.CHECK_TIMEOUT, why + "; the check " + name + " was not completed")),
            List.of(what + ", because the checks took too long")));
  }

  private CheckResult notMade(String name, String what) {
    String why = "not run: the restored server had ended";
    return new CheckResult(
        Check.skipped(name, why),
        findings.isEmpty()
            ? List.of(Finding.of(Reason.CHECK_FAILED, "the check " + name + " was " + why))
            : List.of(),
        List.of(what + ", because the restored server had ended"));
  }

  private CheckResult runUnlessServerLost(String name, String what, Making making)
      throws InterruptedException {
    long started = System.nanoTime();
    try {
      return making.run();
    } catch (SandboxException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException(e.getMessage());
      }
      Finding finding =
          Finding.of(
              Reason.CHECK_FAILED, "the check " + name + " could not be run: " + e.getMessage());
      return new CheckResult(
          Check.skipped(name, finding.message(), Duration.ofNanos(System.nanoTime() - started)),
          List.of(finding),
          List.of(what));
    }
  }

  private boolean late() {
    return System.nanoTime() - began >= limit.toNanos();
  }

  private void addResult(CheckResult checkResult) {
    checks.add(checkResult.check());
    findings.addAll(checkResult.findings());
    notChecked.addAll(checkResult.notChecked());
  }

  private CheckResults answers(@Nullable FreshnessFacts freshness) {
    return new CheckResults(checks, findings, freshness, notChecked, notes);
  }
}
