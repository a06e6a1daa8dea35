package io.pgproof.cli;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.cli.text.ReportText;
import io.pgproof.command.HostPrograms;
import io.pgproof.control.Request;
import io.pgproof.image.BuiltImages;
import io.pgproof.image.Image;
import io.pgproof.image.ImageStore;
import io.pgproof.proof.HumanFormat;
import io.pgproof.sandbox.lxc.LxcSandbox;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "images",
    description =
        "Lists, builds and removes root file systems with PostgreSQL; every verification uses one.",
    subcommands = {ImagesCommand.List.class, ImagesCommand.Build.class, ImagesCommand.Remove.class},
    mixinStandardHelpOptions = true)
final class ImagesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ParentCommand private Main main;

  @Override
  public Integer call() {
    return list(main, spec, false);
  }

  private static int list(Main main, CommandSpec spec, boolean json) {
    DaemonConnection.requireRoot();
    StateDirectory state = main.state();
    Ownership.requirePrivate(state);
    HostPrograms programs = new HostPrograms();
    // An image appears complete or not at all, so the list needs neither the daemon nor its
    // database.
    ImageStore images =
        new BuiltImages(
            state.images(),
            state.imageSources(),
            new LxcSandbox(programs)::firstHostId,
            programs,
            Clock.systemUTC());
    java.util.List<ImageStore.Buildable> buildable = images.buildable();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(EvidenceJson.write(images.list()));
      return Main.DONE;
    }
    for (Image image : images.list()) {
      out.printf(
          "%s  PostgreSQL %s  built %s  %s%n",
          image.key(),
          image.postgresVersion(),
          ReportText.time(image.builtAt()),
          HumanFormat.bytes(image.bytes()));
    }
    out.println("images can be built for");
    buildable.forEach(
        version -> out.printf("  PostgreSQL %d from %s%n", version.major(), version.from()));
    return Main.DONE;
  }

  @Command(name = "list", description = "Lists the images.", mixinStandardHelpOptions = true)
  static final class List implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @ParentCommand private ImagesCommand images;

    @Option(names = "--json", description = "Prints a JSON array.")
    private boolean json;

    @Override
    public Integer call() {
      return list(images.main, spec, json);
    }
  }

  @Command(
      name = "build",
      description = "Builds the image for a major version, or reports that it exists.",
      mixinStandardHelpOptions = true)
  static final class Build implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @ParentCommand private ImagesCommand images;

    @Parameters(paramLabel = "VERSION", description = "Major version of PostgreSQL, such as 15.")
    private int major;

    @Option(names = "--refresh", description = "Builds it with today's packages even if it exists.")
    private boolean refresh;

    @Override
    public Integer call() throws Exception {
      return RequestCommand.text(images.main, spec, new Request.BuildImage(major, refresh));
    }
  }

  @Command(name = "remove", description = "Removes an image.", mixinStandardHelpOptions = true)
  static final class Remove implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @ParentCommand private ImagesCommand images;

    @Parameters(paramLabel = "KEY", description = "Key of the image, see the command list.")
    private String key;

    @Override
    public Integer call() throws Exception {
      return RequestCommand.text(images.main, spec, new Request.RemoveImage(key));
    }
  }
}
