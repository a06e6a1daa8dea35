package io.pgproof.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Tells whether a stream of this process is a terminal; {@code System.console()} covers standard
 * input and output together.
 */
final class Terminal {
  private static final Pattern DEVICE =
      Pattern.compile("/dev/(?:pts/[0-9]+|tty[A-Za-z0-9]*|console)");

  private Terminal() {}

  static boolean isStandardError() {
    try {
      return DEVICE
          .matcher(Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString())
          .matches();
    } catch (IOException e) {
      return false;
    }
  }
}
