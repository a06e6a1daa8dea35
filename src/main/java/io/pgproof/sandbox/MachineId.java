package io.pgproof.sandbox;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Names a throw-away machine for good: its name on this host and the directory that holds all it
 * consists of.
 *
 * <p>Whoever knows the id can find, stop and destroy the machine after any crash; nothing is
 * remembered in memory.
 *
 * @param name unique on the host, for control groups are shared: letters, digits and hyphens, at
 *     most 60
 * @param home an absolute directory of this machine alone
 */
public record MachineId(String name, Path home) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,59}");

  public MachineId {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(name + " is no name for a machine");
    }
    if (!home.isAbsolute()) {
      throw new IllegalArgumentException(home + " must be absolute");
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
