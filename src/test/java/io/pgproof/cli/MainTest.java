package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Which commands a call of the program builds, and how it ends. */
class MainTest {
  private static final Set<String> ALL =
      new CommandLine(new Main.Complete()).getSubcommands().keySet();

  @Test
  void aCallBuildsOnlyTheCommandThatItNames() {
    assertThat(ALL).contains("verify", "serve");
    assertThat(ALL)
        .allSatisfy(
            name -> assertThat(Main.line(name, "--json").getSubcommands()).containsOnlyKeys(name));
  }

  @Test
  void theCommandThatIsNamedHasAllItsOptions() {
    CommandLine complete = new CommandLine(new Main.Complete());
    assertThat(ALL)
        .allSatisfy(
            name ->
                assertThat(options(Main.line(name).getSubcommands().get(name)))
                    .isEqualTo(options(complete.getSubcommands().get(name))));
  }

  @Test
  void aSignalDecidesTheStatusEvenIfTheCommandEndsMeanwhile() throws Exception {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Signalled.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(program.inputReader().readLine()).isEqualTo("ready");
    program.destroy();
    assertThat(program.waitFor()).isEqualTo(128 + 15);
  }

  /**
   * Ends with a status of its own while a signal ends it. The hook waits until that has returned:
   * what is still at work after the last hook could replace the status of the signal.
   */
  static final class Signalled {
    private static final int NOT_RETURNED = 99;

    private Signalled() {}

    public static void main(String[] arguments) throws InterruptedException {
      CountDownLatch signalled = new CountDownLatch(1);
      CountDownLatch returned = new CountDownLatch(1);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    signalled.countDown();
                    try {
                      if (!returned.await(10, TimeUnit.SECONDS)) {
                        Runtime.getRuntime().halt(NOT_RETURNED);
                      }
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }));
      System.out.println("ready");
      signalled.await();
      Main.end(Main.FAILED);
      returned.countDown();
    }
  }

  /** Options of a command and of its subcommands. */
  private static List<String> options(CommandLine command) {
    return Stream.concat(
            command.getCommandSpec().optionsMap().keySet().stream().sorted(),
            command.getSubcommands().values().stream().flatMap(sub -> options(sub).stream()))
        .toList();
  }

  @Test
  void helpAndWrongUsageKnowAllCommands() {
    for (String[] arguments :
        List.of(
            new String[0],
            new String[] {"--help"},
            new String[] {"verfy"},
            new String[] {"--state", "/srv/pgproof", "verify"})) {
      assertThat(Main.line(arguments).getSubcommands().keySet()).isEqualTo(ALL);
    }
  }
}
