package io.pgproof.owner;

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
import java.util.Optional;

/**
 * Answers a request for a verification: begins it, or finds it begun by an earlier owner, tells how far it has come, and ends
 * with its verdict.
 */
final class Proofs {
  private static final long LOOK_EVERY_MILLIS = 50;
  private static final int TELL_EVERY_LOOKS = 4;
  private static final int STUCK_EVERY_LOOKS = 20;

  private final Verifications verifications;
  private final ImageStore images;
  private final ProgressBoard progress;
  private final Reports reports;

  Proofs(Verifications verifications, ImageStore images, ProgressBoard progress, Reports reports) {
    this.verifications = verifications;
    this.images = images;
    this.progress = progress;
    this.reports = reports;
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

  private void await(RunId run, Asker asker) throws IOException {
    for (int look = 1; ; look++) {
      Optional<Report> report = reports.report(run);
      if (report.isPresent()) {
        asker.hear(new Reply.Verdict(report.get(), reports.choice(run).orElse(null)));
        return;
      }
      Optional<String> stuck = look % STUCK_EVERY_LOOKS == 0 ? verifications.stuck(run) : Optional.empty();
      if (stuck.isPresent() && reports.report(run).isEmpty()) {
        asker.hear(new Reply.Failed(Reason.ENVIRONMENT.code(), stuck.get(),
            "run ./pgproof serve and resolve the incident of run " + run + " in Cockpit", null));
        return;
      }
      if (look % TELL_EVERY_LOOKS == 0) {
        Optional<ProgressBoard.Standing> standing = progress.of(run);
        if (standing.isPresent()) {
          asker.hear(new Reply.Standing(standing.get()));
        }
      }
      pause();
      if (!asker.listens()) {
        throw new IOException("nobody waits for run " + run + " here any more");
      }
    }
  }

  private static void pause() throws InterruptedIOException {
    try {
      Thread.sleep(LOOK_EVERY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the owner ends");
    }
  }
}
