package io.pgproof.daemon;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.control.Reply;
import io.pgproof.control.ReplySink;
import io.pgproof.control.Request;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunHistory;
import io.pgproof.image.ImageStore;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.LogContext;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.verify.Verifications;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Answers a request for a verification: begins it, or finds a run that an earlier daemon began,
 * reports its progress, and ends with its verdict. The log lines of the thread are then about this
 * run until its request ends.
 */
final class VerificationHandler {
  private static final Duration TELL_EVERY = Duration.ofMillis(200);

  /** Interval while nothing is committed; a commit triggers a look at once. */
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private static final Duration DATABASE_ANSWERS_WITHIN = Duration.ofMinutes(15);

  private final Verifications verifications;
  private final ImageStore images;
  private final ProgressBoard progress;
  private final RunHistory runHistory;
  private final EvidenceLog evidenceLog;

  VerificationHandler(
      Verifications verifications,
      ImageStore images,
      ProgressBoard progress,
      RunHistory runHistory,
      EvidenceLog evidenceLog) {
    this.verifications = verifications;
    this.images = images;
    this.progress = progress;
    this.runHistory = runHistory;
    this.evidenceLog = evidenceLog;
  }

  void handle(VerificationRequest request, ReplySink replySink) throws IOException {
    // Reports a mistake in images.yaml before a run is created.
    images.buildable();
    RunId run = verifications.start(request);
    LogContext.set(Optional.of(run), request.target());
    replySink.onWithdrawn(() -> verifications.withdraw(run, request.askedBy()));
    replySink.send(new Reply.Begun(run.value()));
    Optional<Evidence.Chosen> chosen = runHistory.choice(run);
    if (chosen.isPresent()) {
      replySink.send(new Reply.Said(chosen.get().describe()));
    }
    await(run, replySink);
  }

  void handle(Request.Await begun, ReplySink replySink) throws IOException {
    RunId run = new RunId(begun.run());
    if (!runHistory.exists(run)) {
      throw new FindingException(
          Reason.INTERRUPTED, "the daemon ended, and the next one does not know run " + run);
    }
    LogContext.set(Optional.of(run), Optional.empty());
    replySink.onWithdrawn(() -> verifications.withdraw(run, begun.askedBy()));
    await(run, replySink);
  }

  /**
   * Waits for the verdict. A database that does not answer costs the run and the waiting client
   * time, but no verdict.
   */
  private void await(RunId run, ReplySink replySink) throws IOException {
    long answered = System.nanoTime();
    long looked = answered - LOOK_EVERY.toNanos();
    long commits = evidenceLog.commits();
    while (true) {
      long now = System.nanoTime();
      boolean due = now - looked >= LOOK_EVERY.toNanos();
      if (due || evidenceLog.commits() > commits) {
        looked = due ? now : looked;
        commits = evidenceLog.commits();
        try {
          if (answered(run, due, replySink)) {
            return;
          }
          answered = System.nanoTime();
        } catch (DataAccessException | TransactionException e) {
          if (System.nanoTime() - answered > DATABASE_ANSWERS_WITHIN.toNanos()) {
            throw e;
          }
        }
      }
      Optional<ProgressBoard.Standing> standing = progress.of(run);
      if (standing.isPresent()) {
        replySink.send(new Reply.Standing(standing.get()));
      }
      pause(commits);
      if (!replySink.listens()) {
        throw new IOException("no client waits for run " + run + " any more");
      }
    }
  }

  /**
   * Sends the verdict, or the fact that the run is stuck; returns false while the run continues.
   */
  private boolean answered(RunId run, boolean orStuck, ReplySink replySink) throws IOException {
    Optional<Report> report = runHistory.report(run);
    if (report.isPresent()) {
      replySink.send(new Reply.Verdict(report.get(), runHistory.choice(run).orElse(null)));
      return true;
    }
    Optional<Finding> stuck = orStuck ? verifications.stuck(run) : Optional.empty();
    if (stuck.isPresent() && runHistory.report(run).isEmpty()) {
      replySink.send(new Reply.Failed(stuck.get()));
      return true;
    }
    return false;
  }

  private void pause(long commits) throws InterruptedIOException {
    try {
      evidenceLog.awaitCommit(commits, TELL_EVERY);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the daemon ends");
    }
  }
}
