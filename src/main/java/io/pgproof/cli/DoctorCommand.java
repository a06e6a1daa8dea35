package io.pgproof.cli;

import io.pgproof.command.HostPrograms;
import io.pgproof.sandbox.Sandbox;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "doctor",
    description =
        "Lists what is missing on this machine, each with the command that fixes it; exit status 1 if anything is missing.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private static final Duration MEND_LIMIT = Duration.ofMinutes(15);

  @Spec private CommandSpec spec;

  @ParentCommand private Main main;

  @Option(names = "--fix", description = "Runs these commands.")
  private boolean fix;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    HostPrograms programs = new HostPrograms();
    List<Sandbox.Lack> lacks = HostRequirements.lacks(programs, main.state());
    if (fix) {
      for (Sandbox.Lack lack : lacks.stream().filter(lack -> !lack.byHand()).toList()) {
        out.println("+ " + lack.mend());
        programs.run(HostRequirements.shell(lack.mend(), MEND_LIMIT), out::println);
      }
      lacks = HostRequirements.lacks(programs, main.state());
    }
    for (Sandbox.Lack lack : lacks) {
      out.println(lack.what());
      out.println("HINT: " + lack.mend());
    }
    if (lacks.isEmpty()) {
      out.println("nothing is missing");
      return Main.DONE;
    }
    return Main.FAILED;
  }
}
