package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.target.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The pages about options and settings name those that there are. */
class OptionTableTest {
  private static final Pattern OPTION = Pattern.compile("^\\| `(--[a-z-]+)", Pattern.MULTILINE);

  @Test
  void thePageOfVerifyHasARowForEachOption() throws IOException {
    List<String> options =
        new CommandLine(new VerifyCommand())
            .getCommandSpec().options().stream()
                .filter(option -> !option.usageHelp() && !option.versionHelp())
                .map(OptionSpec::longestName)
                .toList();

    assertThat(rows()).containsExactlyInAnyOrderElementsOf(options);
  }

  @Test
  void eachSettingOfATargetIsAnOption() throws IOException {
    assertThat(rows())
        .containsAll(
            Setting.all().stream()
                .map(setting -> "--" + (setting == Setting.ASSERTIONS ? "assert" : setting.name()))
                .toList());
  }

  private static List<String> rows() throws IOException {
    return OPTION
        .matcher(Files.readString(Path.of("docs/verify.md")))
        .results()
        .map(row -> row.group(1))
        .toList();
  }
}
