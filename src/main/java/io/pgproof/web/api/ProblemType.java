package io.pgproof.web.api;

import java.net.URI;
import org.springframework.http.HttpStatus;

/** What can be wrong with a call; programs can rely on the codes. */
public enum ProblemType {
  BAD_REQUEST("bad-request", HttpStatus.BAD_REQUEST, "The request is wrong"),
  TOKEN_MISSING("token-missing", HttpStatus.UNAUTHORIZED, "The call has no token"),
  TOKEN_REFUSED("token-refused", HttpStatus.UNAUTHORIZED, "The token is not valid"),
  SCOPE_MISSING("scope-missing", HttpStatus.FORBIDDEN, "The token lacks this scope"),
  GROUP_MISSING("group-missing", HttpStatus.FORBIDDEN, "The user's groups do not allow this"),
  FOUR_EYES("four-eyes", HttpStatus.FORBIDDEN, "Another person must decide"),
  NOT_FOUND("not-found", HttpStatus.NOT_FOUND, "There is no such thing"),
  EVIDENCE_REMOVED("evidence-removed", HttpStatus.GONE, "The evidence of the run was removed"),
  ALREADY_ENDED("already-ended", HttpStatus.CONFLICT, "The run has already ended"),
  NOT_CERTIFIED("not-certified", HttpStatus.CONFLICT, "The run has no certificate"),
  NOT_OPEN("not-open", HttpStatus.CONFLICT, "The task is not open"),
  KEY_REUSED("key-reused", HttpStatus.CONFLICT, "The key was used for another request"),
  TOO_MANY_REQUESTS("too-many-requests", HttpStatus.TOO_MANY_REQUESTS, "Too many requests"),
  REPORTS_BUSY("reports-busy", HttpStatus.SERVICE_UNAVAILABLE, "Other reports are being made"),
  CERTIFICATES_BUSY(
      "certificates-busy", HttpStatus.SERVICE_UNAVAILABLE, "Other certificates are being issued"),
  INTERNAL("internal", HttpStatus.INTERNAL_SERVER_ERROR, "The call failed");

  private static final String NAMESPACE = "urn:pgproof:problem:";

  private final String code;
  private final HttpStatus status;
  private final String title;

  ProblemType(String code, HttpStatus status, String title) {
    this.code = code;
    this.status = status;
    this.title = title;
  }

  /** Returns the member {@code type}. */
  public URI uri() {
    return URI.create(NAMESPACE + code);
  }

  public HttpStatus status() {
    return status;
  }

  public String title() {
    return title;
  }
}
