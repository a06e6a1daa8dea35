package io.pgproof.control;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.pgproof.certificate.CertificatePack;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunHistory;
import io.pgproof.evidence.ServerHistory;
import io.pgproof.evidence.log.LogAudit;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Report;
import io.pgproof.token.Token;
import io.pgproof.workflow.engine.ProgressBoard;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A reply of the daemon, one line of JSON: any number of {@link Begun}, {@link Standing}, {@link
 * Said}, {@link LogLines} and {@link ReportBytes}, then exactly one other.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "say")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Reply.Begun.class, name = "begun"),
  @JsonSubTypes.Type(value = Reply.Standing.class, name = "standing"),
  @JsonSubTypes.Type(value = Reply.Said.class, name = "said"),
  @JsonSubTypes.Type(value = Reply.Verdict.class, name = "verdict"),
  @JsonSubTypes.Type(value = Reply.ControlEnded.class, name = "control-ended"),
  @JsonSubTypes.Type(value = Reply.BackedUp.class, name = "backed-up"),
  @JsonSubTypes.Type(value = Reply.Runs.class, name = "runs"),
  @JsonSubTypes.Type(value = Reply.Run.class, name = "run"),
  @JsonSubTypes.Type(value = Reply.ReportBytes.class, name = "report-bytes"),
  @JsonSubTypes.Type(value = Reply.ReportMade.class, name = "report"),
  @JsonSubTypes.Type(value = Reply.Certificate.class, name = "certificate"),
  @JsonSubTypes.Type(value = Reply.Events.class, name = "events"),
  @JsonSubTypes.Type(value = Reply.LogVerified.class, name = "log-verified"),
  @JsonSubTypes.Type(value = Reply.LogLines.class, name = "log-lines"),
  @JsonSubTypes.Type(value = Reply.Tokens.class, name = "tokens"),
  @JsonSubTypes.Type(value = Reply.TokenCreated.class, name = "token-created"),
  @JsonSubTypes.Type(value = Reply.Done.class, name = "done"),
  @JsonSubTypes.Type(value = Reply.Refused.class, name = "refused"),
  @JsonSubTypes.Type(value = Reply.Failed.class, name = "failed")
})
public sealed interface Reply {

  /** A run was created. */
  record Begun(String run) implements Reply {}

  /** The progress of a run; repeated, so that the daemon notices a client that has disconnected. */
  record Standing(ProgressBoard.Standing standing) implements Reply {}

  /** A message to show while the request is in progress. */
  record Said(String text) implements Reply {}

  /** The end of a verification; {@code chosen} is {@code null} if the request named the backup. */
  record Verdict(Report report, Evidence.@Nullable Chosen chosen) implements Reply {}

  /** The end of a negative control; {@code control} is its id. */
  record ControlEnded(String control, Evidence.ControlEnded ended) implements Reply {}

  /** The backup of a demonstration is ready; the query returns how old its data are. */
  record BackedUp(String path, String freshnessQuery) implements Reply {}

  record Runs(List<RunHistory.Line> lines) implements Reply {}

  /**
   * One run; {@code report} is {@code null} while it has no verdict, {@code chosen} if the request
   * named the backup.
   */
  record Run(
      String run,
      @Nullable Report report,
      Evidence.@Nullable Chosen chosen,
      List<RunHistory.Happening> happenings)
      implements Reply {}

  /**
   * A part of a report.
   *
   * @param first whether the report begins with it
   */
  record ReportBytes(boolean first, byte[] bytes) implements Reply {}

  /** The whole report was sent. */
  record ReportMade(int targets, int runs) implements Reply {}

  record Certificate(CertificatePack pack) implements Reply {}

  record Events(List<ServerHistory.Line> lines) implements Reply {}

  record LogVerified(LogAudit audit) implements Reply {}

  /**
   * Lines of an export, without newlines.
   *
   * @param first whether the export begins with these
   */
  record LogLines(boolean first, List<String> lines) implements Reply {}

  record Tokens(List<Token> tokens) implements Reply {}

  /** A token was created; the secret cannot be read again. */
  record TokenCreated(Token token, String secret) implements Reply {
    /** Keeps the secret out of logs and messages. */
    @Override
    public String toString() {
      return "TokenCreated[token=" + token + "]";
    }
  }

  /** The request is done; {@code text} describes the result. */
  record Done(String text) implements Reply {}

  /** The request was not begun: exit status 2. */
  record Refused(@JsonUnwrapped Finding finding) implements Reply {}

  /** The request failed: exit status 1. */
  record Failed(@JsonUnwrapped Finding finding) implements Reply {}

  /** Returns whether this is the last line. */
  default boolean last() {
    return !(this instanceof Begun
        || this instanceof Standing
        || this instanceof Said
        || this instanceof LogLines
        || this instanceof ReportBytes);
  }
}
