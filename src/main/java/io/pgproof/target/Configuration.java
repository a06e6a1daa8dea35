package io.pgproof.target;

import io.pgproof.proof.Mistakes;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.yaml.Spelling;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@code pgproof.yaml} says.
 *
 * @param file where it was read
 * @param containersAtOnce how many verifications may be in containers at the same time
 * @param targets no two of one name, in the file's order
 */
public record Configuration(
    Path file, int containersAtOnce, Notifications telling, List<Target> targets) {
  /** What its file is called where nobody calls it otherwise. */
  public static final String FILE = "pgproof.yaml";

  static final int DEFAULT_CONTAINERS_AT_ONCE = 2;

  /** Where there is no file. */
  public static final Configuration NONE = none(Path.of(FILE));

  public Configuration {
    targets = List.copyOf(targets);
  }

  /** What holds until there is such a file. */
  public static Configuration none(Path file) {
    return new Configuration(file, DEFAULT_CONTAINERS_AT_ONCE, Notifications.NONE, List.of());
  }

  /**
   * Reads and checks a whole file.
   *
   * @throws UsageException {@code no-such-path} when it cannot be read, {@code bad-option} with
   *     every mistake in it
   */
  public static Configuration read(Path file) {
    return new ConfigurationReader(file).configuration();
  }

  /**
   * @throws UsageException {@code bad-option} with the names there are
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
