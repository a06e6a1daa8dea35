package io.pgproof.owner;

import io.pgproof.audit.Trail;
import io.pgproof.image.ImageStore;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.Evidence;
import io.pgproof.workflow.ProgressBoard;
import io.pgproof.workflow.Reports;
import io.pgproof.workflow.Verifications;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Answers a request for a verification: begins it, or finds it begun by an earlier owner, tells how far it has come, and ends
 * with its verdict.
 */
final class Proofs {
  private static final Duration TELL_EVERY = Duration.ofMillis(200);
  /** Where nothing is committed, which calls for a look at once. */
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final Duration DATABASE_ANSWERS_WITHIN = Duration.ofMinutes(15);

  private final Verifications verifications;
  private final ImageStore images;
  private final ProgressBoard progress;
  private final Reports reports;
  private final Trail trail;

  Proofs(Verifications verifications, ImageStore images, ProgressBoard progress, Reports reports, Trail trail) {
    this.verifications = verifications;
    this.images = images;
    this.progress = progress;
    this.reports = reports;
    this.trail = trail;
  }

  void answer(VerificationRequest request, Asker asker) throws IOException {
    // A mistake in images.yaml is told before a run is made.
    images.buildable();
    RunId run = verifications.begin(request);
    asker.whenTakenBack(() -> verifications.withdraw(run, request.askedBy()));
    asker.hear(new Reply.Begun(run.value()));
    Optional<Evidence.Chosen> chosen = reports.choice(run);
    if (chosen.isPresent()) {
      asker.hear(new Reply.Said(chosen.get().tell()));
    }
    await(run, asker);
  }

  void answer(Request.Await begun, Asker asker) throws IOException {
    RunId run = new RunId(begun.run());
    if (!reports.exists(run)) {
      throw new FindingException(Reason.INTERRUPTED, "the owner ended, and the next one does not know run " + run);
    }
    asker.whenTakenBack(() -> verifications.withdraw(run, begun.askedBy()));
    await(run, asker);
  }

  /** A database that does not answer costs the run time and no verdict, and so it does whoever waits. */
  private void await(RunId run, Asker asker) throws IOException {
    long answered = System.nanoTime();
    long looked = answered - LOOK_EVERY.toNanos();
    long commits = trail.commits();
    while (true) {
      long now = System.nanoTime();
      boolean due = now - looked >= LOOK_EVERY.toNanos();
      if (due || trail.commits() > commits) {
        looked = due ? now : looked;
        commits = trail.commits();
        try {
          if (answered(run, due, asker)) {
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
        asker.hear(new Reply.Standing(standing.get()));
      }
      pause(commits);
      if (!asker.listens()) {
        throw new IOException("nobody waits for run " + run + " here any more");
      }
    }
  }

  /** Tells the verdict, or that the run stands still; false when there is more to be told. */
  private boolean answered(RunId run, boolean orStuck, Asker asker) throws IOException {
    Optional<Report> report = reports.report(run);
    if (report.isPresent()) {
      asker.hear(new Reply.Verdict(report.get(), reports.choice(run).orElse(null)));
      return true;
    }
    Optional<String> stuck = orStuck ? verifications.stuck(run) : Optional.empty();
    if (stuck.isPresent() && reports.report(run).isEmpty()) {
      asker.hear(new Reply.Failed(Reason.ENVIRONMENT.code(), stuck.get(),
          "run ./pgproof serve and let run " + run + " go on in Cockpit", null));
      return true;
    }
    return false;
  }

  private void pause(long commits) throws InterruptedIOException {
    try {
      trail.awaitCommit(commits, TELL_EVERY);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the owner ends");
    }
  }
}
