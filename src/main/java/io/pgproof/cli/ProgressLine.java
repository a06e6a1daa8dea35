package io.pgproof.cli;

import io.pgproof.control.Reply;
import io.pgproof.proof.HumanFormat;
import io.pgproof.workflow.engine.ProgressBoard.Standing;
import java.io.PrintWriter;
import java.time.Duration;

/**
 * Shows the progress of a run on standard error: on a terminal one line that is overwritten,
 * elsewhere one line for each new phase or note.
 */
final class ProgressLine implements AutoCloseable {
  private final PrintWriter err;
  private final boolean terminal = Terminal.isStandardError() && System.getenv("TERM") != null;
  private String phase = "";
  private String note = "";
  private long phaseBegan;
  private boolean open;

  ProgressLine(PrintWriter err) {
    this.err = err;
  }

  void show(Reply reply) {
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
      err.print("\r\033[K" + text(standing));
      err.flush();
      open = true;
    } else if (newPhase || standing.note() != null && !standing.note().equals(note)) {
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
      long nanos = System.nanoTime() - phaseBegan;
      if (standing.done() > 0 && standing.done() < standing.total() && nanos > 1_000_000_000L) {
        double left = (double) nanos / standing.done() * (standing.total() - standing.done());
        text.append(", ")
            .append(HumanFormat.duration(Duration.ofNanos((long) left)))
            .append(" left");
      }
    }
    if (standing.note() != null) {
      text.append("  ").append(standing.note());
    }
    return text.toString();
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
