package io.pgproof.daemon;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.control.Reply;
import io.pgproof.control.ReplySink;
import io.pgproof.control.Request;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.log.ExportFile;
import io.pgproof.evidence.log.LogAuditor;
import io.pgproof.evidence.log.LogExport;
import io.pgproof.evidence.retention.EvidenceRetention;
import io.pgproof.proof.Digests;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Launcher;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
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
  private final EvidenceRetention retention;

  /** What was sent, by its SHA-256. */
  private final Map<String, Sent> sent =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Sent> eldest) {
          return size() > MOST_SENT;
        }
      };

  LogHandler(
      LogAuditor auditor, LogExport export, EvidenceLog evidenceLog, EvidenceRetention retention) {
    this.auditor = auditor;
    this.export = export;
    this.evidenceLog = evidenceLog;
    this.retention = retention;
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

  Reply remove(Request.RemoveEvidence request) throws IOException {
    EvidenceRetention.Result result;
    try {
      result =
          request.dryRun()
              ? retention.plan(request.before())
              : retention.remove(request.before(), request.by());
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          Reason.BAD_OPTION, String.valueOf(e.getMessage()), "name an earlier date with --before");
    } catch (LogDamagedException e) {
      throw new FindingException(
          new Finding(
              Reason.ENVIRONMENT,
              "evidence cannot be removed: " + e.getMessage(),
              "see " + Launcher.COMMAND + " audit verify for all that is wrong with the log",
              null));
    }
    if (result.export().isEmpty()) {
      throw new FindingException(
          new Finding(
              Reason.ENVIRONMENT,
              "the evidence log was never exported, so nothing may be removed",
              "run " + Launcher.COMMAND + " audit export FILE, and keep the file",
              null));
    }
    return new Reply.Done(
        (request.dryRun() ? "would remove " : "removed ")
            + result.entries()
            + (result.entries() == 1 ? " entry" : " entries")
            + " from before "
            + HumanFormat.time(result.before())
            + ", of "
            + result.runs()
            + (result.runs() == 1 ? " run" : " runs")
            + "; the export with the SHA-256 "
            + result.export().get().sha256()
            + " has the first "
            + result.export().get().positions()
            + " positions\npgproof does not check that the file of this export still exists;"
            + (request.dryRun()
                ? " make sure that you have it before you remove anything"
                : " keep it, because only it has what was removed"));
  }
}
