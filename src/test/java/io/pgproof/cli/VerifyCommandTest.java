package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgproof.RequestBuilder;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.target.Setting;
import io.pgproof.target.Settings;
import io.pgproof.target.VerificationRequest;
import io.pgproof.target.VerificationRequest.Resources;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class VerifyCommandTest {
  @TempDir Path place;

  @Test
  void aPathIsVerifiedWithTheDefaults() {
    assertThat(request("/backups/shop"))
        .isEqualTo(
            Settings.NONE.request(Optional.empty(), Path.of("/backups/shop"), Main.invokingUser()));
  }

  @Test
  void aRelativePathStartsAtTheWorkingDirectory() {
    assertThat(request("backups/../shop").path()).isEqualTo(Path.of("shop").toAbsolutePath());
  }

  @Test
  void optionsAndFileMakeTheSameRequest() throws IOException {
    Path file =
        configuration(
            """
        targets:
          - name: shop
            path: /backups/shop
            freshness-query: select max(placed_at) from orders
            database: shop
            time-zone: Europe/Berlin
            max-age: 36h
            assertions: [ "select 1 = 1", "select 2 = 2" ]
            depth: standard
            wal-archive: %s
            recovery-timeout: 2h
            superuser: admin
            memory: 2G
            cpus: 0.5
            disk: 50G
            keep: 2d
        """
                .formatted(place));
    VerificationRequest byOptions =
        request(
            "/backups/shop",
            "--freshness-query",
            "select max(placed_at) from orders",
            "--database",
            "shop",
            "--time-zone",
            "Europe/Berlin",
            "--max-age=36h",
            "--assert",
            "select 1 = 1",
            "--assert",
            "select 2 = 2",
            "--depth",
            "STANDARD",
            "--wal-archive",
            place.toString(),
            "--recovery-timeout",
            "2h",
            "--superuser",
            "admin",
            "--memory",
            "2G",
            "--cpus",
            "0.5",
            "--disk",
            "50GB",
            "--keep",
            "2d");
    VerificationRequest byFile = request("--config", file.toString(), "shop");
    assertThat(byFile.target()).contains("shop");
    assertThat(withoutTarget(byFile)).isEqualTo(byOptions);
  }

  @Test
  void anOptionOverridesOnlyItsSettingOfTheFile() throws IOException {
    Path file =
        configuration(
            """
        targets:
          - {name: shop, path: /backups/shop, database: shop, max-age: 36h, memory: 2G, cpus: 2, disk: 3G, assertions: [a, b]}
        """);
    VerificationRequest request =
        request(
            "--config",
            file.toString(),
            "shop",
            "--max-age",
            "1h",
            "--cpus",
            "1",
            "--disk",
            "9G",
            "--assert",
            "c");
    assertThat(request.maxAge()).isEqualTo(Duration.ofHours(1));
    assertThat(request.queries().assertions()).containsExactly("c");
    assertThat(request.resources()).isEqualTo(new Resources(2L << 30, 1, Optional.of(9L << 30)));
    assertThat(request.queries().database()).isEqualTo("shop");
  }

  @Test
  void allWrongOptionsAreNamedAtOnce() {
    UsageException refused =
        refused(
            "/backups/shop",
            "--memory",
            "100M",
            "--cpus",
            "0",
            "--disk",
            "50",
            "--depth",
            "thorough",
            "--assert",
            "a",
            "--assert",
            "",
            "--wal-archive",
            "");
    assertThat(refused.finding().reason()).isEqualTo(Reason.BAD_OPTION);
    assertThat(refused.getMessage().lines())
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("6 mistakes:"),
            line -> assertThat(line).startsWith("  --assert is ''; allowed: SQL"),
            line ->
                assertThat(line)
                    .startsWith("  --depth is 'thorough'; allowed: quick, standard or deep"),
            line -> assertThat(line).startsWith("  --wal-archive is ''; allowed: a path"),
            line ->
                assertThat(line)
                    .startsWith(
                        "  --memory is '100M'; allowed: a size such as 512M or 2G, at least 256M"),
            line ->
                assertThat(line).startsWith("  --cpus is '0'; allowed: a number from 0.05 to 1024"),
            line ->
                assertThat(line)
                    .startsWith(
                        "  --disk is '50'; allowed: a size such as 512M or 2G, at least 64M"));
  }

  @Test
  void aReminderAfterTheEscalationIsRefused() throws IOException {
    UsageException refused =
        refused("/backups/shop", "--remind-after", "4h", "--escalate-after", "2h");
    assertThat(refused.getMessage())
        .isEqualTo(
            "nobody would be reminded: --remind-after is 4h, but the task is escalated after 2h (--escalate-after)");
    assertThat(refused.finding().hint()).contains("shorter");
    Path file =
        configuration(
            "targets: [{name: shop, path: /backups/shop, remind-after: 30h, escalate-after: 48h}]");
    assertThat(refused("--config", file.toString(), "shop", "--escalate-after", "12h").getMessage())
        .contains("--remind-after is 30h");
  }

  @Test
  void anEmptyPathIsNotTheWorkingDirectory() {
    assertThat(refused("").finding().reason()).isEqualTo(Reason.NO_SUCH_PATH);
  }

  @Test
  void aMissingWalArchiveIsNamedWithItsOrigin() throws IOException {
    Path file =
        configuration("targets: [{name: shop, path: /backups/shop, wal-archive: /no/such/wal}]");
    assertThat(refused("--config", file.toString(), "shop").getMessage())
        .isEqualTo(file + ": wal-archive of target shop is not a directory: /no/such/wal");
    assertThat(
            refused("--config", file.toString(), "shop", "--wal-archive", "/no/such/too")
                .getMessage())
        .isEqualTo("--wal-archive is not a directory: /no/such/too");
    assertThat(refused("/backups/shop", "--wal-archive", "/no/such/wal").finding().reason())
        .isEqualTo(Reason.NO_SUCH_PATH);
  }

  @Test
  void aWrongConfigurationEndsWithStatus2AndOneJsonObject() throws IOException {
    Path file = configuration("targets: [{name: shop, path: shop, max-age: soon}]");
    PrintStream standardOutput = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    int status;
    try {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      status =
          Main.run(
              "verify",
              "--json",
              "--config",
              file.toString(),
              "shop",
              "--state",
              place.resolve("state").toString());
    } finally {
      System.setOut(standardOutput);
    }
    JsonNode json = new ObjectMapper().readTree(printed.toString(StandardCharsets.UTF_8));
    assertThat(status).isEqualTo(2);
    assertThat(json.get("verdict").isNull()).isTrue();
    assertThat(json.get("reason").asText()).isEqualTo("bad-option");
    assertThat(json.get("message").asText())
        .contains("path of target shop is 'shop'", "max-age of target shop is 'soon'");
    assertThat(place.resolve("state")).doesNotExist();
  }

  @Command(name = "pgproof")
  private static final class Program {}

  @Command(name = VerifyCommand.NAME)
  private static final class Failing implements Callable<Integer> {
    @Option(names = "--json")
    @SuppressWarnings("UnusedVariable") // Only declared, so that picocli accepts it.
    private boolean json;

    @Override
    public Integer call() {
      throw new NoClassDefFoundError("io/pgproof/Gone");
    }
  }

  @Test
  void anInternalErrorIsInconclusiveAndOneJsonObject() throws IOException {
    CommandLine line = new CommandLine(new Program()).addSubcommand(new Failing());
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    int status =
        Main.execute(
            line, new PrintStream(printed, true, StandardCharsets.UTF_8), "verify", "--json");
    JsonNode json = new ObjectMapper().readTree(printed.toString(StandardCharsets.UTF_8));
    assertThat(status).isEqualTo(1);
    assertThat(json.get("verdict").asText()).isEqualTo("inconclusive");
    assertThat(json.get("reason").asText()).isEqualTo("internal");
    assertThat(json.get("message").asText()).contains("NoClassDefFoundError", "io/pgproof/Gone");
  }

  @Test
  void helpShowsEverySettingWithItsDefault() {
    String help = new CommandLine(new VerifyCommand()).getUsageMessage().replaceAll("\\s+", " ");
    for (Setting<?> setting : Setting.all()) {
      String begin =
          " "
              + SettingOptions.name(setting)
              + "="
              + setting.label()
              + " "
              + setting.meaning()
              + ": ";
      assertThat(help).contains(begin);
      String told = help.substring(help.indexOf(begin) + begin.length()).split("\\. ", 2)[0];
      setting.standard().ifPresent(value -> assertThat(told).endsWith("; default " + value));
    }
    assertThat(help).contains("--config=FILE", "override the file");
  }

  private Path configuration(String yaml) throws IOException {
    return Files.writeString(place.resolve("pgproof.yaml"), yaml);
  }

  private static VerificationRequest request(String... arguments) {
    VerifyCommand command = new VerifyCommand();
    new CommandLine(command).parseArgs(arguments);
    return command.request();
  }

  private static UsageException refused(String... arguments) {
    UsageException refused = catchThrowableOfType(UsageException.class, () -> request(arguments));
    assertThat(refused).isNotNull();
    return refused;
  }

  private static VerificationRequest withoutTarget(VerificationRequest r) {
    return RequestBuilder.from(r).target(Optional.empty()).build();
  }
}
