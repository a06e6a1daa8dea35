package io.pgproof.evidence.report;

import io.pgproof.target.Configuration;
import io.pgproof.target.Schedule;
import io.pgproof.target.Target;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The targets of a configuration, as far as a report tells about them.
 *
 * @param file the configuration that they are from
 */
public record ConfiguredTargets(String file, List<Named> targets) {
  public ConfiguredTargets {
    targets = List.copyOf(targets);
  }

  /** A target; {@code schedule} is {@code null} if there is none. */
  public record Named(String name, @Nullable String schedule) {}

  public static ConfiguredTargets of(Configuration configuration) {
    return new ConfiguredTargets(
        configuration.file().toString(),
        configuration.targets().stream().map(ConfiguredTargets::named).toList());
  }

  private static Named named(Target target) {
    return new Named(target.name(), target.plan().schedule().map(Schedule::toString).orElse(null));
  }

  Optional<Named> find(String name) {
    return targets.stream().filter(target -> target.name().equals(name)).findFirst();
  }
}
