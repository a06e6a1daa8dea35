package io.pgproof.control;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunHistory;
import io.pgproof.image.Image;
import io.pgproof.image.ImageStore;
import io.pgproof.proof.Report;
import io.pgproof.workflow.attempt.ProgressBoard;
import java.util.List;

/**
 * What the owner answers, a line of JSON each: any number of {@link Begun}, {@link Standing} and
 * {@link Said}, then exactly one other.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "say")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Reply.Begun.class, name = "begun"),
  @JsonSubTypes.Type(value = Reply.Standing.class, name = "standing"),
  @JsonSubTypes.Type(value = Reply.Said.class, name = "said"),
  @JsonSubTypes.Type(value = Reply.Verdict.class, name = "verdict"),
  @JsonSubTypes.Type(value = Reply.BackedUp.class, name = "backed-up"),
  @JsonSubTypes.Type(value = Reply.Runs.class, name = "runs"),
  @JsonSubTypes.Type(value = Reply.Run.class, name = "run"),
  @JsonSubTypes.Type(value = Reply.Images.class, name = "images"),
  @JsonSubTypes.Type(value = Reply.Done.class, name = "done"),
  @JsonSubTypes.Type(value = Reply.Refused.class, name = "refused"),
  @JsonSubTypes.Type(value = Reply.Failed.class, name = "failed")
})
public sealed interface Reply {

  /** A run was made. */
  record Begun(String run) implements Reply {}

  /** How far a run has come; repeated, so that a client that hung up is noticed. */
  record Standing(ProgressBoard.Standing standing) implements Reply {}

  /** Something to read on the way. */
  record Said(String text) implements Reply {}

  /**
   * The end of a verification; {@code chosen} is {@code null} where the backup was named and not
   * chosen.
   */
  record Verdict(Report report, Evidence.Chosen chosen) implements Reply {}

  /** A demonstration's backup lies there; the query tells how old its data are. */
  record BackedUp(String path, String freshnessQuery) implements Reply {}

  record Runs(List<RunHistory.Line> lines) implements Reply {}

  /**
   * One run; {@code report} is {@code null} while it has no verdict, {@code chosen} where the
   * backup was named.
   */
  record Run(
      String run, Report report, Evidence.Chosen chosen, List<RunHistory.Happening> happenings)
      implements Reply {}

  record Images(List<Image> images, List<ImageStore.Buildable> buildable) implements Reply {}

  /** It is done; {@code text} says what came of it. */
  record Done(String text) implements Reply {}

  /** It was not begun: exit status 2. */
  record Refused(String reason, String message, String hint) implements Reply {}

  /** It failed: exit status 1. */
  record Failed(String reason, String message, String hint, String words) implements Reply {}

  /** Whether this is the last line. */
  default boolean last() {
    return !(this instanceof Begun || this instanceof Standing || this instanceof Said);
  }
}
