package io.pgproof.target;

import io.pgproof.proof.Mistakes;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.yaml.Spelling;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The contents of {@code pgproof.yaml}.
 *
 * @param file path that it was read from
 * @param containersAtOnce maximum number of verifications that are in containers at the same time
 * @param heartbeat address that the server calls again and again while it works
 * @param reviews when auditors are asked to review the results
 * @param anchoring where the evidence log is anchored
 * @param evidenceRetention how long evidence is kept; empty to keep all of it
 * @param targets in the order of the file; no two have the same name
 */
public record Configuration(
    Path file,
    int containersAtOnce,
    Optional<WebHookAddress> heartbeat,
    Optional<Schedule> reviews,
    Anchoring anchoring,
    Optional<Duration> evidenceRetention,
    Notifications telling,
    List<Target> targets) {
  /** Default name of the configuration file. */
  public static final String FILE = "pgproof.yaml";

  static final int DEFAULT_CONTAINERS_AT_ONCE = 2;

  /** The shortest time for which evidence is kept. */
  public static final Duration LEAST_EVIDENCE_RETENTION = Duration.ofDays(90);

  public Configuration {
    targets = List.copyOf(targets);
  }

  /** A configuration without anchors, which keeps all evidence. */
  public Configuration(
      Path file,
      int containersAtOnce,
      Optional<WebHookAddress> heartbeat,
      Optional<Schedule> reviews,
      Notifications telling,
      List<Target> targets) {
    this(
        file,
        containersAtOnce,
        heartbeat,
        reviews,
        Anchoring.NONE,
        Optional.empty(),
        telling,
        targets);
  }

  /** A configuration without a heartbeat, reviews and anchors. */
  public Configuration(
      Path file, int containersAtOnce, Notifications telling, List<Target> targets) {
    this(file, containersAtOnce, Optional.empty(), Optional.empty(), telling, targets);
  }

  /** Returns the configuration if there is no file. */
  public static Configuration none() {
    return none(Path.of(FILE));
  }

  /** Returns the configuration that applies until this file exists. */
  public static Configuration none(Path file) {
    return new Configuration(file, DEFAULT_CONTAINERS_AT_ONCE, Notifications.NONE, List.of());
  }

  /**
   * Reads and checks a whole file.
   *
   * @throws UsageException {@code no-such-path} if it cannot be read, {@code bad-option} with every
   *     mistake in it
   */
  public static Configuration read(Path file) {
    return new ConfigurationReader(file).configuration();
  }

  /** Returns each secret that is kept outside the configuration, by what it is for. */
  public Map<String, Secret> secrets() {
    Map<String, Secret> secrets = new LinkedHashMap<>(telling.secrets());
    if (heartbeat.orElse(null) instanceof WebHookAddress.Kept kept) {
      secrets.put("the address of the heartbeat", kept.secret());
    }
    return secrets;
  }

  /** Returns whether the configuration itself contains an address that can be a secret. */
  public boolean hasWrittenAddress() {
    return telling.haveWrittenAddress()
        || heartbeat.filter(WebHookAddress.Written.class::isInstance).isPresent();
  }

  /**
   * @throws UsageException {@code bad-option} with the names that exist
   */
  public Target target(String name) {
    List<String> names = targets.stream().map(Target::name).toList();
    return targets.stream()
        .filter(target -> target.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    Reason.BAD_OPTION,
                    file
                        + " has no target "
                        + Mistakes.quoted(name)
                        + "; it has "
                        + (names.isEmpty() ? "none" : String.join(", ", names)),
                    Spelling.to(name, names)
                        .map(near -> "did you mean " + near + "?")
                        .orElse(
                            "name a target of the file, or leave --config out to give a path")));
  }
}
