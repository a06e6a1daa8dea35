package io.pgproof.proof;

/** How people start pgproof on this machine, for messages that name a command. */
public final class Launcher {
  /**
   * The command: {@code ./pgproof} in a clone of the repository, and {@code pgproof} where a
   * package installed it. The launcher says which one it is.
   */
  public static final String COMMAND = System.getProperty("pgproof.command", "./pgproof");

  /** Path of the script that started this process, to start another one. */
  public static final String SCRIPT = System.getProperty("pgproof.launcher", COMMAND);

  private Launcher() {}
}
