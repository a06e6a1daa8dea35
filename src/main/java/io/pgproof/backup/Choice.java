package io.pgproof.backup;

import java.nio.file.Path;
import java.util.List;

/**
 * How one backup was chosen among many.
 *
 * @param parent the directory that holds them
 * @param of how many there look like a backup
 * @param whole whether it is finished; where none is, the newest was chosen, so that its verdict says what it lacks
 * @param skipped those that were passed over, as they are no finished backups, the newest first, each with why, in words
 */
public record Choice(Path parent, int of, boolean whole, List<String> skipped) {
  public Choice {
    skipped = List.copyOf(skipped);
  }
}
