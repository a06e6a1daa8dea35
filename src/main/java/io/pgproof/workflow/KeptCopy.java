package io.pgproof.workflow;

import io.pgproof.proof.RunId;
import io.pgproof.state.StateDirectory;
import io.pgproof.state.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A restored copy that is kept for a person to look at; its directory's name says until when.
 *
 * @param until to the second
 */
public record KeptCopy(RunId run, Instant until) {
  private static final Pattern NAME = Pattern.compile("([0-9a-z-]+)\\.until-([0-9]+)");

  Path path(StateDirectory state) {
    return state.kept().resolve(run.value() + ".until-" + until.getEpochSecond());
  }

  private static Optional<KeptCopy> of(Path directory) {
    Matcher name = NAME.matcher(directory.getFileName().toString());
    return name.matches()
        ? Optional.of(new KeptCopy(new RunId(name.group(1)), Instant.ofEpochSecond(Long.parseLong(name.group(2)))))
        : Optional.empty();
  }

  /**
   * Removes the copies whose time has passed.
   *
   * @return what was removed
   */
  public static List<Path> reap(StateDirectory state, Instant now) throws IOException {
    List<Path> removed = new ArrayList<>();
    if (!Files.isDirectory(state.kept())) {
      return removed;
    }
    try (Stream<Path> copies = Files.list(state.kept())) {
      for (Path copy : copies.toList()) {
        if (of(copy).map(kept -> kept.until().isBefore(now)).orElse(false)) {
          Trees.remove(copy);
          removed.add(copy);
        }
      }
    }
    return removed;
  }
}
