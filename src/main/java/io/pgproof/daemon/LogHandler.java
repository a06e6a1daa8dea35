package io.pgproof.daemon;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.control.Reply;
import io.pgproof.control.ReplySink;
import io.pgproof.control.Request;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.log.ExportFile;
import io.pgproof.evidence.log.LogAuditor;
import io.pgproof.evidence.log.LogExport;
import io.pgproof.proof.Digests;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Launcher;
import io.pgproof.proof.Reason;
import io.pgproof.tlog.LogDamagedException;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;

/** Verifies and exports the evidence log. */
final class LogHandler {
  private static final long TELL_EVERY = 1_000_000;
  private static final int MOST_SENT = 20;

  private final LogAuditor auditor;
  private final LogExport export;
  private final EvidenceLog evidenceLog;

  /** What was sent, by its SHA-256. */
  private final Map<String, Sent> sent =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Sent> eldest) {
          return size() > MOST_SENT;
        }
      };

  LogHandler(LogAuditor auditor, LogExport export, EvidenceLog evidenceLog) {
    this.auditor = auditor;
    this.export = export;
    this.evidenceLog = evidenceLog;
  }

  private record Sent(long bytes, long positions) {}

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
      MessageDigest sha256 = Digests.sha256();
      long[] calls = {0};
      long[] bytes = {0};
      long positions =
          export.write(
              lines -> {
                byte[] written = ExportFile.bytes(lines);
                sha256.update(written);
                bytes[0] += written.length;
                replySink.send(new Reply.LogLines(calls[0]++ == 0, lines));
              });
      synchronized (sent) {
        sent.put(Digests.hex(sha256.digest()), new Sent(bytes[0], positions));
      }
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

  /** Records an export only if its file is what was sent, byte for byte. */
  Reply recordExport(Request.RecordExport request) {
    Sent export;
    synchronized (sent) {
      export = sent.get(request.sha256());
    }
    if (export == null) {
      throw new FindingException(
          new Finding(
              Reason.ENVIRONMENT,
              "the export is not recorded: "
                  + request.file()
                  + " is not what was sent, or the server was restarted meanwhile",
              "remove the file and export again",
              null));
    }
    ServerEvent.LogExported event =
        new ServerEvent.LogExported(
            request.file(), request.sha256(), export.bytes(), export.positions());
    event.record(evidenceLog, request.by());
    return new Reply.Done("recorded as evidence, SHA-256 " + request.sha256());
  }
}
