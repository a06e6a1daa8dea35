package io.pgproof.cli;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.bench.BenchPicture;
import io.pgproof.bench.BenchResult;
import io.pgproof.bench.BenchText;
import io.pgproof.bench.Benchmark;
import io.pgproof.bench.Goal;
import io.pgproof.command.HostPrograms;
import io.pgproof.image.BuiltImages;
import io.pgproof.proof.Launcher;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.sandbox.lxc.LxcSandbox;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.Sizes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "bench",
    description =
        "Measures pgproof beside restores by hand, with a backup that it makes and keeps below the state directory.",
    subcommands = BenchCommand.Compare.class,
    mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
  private static final long LEAST_SIZE = 64L << 20;

  @Spec private CommandSpec spec;

  @ParentCommand private Main main;

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      defaultValue = "3G",
      description = {
        "Size of the database, such as 500M or 3G; default ${DEFAULT-VALUE}.",
        "The state directory needs four times as much."
      })
  private String size = "";

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "5",
      description = "How often each figure is measured; default ${DEFAULT-VALUE}.")
  private int runs;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PART",
      description = "Parts to measure: hand, server, command, small; default all.")
  private List<Benchmark.Part> parts = List.of(Benchmark.Part.values());

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Writes the result to a file, too, as JSON.")
  private @Nullable Path out;

  @Option(
      names = "--picture",
      paramLabel = "FILE",
      description = "Draws the ways to restore the backup, as SVG.")
  private @Nullable Path picture;

  @Override
  public Integer call() throws Exception {
    DaemonConnection.requireRoot();
    if (runs < 1) {
      throw new UsageException(Reason.BAD_OPTION, "--runs is " + runs, "give a number from 1");
    }
    requireDirectoryOf("--out", out);
    requireDirectoryOf("--picture", picture);
    Ownership.createDirectory(main.state());
    StateDirectory state = Benchmark.state(main.state());
    HostPrograms programs = new HostPrograms();
    LxcSandbox sandbox = new LxcSandbox(programs);
    PrintWriter err = spec.commandLine().getErr();
    BenchResult result =
        new Benchmark(main.state(), Path.of(Launcher.SCRIPT), sandbox, programs, err::println)
            .run(
                new BuiltImages(
                    state.images(),
                    state.imageSources(),
                    sandbox::firstHostId,
                    programs,
                    Clock.systemUTC()),
                bytes(),
                runs,
                parts,
                new Main.Version().getVersion()[0]);
    BenchText.of(result).forEach(spec.commandLine().getOut()::println);
    if (out != null) {
      Files.writeString(out, EvidenceJson.writeIndented(result));
    }
    if (picture != null) {
      Files.writeString(picture, BenchPicture.draw(result));
    }
    return Main.DONE;
  }

  private static void requireDirectoryOf(String option, @Nullable Path file) {
    if (file != null && !Files.isWritable(file.toAbsolutePath().resolveSibling("."))) {
      throw new UsageException(
          Reason.BAD_OPTION,
          option + ": no file can be written at " + file,
          "name a file in a directory that exists and can be written");
    }
  }

  private long bytes() {
    try {
      long bytes = Sizes.parse(size);
      if (bytes >= LEAST_SIZE) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          Reason.BAD_OPTION, "--size: " + e.getMessage(), "give one such as 500M or 3G");
    }
    throw new UsageException(
        Reason.BAD_OPTION,
        "--size " + size + " is too small to measure",
        "give at least " + Sizes.write(LEAST_SIZE));
  }

  @Command(
      name = "compare",
      description =
          "Compares two results; status 1 if a figure is worse by more than the spread of both.",
      mixinStandardHelpOptions = true)
  static final class Compare implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
        paramLabel = "OLD",
        description = "Result of an earlier benchmark, as --out writes it.")
    private Path older = Path.of("");

    @Parameters(paramLabel = "NEW", description = "Result of a later one.")
    private Path newer = Path.of("");

    @Override
    public Integer call() {
      BenchResult before = read(older);
      BenchResult now = read(newer);
      if (Goal.ALL.stream().allMatch(goal -> goal.in(before).isEmpty() || goal.in(now).isEmpty())) {
        throw new UsageException(
            Reason.BAD_OPTION,
            older + " and " + newer + " have no figure in common",
            "measure the same parts again, see --only");
      }
      BenchText.compare(before, now).forEach(spec.commandLine().getOut()::println);
      List<String> worse = BenchText.worse(before, now);
      worse.forEach(figure -> spec.commandLine().getErr().println("worse: " + figure));
      return worse.isEmpty() ? Main.DONE : Main.FAILED;
    }

    private static BenchResult read(Path file) {
      String hint = "name a file that " + Launcher.COMMAND + " bench --out wrote";
      try {
        BenchResult result = EvidenceJson.read(Files.readString(file), BenchResult.class);
        if (result == null || result.schema() != BenchResult.SCHEMA) {
          throw new IllegalArgumentException(
              result == null
                  ? "it is empty"
                  : "this version does not know schema " + result.schema());
        }
        return result;
      } catch (IOException e) {
        throw new UsageException(
            Reason.NO_SUCH_PATH, file + " cannot be read: " + e.getMessage(), hint);
      } catch (IllegalArgumentException e) {
        throw new UsageException(
            Reason.BAD_OPTION, file + " is not the result of a benchmark: " + e.getMessage(), hint);
      }
    }
  }
}
