package io.pgproof.daemon.configuration;

import io.pgproof.secret.SecretFile;
import io.pgproof.target.Configuration;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Secret;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of secrets that are missing or that everybody may read, when a configuration comes into
 * force and not only when the first message fails.
 */
public final class SecretWarnings {
  private static final Logger LOG = LoggerFactory.getLogger(SecretWarnings.class);
  private static final String PROTECT = "HINT: run chmod 600 on it, and replace the secret";

  private SecretWarnings() {}

  /** Warns now, and after each change of the configuration. */
  public static void follow(CurrentConfiguration configuration) {
    warn(configuration.get());
    configuration.onReplaced(() -> warn(configuration.get()));
  }

  private static void warn(Configuration configuration) {
    for (Map.Entry<String, Secret> entry : configuration.secrets().entrySet()) {
      try {
        entry.getValue().read();
        entry
            .getValue()
            .exposure()
            .ifPresent(exposure -> LOG.warn("{}: {}. {}", entry.getKey(), exposure, PROTECT));
      } catch (IOException e) {
        LOG.warn("{} is missing, so messages will fail: {}", entry.getKey(), e.getMessage());
      }
    }
    if (configuration.hasWrittenAddress()) {
      try {
        Optional<String> exposure = new SecretFile(configuration.file()).exposure();
        exposure.ifPresent(
            text ->
                LOG.warn(
                    "the address of a web hook or of the heartbeat can be a secret, and {}. {}, or keep the address in a file of its own",
                    text,
                    PROTECT));
      } catch (IOException e) {
        LOG.debug("the permissions of {} are unknown", configuration.file(), e);
      }
    }
  }
}
