package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
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
