package io.pgproof.owner;

import io.pgproof.image.Image;
import io.pgproof.image.ImageStore;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.proof.UsageException;
import io.pgproof.workflow.Reports;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Answers what needs no engine: what was, the images, and the leftovers. */
final class Desk {
  private final Reports reports;
  private final ImageStore images;
  private final Leftovers leftovers;

  Desk(Reports reports, ImageStore images, Leftovers leftovers) {
    this.reports = reports;
    this.images = images;
    this.leftovers = leftovers;
  }

  /** Answers in full; whatever goes wrong is an answer too, unless nobody listens. */
  void answer(Request request, Asker asker) throws IOException {
    FailureReplies.during(asker, () -> asker.hear(reply(request, asker)));
  }

  private Reply reply(Request request, Asker asker) throws IOException {
    if (request instanceof Request.ListRuns list) {
      return new Reply.Runs(reports.latest(list.limit()));
    } else if (request instanceof Request.ShowRun show) {
      return show(show.run());
    } else if (request instanceof Request.ListImages) {
      return new Reply.Images(images.list(), images.buildable());
    } else if (request instanceof Request.BuildImage build) {
      Image image = images.build(build.major(), build.refresh(), line -> say(asker, line));
      return new Reply.Done("image " + image.key() + " holds PostgreSQL " + image.postgresVersion());
    } else if (request instanceof Request.RemoveImage remove) {
      images.remove(remove.key());
      return new Reply.Done("image " + remove.key() + " removed");
    } else if (request instanceof Request.Clean) {
      Leftovers.Outcome outcome = leftovers.remove();
      outcome.removed().forEach(path -> say(asker, "removed " + path));
      if (!outcome.failed().isEmpty()) {
        return new Reply.Failed(Reason.ENVIRONMENT.code(), String.join("; ", outcome.failed()),
            "make it removable, then run ./pgproof clean again", null);
      }
      int count = outcome.removed().size();
      return new Reply.Done(count == 0 ? "nothing was left behind" : count + (count == 1 ? " leftover" : " leftovers") + " removed");
    }
    throw new UsageException(Reason.BAD_OPTION, "this needs the engine: " + request.getClass().getSimpleName(),
        "this is a defect of pgproof: report it");
  }

  private Reply show(String text) {
    RunId run;
    try {
      run = new RunId(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException(Reason.BAD_OPTION, e.getMessage(), "see ./pgproof runs for the ids of past runs");
    }
    if (!reports.exists(run)) {
      throw new UsageException(Reason.BAD_OPTION, "there is no run " + run, "see ./pgproof runs for the ids of past runs");
    }
    return new Reply.Run(run.value(), reports.report(run).orElse(null), reports.choice(run).orElse(null), reports.happenings(run));
  }

  static void say(Asker asker, String line) {
    try {
      asker.hear(new Reply.Said(line));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
