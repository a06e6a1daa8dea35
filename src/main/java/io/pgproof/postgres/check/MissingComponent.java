package io.pgproof.postgres.check;

import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;

/**
 * What a check needs of the image, and what to do where the image lacks it: then nobody can tell
 * what the check would find.
 */
final class MissingComponent {
  private MissingComponent() {}

  /**
   * The finding that the image has no such program of PostgreSQL.
   *
   * @param what {@code amcheck} or a program's name
   */
  static Finding of(String what, int major) {
    // Debian's names; other distributions have contrib apart.
    String debian = what.equals("pg_dump") ? "postgresql-client-" + major : "postgresql-" + major;
    return Finding.of(
        Reason.CHECK_UNAVAILABLE,
        "the image has no " + what,
        "build the image with Debian's package "
            + debian
            + " or the one that brings "
            + what
            + " elsewhere, see docs/images.md; or verify at a --depth that does without it",
        null);
  }
}
