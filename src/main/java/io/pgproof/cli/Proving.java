package io.pgproof.cli;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.owner.Reply;
import io.pgproof.owner.Request;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.target.VerificationRequest;
import java.io.IOException;
import picocli.CommandLine;

/** Has a backup verified, shows how far it has come, and tells the verdict. */
final class Proving {
  private final Link link;
  private final CommandLine line;
  private final boolean json;

  Proving(Link link, CommandLine line, boolean json) {
    this.link = link;
    this.line = line;
    this.json = json;
  }

  /** Returns the exit status. */
  int verify(VerificationRequest request) throws IOException {
    Reply reply;
    try (ProgressLine progress = new ProgressLine(line.getErr())) {
      reply = link.ask(new Request.Verify(request), progress::show);
    }
    if (!(reply instanceof Reply.Verdict verdict)) {
      return Outcomes.tell(line, line.getParseResult(), reply);
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
