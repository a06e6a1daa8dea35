package io.pgproof.sandbox;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Permanently identifies a throw-away machine: its name on this host and the directory that
 * contains all its files.
 *
 * <p>Any process that knows the id can find, stop and destroy the machine after a crash; nothing is
 * remembered in memory.
 *
 * @param name unique on the host, because control groups are shared: letters, digits and hyphens,
 *     at most 60
 * @param home absolute path of a directory for this machine only
 */
public record MachineId(String name, Path home) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,59}");

  public MachineId {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(name + " is not the name of a machine");
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
