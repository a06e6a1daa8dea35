package io.pgproof.cli;

import io.pgproof.cli.text.ProgressLine;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import picocli.CommandLine.Model.CommandSpec;

/** Sends a request whose answer is a line of text. */
final class TextCommand {
  private TextCommand() {}

  static int run(Main main, CommandSpec spec, Request request) throws Exception {
    try (DaemonConnection daemonConnection = DaemonConnection.toDesk(main.state());
        ProgressLine progress = new ProgressLine(spec.commandLine().getErr())) {
      Reply reply = daemonConnection.send(request, progress::show);
      if (reply instanceof Reply.Done done) {
        spec.commandLine().getOut().println(done.text());
        return Main.DONE;
      }
      return FailureOutput.print(spec.commandLine(), spec.commandLine().getParseResult(), reply);
    }
  }
}
