package io.pgproof.cli;

import io.pgproof.control.Request;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "clean",
    description = "Removes every leftover that no running verification owns.",
    mixinStandardHelpOptions = true)
final class CleanCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ParentCommand private Main main;

  @Override
  public Integer call() throws Exception {
    return RequestCommand.text(main, spec, new Request.Clean());
  }
}
