package io.pgproof.cli;

import io.pgproof.cli.text.ProgressLine;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;

/** Sends a request that needs no engine, and prints its result or why there is none. */
final class RequestCommand {
  private RequestCommand() {}

  /** Prints the result of a request. */
  interface Printer<R extends Reply> {
    /** Returns the exit status of the command. */
    int print(R result, PrintWriter out) throws IOException;
  }

  /**
   * Returns the exit status of the command.
   *
   * @param type of the result; any other final reply is a failure
   */
  static <R extends Reply> int run(
      Main main, CommandSpec spec, Request request, Class<R> type, Printer<R> printer)
      throws Exception {
    try (DaemonConnection daemonConnection = DaemonConnection.toDesk(main.state());
        ProgressLine progress = new ProgressLine(spec.commandLine().getErr())) {
      Reply reply = daemonConnection.send(request, progress::show);
      return type.isInstance(reply)
          ? printer.print(type.cast(reply), spec.commandLine().getOut())
          : FailureOutput.print(spec.commandLine(), spec.commandLine().getParseResult(), reply);
    }
  }

  /** Sends a request whose result is a text, see {@link #run}. */
  static int text(Main main, CommandSpec spec, Request request) throws Exception {
    return run(
        main,
        spec,
        request,
        Reply.Done.class,
        (done, out) -> {
          out.println(done.text());
          return Main.DONE;
        });
  }
}
