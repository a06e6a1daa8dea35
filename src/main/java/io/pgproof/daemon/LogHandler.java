package io.pgproof.daemon;

import io.pgproof.control.Reply;
import io.pgproof.control.ReplySink;
import io.pgproof.control.Request;
import io.pgproof.evidence.log.LogAuditor;
import io.pgproof.evidence.log.LogExport;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Launcher;
import io.pgproof.proof.Reason;
import io.pgproof.tlog.LogDamagedException;
import java.io.IOException;

/** Verifies and exports the evidence log. */
final class LogHandler {
  private static final long TELL_EVERY = 1_000_000;

  private final LogAuditor auditor;
  private final LogExport export;

  LogHandler(LogAuditor auditor, LogExport export) {
    this.auditor = auditor;
    this.export = export;
  }

  Reply verify(Request.VerifyLog request, ReplySink replySink) throws IOException {
    return new Reply.LogVerified(
        auditor.verify(
            request.kept(),
            positions -> {
              if (positions % TELL_EVERY == 0) {
                QueryHandler.sendLine(replySink, positions + " positions so far");
              }
            }));
  }

  Reply export(ReplySink replySink) throws IOException {
    try {
      long[] calls = {0};
      long positions =
          export.write(lines -> replySink.send(new Reply.LogLines(calls[0]++ == 0, lines)));
      return new Reply.Done(
          positions + (positions == 1 ? " position" : " positions") + " exported");
    } catch (LogDamagedException e) {
      throw new FindingException(
          new Finding(
              Reason.ENVIRONMENT,
              "the evidence log cannot be exported: " + e.getMessage(),
              "see " + Launcher.COMMAND + " audit verify for all that is wrong with it",
              null));
    }
  }
}
