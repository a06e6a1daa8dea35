package io.pgproof.daemon;

import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.secret.SecretFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Reads the password of the engine's database from a file, if a setting names one. */
final class DatabasePassword {
  private static final Logger LOG = LoggerFactory.getLogger(DatabasePassword.class);
  static final String FILE_SETTING = "SPRING_DATASOURCE_PASSWORD_FILE";
  private static final String SETTING = "SPRING_DATASOURCE_PASSWORD";

  private DatabasePassword() {}

  /**
   * @throws UsageException if the file has no password, or another setting has one, too
   */
  static void read(ConfigurableEnvironment environment) {
    String file = environment.getProperty(FILE_SETTING, "").strip();
    if (file.isEmpty()) {
      return;
    }
    if (!environment.getProperty(SETTING, "").isEmpty()) {
      throw new UsageException(
          Reason.BAD_OPTION,
          FILE_SETTING + " cannot be combined with " + SETTING,
          "set one of the two");
    }
    SecretFile secret = new SecretFile(Path.of(file).toAbsolutePath());
    try {
      environment
          .getPropertySources()
          .addFirst(
              new MapPropertySource(
                  FILE_SETTING, Map.of("spring.datasource.password", secret.read())));
      secret
          .exposure()
          .ifPresent(
              exposure ->
                  LOG.warn(
                      "{}: {}. HINT: run chmod 600 on it, and change the password",
                      FILE_SETTING,
                      exposure));
    } catch (IOException e) {
      throw new UsageException(
          Reason.BAD_OPTION,
          FILE_SETTING + ": " + e.getMessage(),
          "name a file that contains only the password");
    }
  }
}
