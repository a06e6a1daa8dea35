package io.pgproof.daemon;

import io.pgproof.control.Reply;
import io.pgproof.control.ReplySink;
import io.pgproof.control.Request;
import io.pgproof.evidence.ControlHistory;
import io.pgproof.evidence.ControlResult;
import io.pgproof.image.ImageStore;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.proof.UsageException;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Target;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.control.Controls;
import io.pgproof.workflow.verify.Started;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Optional;

/**
 * Answers a request for a negative control: begins it, reports each layer, and ends with the table.
 */
final class ControlHandler {
  private static final long LOOK_EVERY_MILLIS = 200;

  private final Controls controls;
  private final ControlHistory history;
  private final CurrentConfiguration configuration;
  private final ImageStore images;

  ControlHandler(
      Controls controls,
      ControlHistory history,
      CurrentConfiguration configuration,
      ImageStore images) {
    this.controls = controls;
    this.history = history;
    this.configuration = configuration;
    this.images = images;
  }

  void handle(Request.Control request, ReplySink replySink) throws IOException {
    // Reports a mistake in images.yaml before anything is begun.
    images.buildable();
    VerificationRequest verification = verification(request);
    Started control = controls.start(verification, Optional.empty());
    if (!control.started()) {
      throw new UsageException(
          Reason.BAD_OPTION,
          "the negative control "
              + control.run()
              + " of target "
              + verification.target().orElseThrow()
              + " is under way",
          "wait until it has ended");
    }
    replySink.send(new Reply.Begun(control.run().value()));
    await(control.run(), request.askedBy(), replySink);
  }

  private VerificationRequest verification(Request.Control request) {
    return request.verification() != null
        ? request.verification()
        : configuration
            .target(request.target())
            .map(target -> target.request(request.askedBy()))
            .orElseThrow(() -> unknown(request.target()));
  }

  private UsageException unknown(String target) {
    List<String> known = configuration.get().targets().stream().map(Target::name).toList();
    return known.isEmpty()
        ? new UsageException(
            Reason.BAD_OPTION,
            "no server with a configuration runs on this state directory",
            "name the file with the target: --config FILE")
        : new UsageException(
            Reason.BAD_OPTION,
            "the configuration of the server has no target " + target,
            "it has " + String.join(", ", known));
  }

  /** Returns whether this is the id of a control. */
  boolean knows(String id) {
    return history.asked(new RunId(id)).isPresent();
  }

  void handle(Request.Await begun, ReplySink replySink) throws IOException {
    await(new RunId(begun.run()), begun.askedBy(), replySink);
  }

  private void await(RunId control, String askedBy, ReplySink replySink) throws IOException {
    replySink.onWithdrawn(() -> controls.withdraw(control, askedBy));
    int told = 0;
    while (true) {
      Optional<ControlHistory.Control> ended = history.ended(control);
      List<ControlResult> results = history.results(control);
      for (ControlResult result : results.subList(told, results.size())) {
        replySink.send(new Reply.Said(result.describe()));
      }
      told = results.size();
      if (ended.isPresent()) {
        replySink.send(new Reply.ControlEnded(control.value(), ended.get().ended()));
        return;
      }
      Optional<Finding> stuck = controls.stuck(control);
      if (stuck.isPresent()) {
        replySink.send(new Reply.Failed(stuck.get()));
        return;
      }
      pause();
      if (!replySink.listens()) {
        throw new IOException("no client waits for control " + control + " any more");
      }
    }
  }

  private static void pause() throws InterruptedIOException {
    try {
      Thread.sleep(LOOK_EVERY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the daemon ends");
    }
  }
}
