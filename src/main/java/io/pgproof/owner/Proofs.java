package io.pgproof.owner;

import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.Evidence;
import io.pgproof.workflow.ProgressBoard;
import io.pgproof.workflow.Reports;
import io.pgproof.workflow.Verifications;
import java.io.IOException;
import java.util.Optional;

/** Answers a request for a verification: begins it, tells how far it has come, and ends with its verdict. */
final class Proofs {
  private static final long LOOK_EVERY_MILLIS = 50;
  private static final int TELL_EVERY_LOOKS = 4;
  private static final int STUCK_EVERY_LOOKS = 20;

  private final Verifications verifications;
  private final ProgressBoard progress;
  private final Reports reports;

  Proofs(Verifications verifications, ProgressBoard progress, Reports reports) {
    this.verifications = verifications;
    this.progress = progress;
    this.reports = reports;
  }

  void answer(VerificationRequest request, Asker asker) throws IOException {
    RunId run = verifications.begin(request);
    asker.whenTakenBack(() -> verifications.withdraw(run, request.askedBy()));
    asker.hear(new Reply.Begun(run.value()));
    Optional<Evidence.Chosen> chosen = reports.choice(run);
    if (chosen.isPresent()) {
      asker.hear(new Reply.Said(chosen.get().tell()));
    }
    for (int look = 1; ; look++) {
      Optional<Report> report = reports.report(run);
      if (report.isPresent()) {
        asker.hear(new Reply.Verdict(report.get(), chosen.orElse(null)));
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
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK_EVERY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the owner ends", e);
    }
  }
}
