package io.pgproof.cli;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.owner.Reply;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.UsageException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** Says why something was not done: a plain fact, then the remedy; on standard output too, where JSON was asked for. */
final class Outcomes {
  private Outcomes() {}

  static int refused(CommandLine line, ParseResult parsed, UsageException e) {
    return tell(line, parsed, Main.USAGE, e.reason().code(), e.getMessage(), e.hint(), null);
  }

  static int failed(CommandLine line, ParseResult parsed, Exception e) {
    if (e instanceof FindingException found) {
      Finding finding = found.finding();
      return tell(line, parsed, Main.FAILED, finding.reason().code(), finding.message(), finding.hint(), finding.words());
    }
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return tell(line, parsed, Main.FAILED, Reason.INTERNAL.code(), message, Reason.INTERNAL.hint(), null);
  }

  /** The exit status for a reply that is no result. */
  static int tell(CommandLine line, ParseResult parsed, Reply reply) {
    if (reply instanceof Reply.Refused refused) {
      return tell(line, parsed, Main.USAGE, refused.reason(), refused.message(), refused.hint(), null);
    }
    if (reply instanceof Reply.Failed failed) {
      return tell(line, parsed, Main.FAILED, failed.reason(), failed.message(), failed.hint(), failed.words());
    }
    throw new IllegalStateException("the owner answered " + reply);
  }

  static String refusedAsJson(String reason, String message, String hint) {
    return EvidenceJson.write(new Report(Report.SCHEMA, null, null, null, reason, message, hint, null, null, null, null, null,
        null, List.of(), List.of(), List.of(), null));
  }

  private static int tell(
      CommandLine line, ParseResult parsed, int status, String reason, String message, String hint, String words) {
    if (wantsJson(parsed)) {
      line.getOut().println(refusedAsJson(reason, message, hint));
    }
    line.getErr().println("pgproof: " + message + " (" + reason + ")");
    if (words != null) {
      words.lines().forEach(said -> line.getErr().println("    " + said));
    }
    if (hint != null) {
      line.getErr().println("HINT: " + hint);
    }
    return status;
  }

  private static boolean wantsJson(ParseResult parsed) {
    for (ParseResult at = parsed; at != null; at = at.hasSubcommand() ? at.subcommand() : null) {
      if (at.hasMatchedOption("--json")) {
        return true;
      }
    }
    return false;
  }
}
