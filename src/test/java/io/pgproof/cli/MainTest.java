package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Which commands a call of the program builds. */
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
