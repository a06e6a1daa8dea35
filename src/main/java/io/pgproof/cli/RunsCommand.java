package io.pgproof.cli;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.cli.text.ReportText;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.evidence.RunHistory;
import io.pgproof.proof.Launcher;
import io.pgproof.proof.Mistakes;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "runs",
    description = "Lists past verifications, the newest first.",
    mixinStandardHelpOptions = true)
final class RunsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ParentCommand private Main main;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "Maximum number of runs; default ${DEFAULT-VALUE}.")
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
    return RequestCommand.run(
        main, spec, new Request.ListRuns(limit), Reply.Runs.class, this::print);
  }

  private int print(Reply.Runs runs, PrintWriter out) {
    if (json) {
      out.println(EvidenceJson.write(runs.lines()));
    } else if (runs.lines().isEmpty()) {
      out.println(
          "there is no verification yet; start one with " + Launcher.COMMAND + " verify PATH");
    } else {
      runs.lines().forEach(line -> print(line, out));
    }
    return Main.DONE;
  }

  private static void print(RunHistory.Line line, PrintWriter out) {
    out.printf(
        "%s  %s  %-12s %-20s %10s  %s%n",
        line.run(),
        ReportText.time(line.askedAt()),
        line.verdict() == null ? "under way" : line.verdict().word(),
        line.reason() == null ? "" : line.reason().code(),
        line.totalMillis() == null ? "" : ReportText.seconds(line.totalMillis()),
        line.target() == null ? line.path() : line.target());
  }
}
