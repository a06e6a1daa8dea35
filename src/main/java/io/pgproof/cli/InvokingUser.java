package io.pgproof.cli;

/** Who sits at the keyboard. */
final class InvokingUser {
  private InvokingUser() {}

  /** The user behind sudo, or the user. */
  static String whoRanThis() {
    String sudo = System.getenv("SUDO_USER");
    return sudo == null || sudo.isBlank() ? System.getProperty("user.name") : sudo;
  }
}
