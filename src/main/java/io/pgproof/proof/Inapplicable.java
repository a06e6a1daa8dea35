package io.pgproof.proof;

import java.util.Arrays;

/**
 * Why a check that was skipped says nothing against a proof: it does not apply to this backup, or
 * not at this depth.
 */
public enum Inapplicable {
  /** The depth that was asked for does not name it. */
  DEPTH("depth"),
  /** The backup has no {@code backup_manifest} to compare its files with. */
  NO_MANIFEST("no-manifest"),
  /** The cluster keeps no checksums of its pages. */
  NO_CHECKSUMS("no-checksums"),
  /** This version of PostgreSQL has nothing to make the check with. */
  VERSION("version");

  private final String code;

  Inapplicable(String code) {
    this.code = code;
  }

  /** As {@code --json} prints it with the check. */
  public String code() {
    return code;
  }

  /** Whether a text, which may be {@code null}, is a code of these. */
  public static boolean isOne(String code) {
    return Arrays.stream(values()).anyMatch(one -> one.code.equals(code));
  }
}
