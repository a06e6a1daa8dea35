package io.pgproof.cli;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.cli.text.ProgressLine;
import io.pgproof.cli.text.ReportText;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.UsageException;
import io.pgproof.target.VerificationRequest;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Requests the verification of a backup, shows its progress, and prints the verdict. */
final class VerificationSession {
  private final DaemonConnection daemonConnection;
  private final CommandLine line;
  private final boolean json;
  private @Nullable String run;

  VerificationSession(DaemonConnection daemonConnection, CommandLine line, boolean json) {
    this.daemonConnection = daemonConnection;
    this.line = line;
    this.json = json;
  }

  /** Verifies the backup and returns the exit status. */
  int verify(VerificationRequest request) {
    Reply reply;
    try (ProgressLine progress = new ProgressLine(line.getErr())) {
      reply =
          daemonConnection.send(
              new Request.Verify(request),
              said -> {
                run = said instanceof Reply.Begun begun ? begun.run() : run;
                progress.show(said);
              });
    } catch (UsageException e) {
      if (run == null) {
        throw e;
      }
      // A run was created, and its next daemon cannot be reached.
      return FailureOutput.failed(
          line,
          line.getParseResult(),
          run,
          new FindingException(Reason.INTERRUPTED, e.finding().message()));
    } catch (IOException | RuntimeException e) {
      return FailureOutput.failed(line, line.getParseResult(), run, e);
    }
    if (!(reply instanceof Reply.Verdict verdict)) {
      return FailureOutput.print(line, line.getParseResult(), run, reply);
    }
    Report report = verdict.report();
    if (json) {
      line.getOut().println(EvidenceJson.write(report));
    } else {
      ReportText.print(report, verdict.chosen(), line.getOut());
    }
    return Objects.requireNonNull(report.verdict()).exitStatus();
  }
}
