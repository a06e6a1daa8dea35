package io.pgproof.cli;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.owner.Reply;
import io.pgproof.owner.Request;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.UsageException;
import io.pgproof.target.VerificationRequest;
import java.io.IOException;
import picocli.CommandLine;

/** Has a backup verified, shows how far it has come, and tells the verdict. */
final class Proving {
  private final Link link;
  private final CommandLine line;
  private final boolean json;
  private String run;

  Proving(Link link, CommandLine line, boolean json) {
    this.link = link;
    this.line = line;
    this.json = json;
  }

  /** Returns the exit status. */
  int verify(VerificationRequest request) {
    Reply reply;
    try (ProgressLine progress = new ProgressLine(line.getErr())) {
      reply = link.ask(new Request.Verify(request), said -> {
        run = said instanceof Reply.Begun begun ? begun.run() : run;
        progress.show(said);
      });
    } catch (UsageException e) {
      if (run == null) {
        throw e;
      }
      // A run was made, and the next owner of it cannot be reached.
      return Outcomes.failed(line, line.getParseResult(), run, new FindingException(Reason.INTERRUPTED, e.getMessage()));
    } catch (IOException | RuntimeException e) {
      return Outcomes.failed(line, line.getParseResult(), run, e);
    }
    if (!(reply instanceof Reply.Verdict verdict)) {
      return Outcomes.tell(line, line.getParseResult(), run, reply);
    }
    Report report = verdict.report();
    if (json) {
      line.getOut().println(EvidenceJson.write(report));
    } else {
      ReportText.print(report, verdict.chosen(), line.getOut());
    }
    return Reason.of(report.reason()).fault().exitStatus();
  }
}
