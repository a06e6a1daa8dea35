package io.pgproof.workflow.attempt;

import io.pgproof.proof.RunId;
import io.pgproof.state.StateDirectory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A restored copy that is kept for inspection by a person; the name of its directory contains the
 * expiry time.
 *
 * @param until expiry time, to the second
 */
public record KeptCopy(RunId run, Instant until) {
  private static final Pattern NAME =
      Pattern.compile("([0-9]{8}-[0-9]{6}-[0-9a-z]{4})\\.until-([0-9]{1,12})");

  Path path(StateDirectory state) {
    return state.kept().resolve(run.value() + ".until-" + until.getEpochSecond());
  }

  private static Optional<KeptCopy> of(Path directory) {
    Matcher name = NAME.matcher(directory.getFileName().toString());
    return name.matches()
        ? Optional.of(
            new KeptCopy(
                new RunId(name.group(1)), Instant.ofEpochSecond(Long.parseLong(name.group(2)))))
        : Optional.empty();
  }

  /**
   * Returns those of these directories that are expired copies; a directory with any other name
   * must not be removed.
   */
  public static List<Path> expired(List<Path> directories, Instant now) {
    return directories.stream()
        .filter(copy -> of(copy).map(kept -> kept.until().isBefore(now)).orElse(false))
        .toList();
  }
}
