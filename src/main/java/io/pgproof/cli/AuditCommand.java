package io.pgproof.cli;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.proof.Mistakes;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "audit",
    description = "Shows what happened to the server itself.",
    subcommands = AuditCommand.ListEvents.class,
    mixinStandardHelpOptions = true)
final class AuditCommand implements Runnable {
  @Spec private CommandSpec spec;

  @ParentCommand private Main main;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "the command is missing: list");
  }

  @Command(
      name = "list",
      description =
          "Lists log-ins, log-outs, refusals and changes of the configuration, the newest first.",
      mixinStandardHelpOptions = true)
  static final class ListEvents implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @ParentCommand private AuditCommand audit;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "50",
        description = "Maximum number of events; default ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--json", description = "Prints a JSON array.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      Mistakes mistakes = new Mistakes();
      if (limit < 1) {
        mistakes.add(
            Mistakes.notAllowed("--limit", Integer.toString(limit), "a whole number from 1"));
      }
      mistakes.throwIfAny();
      try (DaemonConnection daemonConnection = DaemonConnection.toDesk(audit.main.state())) {
        Reply reply = daemonConnection.send(new Request.ListEvents(limit), said -> {});
        if (!(reply instanceof Reply.Events events)) {
          return FailureOutput.print(
              spec.commandLine(), spec.commandLine().getParseResult(), reply);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
          out.println(EvidenceJson.write(events.lines()));
        } else if (events.lines().isEmpty()) {
          out.println("nothing has happened to the server yet");
        } else {
          events
              .lines()
              .forEach(
                  line ->
                      out.println(
                          ReportText.time(line.at()) + "  " + line.actor() + " " + line.what()));
        }
        return Main.DONE;
      }
    }
  }
}
