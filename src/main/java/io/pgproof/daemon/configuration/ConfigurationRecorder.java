package io.pgproof.daemon.configuration;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.ServerEvent.ConfigurationChanged;
import io.pgproof.evidence.ServerHistory;
import io.pgproof.proof.Digests;
import io.pgproof.proof.FailureLog;
import io.pgproof.target.Configuration;
import io.pgproof.target.ConfigurationChanges;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records which configuration is in force, and what changed in it. */
public final class ConfigurationRecorder {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigurationRecorder.class);

  private final EvidenceLog evidenceLog;

  public ConfigurationRecorder(EvidenceLog evidenceLog) {
    this.evidenceLog = evidenceLog;
  }

  /** Records the configuration of a start, unless its file is the one that was recorded last. */
  public void recordStart(Configuration configuration) {
    if (!Files.exists(configuration.file())) {
      return;
    }
    record(
        configuration,
        digest ->
            new ServerHistory(evidenceLog)
                .lastConfiguration()
                .map(
                    last ->
                        last.sha256().equals(digest)
                            ? List.<String>of()
                            : List.of("changed while the server was not running"))
                .orElse(List.of("first configuration: " + count(configuration))));
  }

  /** Records a change after it is in force. */
  public void recordChange(Configuration before, Configuration after) {
    record(after, digest -> ConfigurationChanges.between(before, after));
  }

  private interface Changes {
    List<String> since(String digest);
  }

  private void record(Configuration configuration, Changes changes) {
    try {
      String digest = Digests.sha256(configuration.file());
      Optional.of(changes.since(digest))
          .filter(lines -> !lines.isEmpty())
          .ifPresent(
              lines ->
                  new ConfigurationChanged(configuration.file().toString(), digest, lines)
                      .record(evidenceLog, EvidenceLog.PGPROOF));
    } catch (IOException | RuntimeException e) {
      FailureLog.log(
          LOG, "the configuration " + configuration.file() + " could not be recorded", e);
    }
  }

  private static String count(Configuration configuration) {
    int targets = configuration.targets().size();
    return targets + (targets == 1 ? " target" : " targets");
  }
}
