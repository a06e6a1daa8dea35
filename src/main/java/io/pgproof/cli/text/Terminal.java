package io.pgproof.cli.text;

import io.pgproof.backup.binding.Libc;
import io.pgproof.backup.binding.LibraryMissingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Tells whether standard error is a terminal, and how wide it is; {@code System.console()} covers
 * standard input and output together.
 */
public final class Terminal {
  private static final Pattern DEVICE =
      Pattern.compile("/dev/(?:pts/[0-9]+|tty[A-Za-z0-9]*|console)");
  private static final int STANDARD_ERROR = 2;
  private static final int USUAL_COLUMNS = 80;
  private static final int WINSIZE = 4;

  private Terminal() {}

  public static boolean isStandardError() {
    try {
      return DEVICE
          .matcher(Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString())
          .matches();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Returns the columns that the terminal has at this moment, because a person can change them at
   * any time; 80 if the terminal does not know, as a serial line does not.
   */
  public static int columns() {
    short[] rowsAndColumns = new short[WINSIZE];
    try {
      Libc.load().ioctl(STANDARD_ERROR, Libc.TIOCGWINSZ, rowsAndColumns);
    } catch (LibraryMissingException e) {
      return USUAL_COLUMNS;
    }
    int columns = Short.toUnsignedInt(rowsAndColumns[1]);
    return columns == 0 ? USUAL_COLUMNS : columns;
  }
}
