package io.pgproof.cli;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.control.Reply;
import io.pgproof.proof.Conclusion;
import io.pgproof.proof.FailureLog;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.UsageException;
import io.pgproof.proof.Verdict;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/**
 * Prints why something was not done: a plain fact, then the remedy; if JSON was requested, on
 * standard output too.
 */
final class FailureOutput {
  private FailureOutput() {}

  static int refused(CommandLine line, ParseResult parsed, UsageException e) {
    return print(line, parsed, Main.USAGE, null, e.finding());
  }

  /**
   * Prints why a command failed, and returns its exit status.
   *
   * @param run the run that was created before the failure; {@code null} if there is none
   */
  static int failed(CommandLine line, ParseResult parsed, @Nullable String run, Exception e) {
    if (e instanceof FindingException found) {
      return print(line, parsed, Main.FAILED, run, found.finding());
    }
    if (FailureLog.isUnexpected(e)) {
      // Only here, because the first logger of a program costs more than the rest of the answer.
      LoggerFactory.getLogger(FailureOutput.class).error("the command failed", e);
    }
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return print(line, parsed, Main.FAILED, run, Finding.of(Reason.INTERNAL, message));
  }

  /** Prints a reply that is not a result, and returns its exit status. */
  static int print(CommandLine line, ParseResult parsed, @Nullable String run, Reply reply) {
    if (reply instanceof Reply.Refused refused) {
      return print(line, parsed, Main.USAGE, null, refused.finding());
    }
    if (reply instanceof Reply.Failed failed) {
      return print(line, parsed, Main.FAILED, run, failed.finding());
    }
    throw new IllegalStateException("unexpected reply of the daemon: " + reply);
  }

  static int print(CommandLine line, ParseResult parsed, Reply reply) {
    return print(line, parsed, null, reply);
  }

  /** Returns the JSON report of a request that led to no conclusion. */
  static String json(Reason reason, String message, String hint) {
    return EvidenceJson.write(Report.without(null, new Conclusion(null, reason, message, hint)));
  }

  private static int print(
      CommandLine line, ParseResult parsed, int status, @Nullable String run, Finding finding) {
    if (wantsJson(parsed)) {
      // A verification that cannot reach its verdict is inconclusive, whatever the cause; other
      // commands have no verdict.
      boolean inconclusive =
          status == Main.FAILED && line.getCommandName().equals(VerifyCommand.NAME);
      line.getOut()
          .println(
              EvidenceJson.write(
                  Report.without(
                      run,
                      new Conclusion(
                          inconclusive ? Verdict.INCONCLUSIVE : null,
                          finding.reason(),
                          finding.message(),
                          finding.hint()))));
    }
    line.getErr().println("pgproof: " + finding.message() + " (" + finding.reason().code() + ")");
    if (finding.words() != null) {
      finding.words().lines().forEach(said -> line.getErr().println("    " + said));
    }
    if (finding.hint() != null) {
      line.getErr().println("HINT: " + finding.hint());
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
