package io.pgproof.daemon;

import io.pgproof.certificate.Certificates;
import io.pgproof.control.FailureReplies;
import io.pgproof.control.Reply;
import io.pgproof.control.ReplySink;
import io.pgproof.control.Request;
import io.pgproof.evidence.RunHistory;
import io.pgproof.evidence.ServerHistory;
import io.pgproof.image.Image;
import io.pgproof.image.ImageStore;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Launcher;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Answers requests that need no engine: past runs, reports, certificates, events, images, leftovers
 * and tokens.
 */
final class QueryHandler {
  private final RunHistory runHistory;
  private final ServerHistory serverHistory;
  private final ImageStore images;
  private final OrphanReaper orphanReaper;
  private final TokenHandler tokens;
  private final LogHandler log;
  private final ReportHandler reports;
  private final Certificates certificates;

  QueryHandler(
      RunHistory runHistory,
      ServerHistory serverHistory,
      ImageStore images,
      OrphanReaper orphanReaper,
      TokenHandler tokens,
      LogHandler log,
      ReportHandler reports,
      Certificates certificates) {
    this.runHistory = runHistory;
    this.serverHistory = serverHistory;
    this.images = images;
    this.orphanReaper = orphanReaper;
    this.tokens = tokens;
    this.log = log;
    this.reports = reports;
    this.certificates = certificates;
  }

  /**
   * Answers a request completely; every failure is sent as a reply too, unless the client is gone.
   */
  void handle(Request request, ReplySink replySink) throws IOException {
    FailureReplies.run(replySink, () -> replySink.send(reply(request, replySink)));
  }

  private Reply reply(Request request, ReplySink replySink) throws IOException {
    if (request instanceof Request.ListRuns list) {
      return new Reply.Runs(runHistory.latest(list.limit()));
    } else if (request instanceof Request.ShowRun show) {
      return showRun(show.run());
    } else if (request instanceof Request.MakeReport make) {
      return reports.make(make, replySink);
    } else if (request instanceof Request.IssueCertificate issue) {
      return new Reply.Certificate(certificates.issue(issue.run()));
    } else if (request instanceof Request.ListEvents list) {
      return new Reply.Events(serverHistory.latest(list.limit()));
    } else if (request instanceof Request.VerifyLog verify) {
      return log.verify(verify, replySink);
    } else if (request instanceof Request.ExportLog) {
      return log.export(replySink);
    } else if (request instanceof Request.RecordExport record) {
      return log.recordExport(record);
    } else if (request instanceof Request.RemoveEvidence remove) {
      return log.remove(remove);
    } else if (request instanceof Request.BuildImage build) {
      Image image = images.build(build.major(), build.refresh(), line -> sendLine(replySink, line));
      return new Reply.Done(
          "image " + image.key() + " contains PostgreSQL " + image.postgresVersion());
    } else if (request instanceof Request.RemoveImage remove) {
      images.remove(remove.key());
      return new Reply.Done("image " + remove.key() + " removed");
    } else if (request instanceof Request.Clean) {
      OrphanReaper.Outcome outcome = orphanReaper.remove();
      outcome.removed().forEach(path -> sendLine(replySink, "removed " + path));
      if (!outcome.failed().isEmpty()) {
        return new Reply.Failed(
            new Finding(
                Reason.ENVIRONMENT,
                String.join("; ", outcome.failed()),
                "make it removable, then run " + Launcher.COMMAND + " clean again",
                null));
      }
      int count = outcome.removed().size();
      return new Reply.Done(
          count == 0
              ? "nothing was left behind"
              : count + (count == 1 ? " leftover" : " leftovers") + " removed");
    } else if (request instanceof Request.CreateToken create) {
      return tokens.create(create);
    } else if (request instanceof Request.ListTokens) {
      return tokens.list();
    } else if (request instanceof Request.RevokeToken revoke) {
      return tokens.revoke(revoke);
    }
    throw new UsageException(
        Reason.BAD_OPTION,
        "this needs the engine: " + request.getClass().getSimpleName(),
        "this is a bug in pgproof: report it");
  }

  private Reply showRun(String text) {
    RunId run;
    try {
      run = new RunId(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          Reason.BAD_OPTION,
          String.valueOf(e.getMessage()),
          "see " + Launcher.COMMAND + " runs for the ids of past runs");
    }
    runHistory
        .removed(run)
        .ifPresent(
            removed -> {
              throw new UsageException(
                  Reason.BAD_OPTION,
                  removed.describe(),
                  "look for the run in that export, which "
                      + Launcher.COMMAND
                      + " audit verify --export FILE verifies");
            });
    if (!runHistory.exists(run)) {
      throw new UsageException(
          Reason.BAD_OPTION,
          "there is no run " + run,
          "see " + Launcher.COMMAND + " runs for the ids of past runs");
    }
    return new Reply.Run(
        run.value(),
        runHistory.report(run).orElse(null),
        runHistory.choice(run).orElse(null),
        runHistory.happenings(run));
  }

  static void sendLine(ReplySink replySink, String line) {
    try {
      replySink.send(new Reply.Said(line));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
