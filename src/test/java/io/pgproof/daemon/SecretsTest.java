package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.daemon.configuration.SecretWarnings;
import io.pgproof.target.Configuration;
import io.pgproof.target.CurrentConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Secrets in files: of the configuration, and of the settings. */
@ExtendWith(OutputCaptureExtension.class)
class SecretsTest {
  @TempDir private Path place;

  @Test
  void openAndMissingSecretsOfTheConfigurationAreWarnedAbout(CapturedOutput output)
      throws IOException {
    write("open", "T0K3N", "rw-r--r--");
    write("closed", "T0K3N", "rw-------");
    Path file = write("pgproof.yaml", configuration("web-hook-file: PLACE/open"), "rw-r--r--");
    CurrentConfiguration current = new CurrentConfiguration(Configuration.read(file));

    SecretWarnings.follow(current);

    assertThat(output.getAll())
        .contains("the password of mail is missing, so messages will fail: the file")
        .contains("the web hook of recipient chat: the file " + place.resolve("open"))
        .contains("HINT: run chmod 600")
        .doesNotContain("the secret of recipient chat", "can be a secret", "T0K3N");

    write(
        "pgproof.yaml",
        configuration("web-hook: \"https://hooks.example.org/T0K3N\""),
        "rw-r--r--");
    current.replace(Configuration.read(file));

    assertThat(output.getAll())
        .contains(
            "the address of a web hook or of the heartbeat can be a secret, and the file " + file)
        .doesNotContain("T0K3N");
  }

  @Test
  void thePasswordOfTheDatabaseIsReadFromItsFile(CapturedOutput output) throws IOException {
    Path file = write("password", "hush\n", "rw-------");
    assertThat(password(Map.of("SPRING_DATASOURCE_PASSWORD_FILE", file.toString())))
        .isEqualTo("hush");
    assertThat(output.getAll()).isEmpty();
    write("password", "hush\n", "rw-r--r--");
    assertThat(password(Map.of("SPRING_DATASOURCE_PASSWORD_FILE", file.toString())))
        .isEqualTo("hush");
    assertThat(output.getAll())
        .contains("SPRING_DATASOURCE_PASSWORD_FILE: the file " + file + " can be read by every")
        .doesNotContain("hush");
    assertThat(password(Map.of("SPRING_DATASOURCE_PASSWORD_FILE", ""))).isNull();
  }

  @Test
  void aWrongFileOfTheDatabasesPasswordIsNamed() {
    Path gone = place.resolve("gone");
    assertThatThrownBy(() -> password(Map.of("SPRING_DATASOURCE_PASSWORD_FILE", gone.toString())))
        .hasMessage("SPRING_DATASOURCE_PASSWORD_FILE: the file " + gone + " does not exist");
    assertThatThrownBy(
            () ->
                password(
                    Map.of(
                        "SPRING_DATASOURCE_PASSWORD_FILE",
                        gone.toString(),
                        "SPRING_DATASOURCE_PASSWORD",
                        "hush")))
        .hasMessage(
            "SPRING_DATASOURCE_PASSWORD_FILE cannot be combined with SPRING_DATASOURCE_PASSWORD");
  }

  private static String password(Map<String, Object> variables) {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .replace(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
    DatabasePassword.read(environment);
    return environment.getProperty("spring.datasource.password");
  }

  private String configuration(String webHook) {
    return """
        mail: {host: mx.example.org, from: pgproof@example.org, user: p, password-file: PLACE/gone}
        recipients:
        - name: chat
          %s
          secret-file: PLACE/closed
        targets: []
        """
        .formatted(webHook)
        .replace("PLACE", place.toString());
  }

  private Path write(String name, String text, String permissions) throws IOException {
    Path file = Files.writeString(place.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }
}
