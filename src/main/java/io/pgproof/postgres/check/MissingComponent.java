package io.pgproof.postgres.check;

import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;

/**
 * Describes a component that a check needs and the image lacks, and the remedy. Without it, the
 * result of the check is unknown.
 */
final class MissingComponent {
  private MissingComponent() {}

  /**
   * Creates the finding that the image lacks this program of PostgreSQL.
   *
   * @param what {@code amcheck} or a program's name
   */
  static Finding of(String what, PostgresVersion version) {
    // The package names of Debian; other distributions have a separate contrib package.
    String debian =
        (what.equals("pg_dump") ? "postgresql-client-" : "postgresql-") + version.major();
    return new Finding(
        Reason.CHECK_UNAVAILABLE,
        "the image has no " + what,
        "build the image with Debian's package "
            + debian
            + " or with the package that contains "
            + what
            + " in another distribution, see images.yaml in docs/images.md; or verify at a --depth that does not need it",
        null);
  }
}
