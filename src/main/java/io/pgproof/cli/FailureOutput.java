package io.pgproof.cli;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.control.Reply;
import io.pgproof.proof.FailureLog;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.UsageException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/**
 * Prints why something was not done: a plain fact, then the remedy; if JSON was requested, on
 * standard output too.
 */
final class FailureOutput {
  private static final Logger LOG = LoggerFactory.getLogger(FailureOutput.class);

  private FailureOutput() {}

  static int refused(CommandLine line, ParseResult parsed, UsageException e) {
    return tell(line, parsed, Main.USAGE, null, e.reason().code(), e.getMessage(), e.hint(), null);
  }

  /**
   * Prints why a command failed, and returns its exit status.
   *
   * @param run the run that was created before the failure; {@code null} if there is none
   */
  static int failed(CommandLine line, ParseResult parsed, String run, Exception e) {
    if (e instanceof FindingException found) {
      Finding finding = found.finding();
      return tell(
          line,
          parsed,
          Main.FAILED,
          run,
          finding.reason().code(),
          finding.message(),
          finding.hint(),
          finding.words());
    }
    if (FailureLog.is(e)) {
      LOG.error("the command failed", e);
    }
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return tell(
        line,
        parsed,
        Main.FAILED,
        run,
        Reason.INTERNAL.code(),
        message,
        Reason.INTERNAL.hint(),
        null);
  }

  /** Prints a reply that is not a result, and returns its exit status. */
  static int tell(CommandLine line, ParseResult parsed, String run, Reply reply) {
    if (reply instanceof Reply.Refused refused) {
      return tell(
          line,
          parsed,
          Main.USAGE,
          null,
          refused.reason(),
          refused.message(),
          refused.hint(),
          null);
    }
    if (reply instanceof Reply.Failed failed) {
      return tell(
          line,
          parsed,
          Main.FAILED,
          run,
          failed.reason(),
          failed.message(),
          failed.hint(),
          failed.words());
    }
    throw new IllegalStateException("the owner answered " + reply);
  }

  static int tell(CommandLine line, ParseResult parsed, Reply reply) {
    return tell(line, parsed, null, reply);
  }

  static String refusedAsJson(String reason, String message, String hint) {
    return withoutReport(null, null, reason, message, hint);
  }

  private static String withoutReport(
      String run, String verdict, String reason, String message, String hint) {
    return EvidenceJson.write(
        new Report(
            Report.SCHEMA,
            run,
            null,
            verdict,
            reason,
            message,
            hint,
            null,
            null,
            null,
            null,
            null,
            null,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            null));
  }

  private static int tell(
      CommandLine line,
      ParseResult parsed,
      int status,
      String run,
      String reason,
      String message,
      String hint,
      String words) {
    if (wantsJson(parsed)) {
      // A verification that cannot reach its verdict is inconclusive, whatever the cause; other
      // commands have no verdict.
      boolean inconclusive =
          status == Main.FAILED && line.getCommandName().equals(VerifyCommand.NAME);
      line.getOut()
          .println(withoutReport(run, inconclusive ? "inconclusive" : null, reason, message, hint));
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
