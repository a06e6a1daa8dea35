package io.pgproof.cli;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.cli.text.ReportText;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.proof.Reason;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "show",
    description = "Shows one verification in full: its report and all events.",
    mixinStandardHelpOptions = true)
final class ShowCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ParentCommand private Main main;

  @Parameters(paramLabel = "RUN", description = "Id of the run, see the command runs.")
  private String run;

  @Option(names = "--json", description = "Prints the report as verify --json does.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    return RequestCommand.run(main, spec, new Request.ShowRun(run), Reply.Run.class, this::print);
  }

  private int print(Reply.Run shown, PrintWriter out) {
    if (json) {
      out.println(
          shown.report() == null
              ? FailureOutput.json(
                  Reason.UNDER_WAY, "run " + run + " has no verdict yet", Reason.UNDER_WAY.hint())
              : EvidenceJson.write(shown.report()));
      return Main.DONE;
    }
    if (shown.report() == null) {
      out.println("run " + run + " has no verdict yet");
    } else {
      ReportText.print(shown.report(), shown.chosen(), out);
    }
    out.println();
    shown
        .happenings()
        .forEach(
            happening ->
                out.printf(
                    "  %s  %-12s %s%n",
                    ReportText.time(happening.at()), happening.actor(), happening.what()));
    return Main.DONE;
  }
}
