package io.pgproof.cli;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.cli.text.ProgressLine;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.ControlResult.Outcome;
import io.pgproof.evidence.Evidence;
import io.pgproof.target.Configuration;
import io.pgproof.target.VerificationRequest;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "control",
    description =
        "Tests pgproof itself: damages copies of a proven backup of a target, verifies each, and shows which check found which damage.",
    exitCodeList = {
      "0:Each check that applies found its damage.",
      "1:For a layer pgproof could not tell, or there is no proven backup.",
      "2:Wrong usage; nothing was begun.",
      "4:A check missed its damage.",
      "128+n:Ended by signal n."
    },
    exitCodeListHeading = "Exit status:%n",
    mixinStandardHelpOptions = true)
final class ControlCommand implements Callable<Integer> {
  /** Exit status: a check passed although its layer was damaged. */
  private static final int MISSED = 4;

  @Spec private CommandSpec spec;

  @ParentCommand private Main main;

  @Parameters(paramLabel = "TARGET", description = "Name of the target.")
  private String target;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = {
        "Configuration (pgproof.yaml) with the target.",
        "Not needed while pgproof serve runs with one."
      })
  private @Nullable Path config;

  @Option(names = "--json", description = "Prints one JSON object on standard output.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    VerificationRequest verification =
        config == null
            ? null
            : Configuration.read(config).target(target).request(Main.invokingUser());
    try (DaemonConnection daemonConnection = DaemonConnection.toEngine(main.state());
        ProgressLine progress = new ProgressLine(spec.commandLine().getErr())) {
      Reply reply =
          daemonConnection.send(
              new Request.Control(target, verification, Main.invokingUser()),
              said -> {
                if (!(said instanceof Reply.Begun)) {
                  progress.show(said);
                }
              });
      if (!(reply instanceof Reply.ControlEnded control)) {
        return FailureOutput.print(spec.commandLine(), spec.commandLine().getParseResult(), reply);
      }
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(EvidenceJson.write(control));
      } else {
        print(control, out);
      }
      return status(control.ended());
    }
  }

  private static void print(Reply.ControlEnded control, PrintWriter out) {
    Evidence.ControlEnded ended = control.ended();
    if (ended.why() != null) {
      out.println("no control of " + ended.target() + ": " + ended.why());
      return;
    }
    out.println("negative control " + control.control() + " of " + ended.target());
    out.println("  backup  " + ended.backup());
    for (ControlResult result : ended.results()) {
      out.printf(
          "  %-10s %-14s %s%n",
          result.layer(),
          result.outcome().words(),
          switch (result.outcome()) {
            case CAUGHT -> "by " + String.join(", ", result.caughtBy()) + "; " + result.damage();
            case MISSED ->
                "the check "
                    + result.check()
                    + " passed"
                    + result.finders()
                    + "; "
                    + result.damage();
            case COULD_NOT_TELL, NOT_APPLICABLE -> result.why();
          });
    }
  }

  private static int status(Evidence.ControlEnded ended) {
    if (!ended.with(Outcome.MISSED).isEmpty()) {
      return MISSED;
    }
    return ended.with(Outcome.CAUGHT).isEmpty() || !ended.with(Outcome.COULD_NOT_TELL).isEmpty()
        ? Main.FAILED
        : Main.DONE;
  }
}
