package io.pgproof.target;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A named backup of the configuration.
 *
 * @param name lower-case letters, digits and hyphens
 * @param path absolute path
 */
public record Target(String name, Path path, Settings settings, Plan plan) {
  static final String NAME_ALLOWED = "up to 63 of a-z, 0-9 and -, not starting with a hyphen";

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  public Target {
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "'" + name + "' is not the name of a target; allowed: " + NAME_ALLOWED);
    }
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException(path + " must be absolute");
    }
  }

  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** Returns the same target with its settings overridden by the given ones. */
  public Target overriddenBy(Settings others) {
    return new Target(name, path, settings.overriddenBy(others), plan);
  }

  /** Creates a request to verify the target. */
  public VerificationRequest request(String askedBy) {
    return settings.request(Optional.of(name), path, askedBy);
  }
}
