package io.pgproof.evidence.anchor;

import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.ProgramInterruptedException;
import io.pgproof.command.ProgramMissingException;
import io.pgproof.command.ProgramResult;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.ServerEvent.LogAnchored;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A program that gets the checkpoint on its standard input, and ends with status 0. */
final class ToCommand implements Way {
  private static final int MOST_LINES = 10;
  private static final int LONGEST_LINE = 200;

  private final HostPrograms programs;
  private final List<String> line;
  private final Duration limit;

  /**
   * @param line the program and its arguments
   */
  ToCommand(HostPrograms programs, List<String> line, Duration limit) {
    this.programs = programs;
    this.line = line;
    this.limit = limit;
  }

  @Override
  public String name() {
    return LogAnchored.COMMAND;
  }

  /** Leaves out the arguments, because one may be a secret. */
  @Override
  public String where() {
    return line.get(0);
  }

  @Override
  public ServerEvent give(String checkpoint) throws InterruptedException {
    List<String> said = Collections.synchronizedList(new ArrayList<>());
    ProgramResult result;
    try {
      result =
          programs.run(
              new HostCommand(line, limit, Map.of(), checkpoint),
              text -> {
                if (said.size() < MOST_LINES && !text.isBlank()) {
                  said.add(shown(text));
                }
              });
    } catch (ProgramInterruptedException e) {
      throw new InterruptedException(e.getMessage());
    } catch (ProgramMissingException | UncheckedIOException e) {
      return failed(String.valueOf(e.getMessage()), null);
    }
    List<String> output = List.copyOf(said);
    LogAnchored.Program program =
        new LogAnchored.Program(result.status(), output, result.took().toMillis());
    return result.succeeded()
        ? new LogAnchored(name(), where(), checkpoint, program, null)
        : failed(how(result) + (output.isEmpty() ? "" : ": " + output.get(0)), program);
  }

  private ServerEvent failed(String because, LogAnchored.@Nullable Program program) {
    return new ServerEvent.AnchorFailed(name(), where(), because, program);
  }

  private String how(ProgramResult result) {
    return result.timedOut()
        ? "it was killed at its limit of " + limit.toSeconds() + " s"
        : result.bySignal()
            ? "it was ended by signal " + (result.status() - 128)
            : "it ended with status " + result.status();
  }

  private static String shown(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", " ").strip();
    return plain.length() <= LONGEST_LINE ? plain : plain.substring(0, LONGEST_LINE) + "...";
  }
}
