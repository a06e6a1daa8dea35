package io.pgproof.control;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.report.ConfiguredTargets;
import io.pgproof.report.ReportFormat;
import io.pgproof.target.VerificationRequest;
import io.pgproof.token.TokenRequest;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request of a command to the daemon; one line of JSON on the control socket. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "ask")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Request.Verify.class, name = "verify"),
  @JsonSubTypes.Type(value = Request.Await.class, name = "await"),
  @JsonSubTypes.Type(value = Request.Control.class, name = "control"),
  @JsonSubTypes.Type(value = Request.Demo.class, name = "demo"),
  @JsonSubTypes.Type(value = Request.ListRuns.class, name = "runs"),
  @JsonSubTypes.Type(value = Request.ShowRun.class, name = "show"),
  @JsonSubTypes.Type(value = Request.MakeReport.class, name = "report"),
  @JsonSubTypes.Type(value = Request.IssueCertificate.class, name = "certificate"),
  @JsonSubTypes.Type(value = Request.ListEvents.class, name = "events"),
  @JsonSubTypes.Type(value = Request.VerifyLog.class, name = "verify-log"),
  @JsonSubTypes.Type(value = Request.ExportLog.class, name = "export-log"),
  @JsonSubTypes.Type(value = Request.RecordExport.class, name = "record-export"),
  @JsonSubTypes.Type(value = Request.RemoveEvidence.class, name = "remove-evidence"),
  @JsonSubTypes.Type(value = Request.BuildImage.class, name = "build-image"),
  @JsonSubTypes.Type(value = Request.RemoveImage.class, name = "remove-image"),
  @JsonSubTypes.Type(value = Request.Clean.class, name = "clean"),
  @JsonSubTypes.Type(value = Request.CreateToken.class, name = "create-token"),
  @JsonSubTypes.Type(value = Request.ListTokens.class, name = "tokens"),
  @JsonSubTypes.Type(value = Request.RevokeToken.class, name = "revoke-token")
})
public sealed interface Request {

  /** Verify a backup; a client that disconnects withdraws the verification. */
  record Verify(VerificationRequest request) implements Request {}

  /**
   * Wait for the verdict of a run, or the end of a control, that an earlier daemon began for this
   * person; a client that disconnects withdraws it.
   */
  record Await(String run, String askedBy) implements Request {}

  /**
   * Damage copies of a proven backup of a target and verify them; a client that disconnects
   * withdraws the control.
   *
   * @param verification how the target is verified; {@code null} as the server's configuration says
   */
  record Control(String target, @Nullable VerificationRequest verification, String askedBy)
      implements Request {}

  /**
   * Create a source database of this major version with this many orders, and take a base backup of
   * it while orders are written.
   */
  record Demo(int major, int orders) implements Request {}

  /** List the latest runs. */
  record ListRuns(int limit) implements Request {}

  /** Show one run in full. */
  record ShowRun(String run) implements Request {}

  /**
   * Make a compliance report about a period.
   *
   * @param targets empty for all
   * @param configured {@code null} for the configuration of the daemon
   */
  record MakeReport(
      DayPeriod period,
      List<String> targets,
      @Nullable ConfiguredTargets configured,
      ReportFormat format)
      implements Request {
    public MakeReport {
      targets = List.copyOf(targets);
    }
  }

  /** Issue a certificate of a run. */
  record IssueCertificate(String run) implements Request {}

  /** List the latest events that belong to no run. */
  record ListEvents(int limit) implements Request {}

  /**
   * Verify the evidence log.
   *
   * @param kept a signed checkpoint that somebody kept elsewhere; null for none
   */
  record VerifyLog(@Nullable String kept) implements Request {}

  /** Export the evidence log. */
  record ExportLog() implements Request {}

  /**
   * Record that the last export was written to a file, read again and verified.
   *
   * @param sha256 of the file, in hexadecimal
   */
  record RecordExport(String file, String sha256, String by) implements Request {}

  /**
   * Remove the evidence that was recorded before a time, if an export has it and nothing needs it.
   *
   * @param dryRun whether only to say what would be removed
   */
  record RemoveEvidence(Instant before, boolean dryRun, String by) implements Request {}

  /** Build an image. */
  record BuildImage(int major, boolean refresh) implements Request {}

  /** Remove an image. */
  record RemoveImage(String key) implements Request {}

  /** Remove everything that no running verification owns. */
  record Clean() implements Request {}

  /** Create a token on behalf of this person. */
  record CreateToken(TokenRequest token, String by) implements Request {}

  /** List all tokens. */
  record ListTokens() implements Request {}

  /** Revoke a token on behalf of this person. */
  record RevokeToken(String id, String by) implements Request {}
}
