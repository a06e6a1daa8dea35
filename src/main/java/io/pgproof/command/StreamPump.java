package io.pgproof.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Reads one stream of a program to its end, keeps the tail, and passes on each line. */
final class StreamPump implements Runnable {
  private static final int LONGEST_LINE = 64 * 1024;

  private final InputStream from;
  private final TailBuffer tailBuffer;
  private final Consumer<String> said;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  /**
   * @param said receives each line without its line end; lines longer than 64 KiB arrive in pieces
   */
  StreamPump(InputStream from, TailBuffer tailBuffer, Consumer<String> said) {
    this.from = from;
    this.tailBuffer = tailBuffer;
    this.said = said;
  }

  @Override
  public void run() {
    byte[] buffer = new byte[8192];
    try (from) {
      for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
        tailBuffer.add(buffer, count);
        split(buffer, count);
      }
    } catch (IOException closed) {
      // The pipe was closed during the read because a process that outlived the program still holds
      // its other end.
    }
    if (line.size() > 0) {
      passLines();
    }
  }

  private void split(byte[] buffer, int count) {
    for (int i = 0; i < count; i++) {
      if (buffer[i] == '\n') {
        passLines();
      } else {
        line.write(buffer[i]);
        if (line.size() == LONGEST_LINE) {
          passLines();
        }
      }
    }
  }

  private void passLines() {
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    said.accept(text);
  }
}
