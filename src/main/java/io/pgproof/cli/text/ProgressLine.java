package io.pgproof.cli.text;

import io.pgproof.control.Reply;
import io.pgproof.proof.HumanFormat;
import io.pgproof.workflow.engine.ProgressBoard.Standing;
import java.io.PrintWriter;
import java.time.Duration;

/**
 * Shows the progress of a run on standard error: on a terminal one line that is overwritten and
 * never wraps, elsewhere one line for each new phase or note.
 */
public final class ProgressLine implements AutoCloseable {
  private static final String DUMB = "dumb";

  /** The characters from here on can take two columns. */
  private static final int FIRST_WIDE = 0x1100;

  private final PrintWriter err;
  private final boolean terminal =
      Terminal.isStandardError() && !System.getenv().getOrDefault("TERM", DUMB).equals(DUMB);
  private String phase = "";
  private String note = "";
  private long phaseBegan;
  private boolean open;

  public ProgressLine(PrintWriter err) {
    this.err = err;
  }

  public void show(Reply reply) {
    if (reply instanceof Reply.Begun begun) {
      err.println("run " + begun.run());
    } else if (reply instanceof Reply.Said said) {
      endLine();
      err.println(said.text());
    } else if (reply instanceof Reply.Standing standing) {
      show(standing.standing());
    }
  }

  private void show(Standing standing) {
    boolean newPhase = !standing.phase().equals(phase);
    if (newPhase) {
      phase = standing.phase();
      phaseBegan = System.nanoTime();
      note = "";
      endLine();
    }
    if (terminal) {
      // The last column stays free, because some terminals wrap as soon as it is written.
      err.print("\r\033[K" + cutToWidth(text(standing), Terminal.columns() - 1));
      err.flush();
      open = true;
    } else if (newPhase || (standing.note() != null && !standing.note().equals(note))) {
      err.println(text(standing));
    }
    note = standing.note() == null ? note : standing.note();
  }

  private String text(Standing standing) {
    StringBuilder text = new StringBuilder(standing.phase());
    if (standing.total() > 0) {
      text.append("  ")
          .append(HumanFormat.bytes(standing.done()))
          .append(" of ")
          .append(HumanFormat.bytes(standing.total()));
      standing
          .timeLeft(Duration.ofNanos(System.nanoTime() - phaseBegan))
          .ifPresent(left -> text.append(", ").append(HumanFormat.duration(left)).append(" left"));
    }
    if (standing.note() != null) {
      text.append("  ").append(standing.note());
    }
    return text.toString();
  }

  /** Returns as much of the text as the columns hold, on one line. */
  static String cutToWidth(String text, int columns) {
    int end = 0;
    int taken = 0;
    while (end < text.length()) {
      int character = text.codePointAt(end);
      taken += character < FIRST_WIDE ? 1 : 2;
      if (taken > columns) {
        break;
      }
      end += Character.charCount(character);
    }
    return text.substring(0, end).replaceAll("\\p{Cntrl}", " ");
  }

  private void endLine() {
    if (open) {
      err.print("\r\033[K");
      err.flush();
      open = false;
    }
  }

  @Override
  public void close() {
    endLine();
  }
}
