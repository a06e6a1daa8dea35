package io.pgproof.control;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.pgproof.target.VerificationRequest;

/** What a command asks of the owner; one line of JSON on the control socket. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "ask")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Request.Verify.class, name = "verify"),
  @JsonSubTypes.Type(value = Request.Await.class, name = "await"),
  @JsonSubTypes.Type(value = Request.Demo.class, name = "demo"),
  @JsonSubTypes.Type(value = Request.ListRuns.class, name = "runs"),
  @JsonSubTypes.Type(value = Request.ShowRun.class, name = "show"),
  @JsonSubTypes.Type(value = Request.ListImages.class, name = "images"),
  @JsonSubTypes.Type(value = Request.BuildImage.class, name = "build-image"),
  @JsonSubTypes.Type(value = Request.RemoveImage.class, name = "remove-image"),
  @JsonSubTypes.Type(value = Request.Clean.class, name = "clean")
})
public sealed interface Request {

  /** Verify a backup; whoever hangs up takes the verification back. */
  record Verify(VerificationRequest request) implements Request {}

  /**
   * Await the verdict of a run that an earlier owner began for this person; whoever hangs up takes
   * the run back.
   */
  record Await(String run, String askedBy) implements Request {}

  /**
   * Make a source database of this major version with so many orders, and take a base backup of it
   * while it is written to.
   */
  record Demo(int major, int orders) implements Request {}

  /** The latest runs. */
  record ListRuns(int limit) implements Request {}

  /** One run in full. */
  record ShowRun(String run) implements Request {}

  /** The images there are. */
  record ListImages() implements Request {}

  /** Build an image. */
  record BuildImage(int major, boolean refresh) implements Request {}

  /** Remove an image. */
  record RemoveImage(String key) implements Request {}

  /** Remove what no running verification owns. */
  record Clean() implements Request {}
}
