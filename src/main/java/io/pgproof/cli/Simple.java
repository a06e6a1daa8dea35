package io.pgproof.cli;

import io.pgproof.owner.Reply;
import io.pgproof.owner.Request;
import picocli.CommandLine.Model.CommandSpec;

/** Asks for something whose answer is a line of text. */
final class Simple {
  private Simple() {}

  static int ask(Main main, CommandSpec spec, Request request) throws Exception {
    try (Link link = Link.toDesk(main.state());
        ProgressLine progress = new ProgressLine(spec.commandLine().getErr())) {
      Reply reply = link.ask(request, progress::show);
      if (reply instanceof Reply.Done done) {
        spec.commandLine().getOut().println(done.text());
        return Main.DONE;
      }
      return Outcomes.tell(spec.commandLine(), spec.commandLine().getParseResult(), reply);
    }
  }
}
