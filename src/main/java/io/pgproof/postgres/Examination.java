package io.pgproof.postgres;

import io.pgproof.proof.Check;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report.FreshnessFacts;
import io.pgproof.sandbox.SandboxException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Checks a recovered copy as far as it was asked for: what the user asks of the data first, then what reads more and more of
 * them, and last what needs the server to be stopped.
 */
public final class Examination {
  private final RecoveredCopy copy;
  private final Depth depth;
  private final Duration limit;
  private final long began = System.nanoTime();
  private final List<Check> checks = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();
  private final List<String> notChecked = new ArrayList<>();

  private Examination(RecoveredCopy copy, Depth depth, Duration limit) {
    this.copy = copy;
    this.depth = depth;
    this.limit = limit;
  }

  /** A check that can be made as long as the server lives. */
  private interface Making {
    Made make() throws InterruptedException;
  }

  /**
   * Makes all checks of a depth; a statement of pgproof's own has no limit but that of them all.
   *
   * @param startedAt of the run, by this machine's clock
   * @param torn files with pages that may stay torn, from {@link PagesAfterRecovery}
   * @param limit for all together: whoever interrupts after it is told what was found until then
   * @throws io.pgproof.proof.FindingException {@code environment} when another process than the restored server answers
   * @throws InterruptedException when the thread was interrupted; no session is left open then
   */
  public static Answers of(
      RecoveredCopy copy, Asked asked, Depth depth, Set<String> torn, Instant startedAt, Duration limit, Progress progress)
      throws InterruptedException {
    Examination examination = new Examination(copy, depth, limit);
    progress.at(0, 0, "freshness and assertions");
    Answers answers = Questions.ask(copy.server(), asked, copy.reached(), copy.control(), startedAt);
    examination.checks.addAll(answers.checks());
    examination.findings.addAll(answers.findings());
    examination.make(torn, progress);
    return examination.answers(answers.freshness());
  }

  private void make(Set<String> torn, Progress progress) throws InterruptedException {
    LibraryMismatch.find(copy).ifPresent(this::take);
    make(Depth.STANDARD, IndexCheck.NAME, "indexes and tables (amcheck)",
        () -> IndexCheck.make(copy, depth.atLeast(Depth.DEEP), progress));
    if (depth == Depth.STANDARD) {
      notChecked.add("whether every row is in its indexes");
    }
    make(Depth.DEEP, RowCheck.NAME, "every row", () -> new RowCheck(copy, limit, progress).make());
    make(Depth.DEEP, ChecksumCheck.NAME, "checksums of pages as recovery left them (pg_checksums)",
        () -> ChecksumCheck.make(copy, torn, limit, progress));
  }

  private void make(Depth from, String name, String what, Making making) throws InterruptedException {
    if (!depth.atLeast(from)) {
      notChecked.add(what);
      return;
    }
    if (late()) {
      Thread.interrupted();
      tooLate(name, what);
      return;
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedException();
    }
    if (!copy.server().alive().getAsBoolean()) {
      String why = "not made: the restored server had ended";
      take(new Made(Check.skipped(name, why),
          findings.isEmpty() ? List.of(Finding.of(Reason.CHECK_FAILED, "the check " + name + " was " + why)) : List.of(),
          List.of(what + ", for the restored server had ended")));
      return;
    }
    long started = System.nanoTime();
    try {
      take(making.make());
    } catch (InterruptedException e) {
      interrupted(name, what, e);
    } catch (SandboxException e) {
      if (Thread.interrupted()) {
        interrupted(name, what, new InterruptedException(e.getMessage()));
        return;
      }
      Finding finding = Finding.of(Reason.CHECK_FAILED, "the check " + name + " could not be made: " + e.getMessage());
      take(new Made(
          new Check(name, Check.Outcome.SKIPPED, finding.message(), Duration.ofNanos(System.nanoTime() - started)),
          List.of(finding), List.of(what)));
    }
  }

  private void interrupted(String name, String what, InterruptedException interrupt) throws InterruptedException {
    if (!late()) {
      throw interrupt;
    }
    tooLate(name, what);
  }

  private boolean late() {
    return System.nanoTime() - began >= limit.toNanos();
  }

  private void tooLate(String name, String what) {
    String why = "the checks did not end within " + PostgresWords.of(limit);
    take(new Made(Check.skipped(name, "not made to its end: " + why),
        List.of(Finding.of(Reason.CHECK_TIMEOUT, why + "; the check " + name + " was not made to its end")),
        List.of(what + ", for the checks took too long")));
  }

  private void take(Made made) {
    checks.add(made.check());
    findings.addAll(made.findings());
    notChecked.addAll(made.notChecked());
  }

  private Answers answers(FreshnessFacts freshness) {
    return new Answers(checks, findings, freshness, notChecked);
  }
}
