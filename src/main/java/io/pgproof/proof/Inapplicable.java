package io.pgproof.proof;

import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Why a skipped check is no objection to a proof: it does not apply to this backup or at this
 * depth.
 */
public enum Inapplicable {
  /** The requested depth does not include the check. */
  DEPTH("depth"),
  /** The backup has no {@code backup_manifest} to compare its files with. */
  NO_MANIFEST("no-manifest"),
  /** The cluster has no page checksums. */
  NO_CHECKSUMS("no-checksums"),
  /** This version of PostgreSQL has no means to make the check. */
  VERSION("version");

  private final String code;

  Inapplicable(String code) {
    this.code = code;
  }

  /** Returns the code that {@code --json} prints with the check. */
  @JsonValue
  public String code() {
    return code;
  }
}
