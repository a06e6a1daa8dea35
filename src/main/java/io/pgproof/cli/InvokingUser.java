package io.pgproof.cli;

/** Finds the user who invoked the program. */
final class InvokingUser {
  private InvokingUser() {}

  /** Returns the user who called sudo, or else the current user. */
  static String name() {
    String sudo = System.getenv("SUDO_USER");
    return sudo == null || sudo.isBlank() ? System.getProperty("user.name") : sudo;
  }
}
