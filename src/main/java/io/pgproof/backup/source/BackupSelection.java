package io.pgproof.backup.source;

import java.nio.file.Path;
import java.util.List;

/**
 * How one backup was chosen among many.
 *
 * @param parent the directory that holds them
 * @param of how many there look like a backup
 * @param whole whether it is finished; where none is, the newest was chosen, so that its verdict
 *     says what it lacks
 * @param skipped those that were passed over, as they are no finished backups, the newest first,
 *     each with why, in words
 */
public record BackupSelection(Path parent, int of, boolean whole, List<String> skipped) {
  public BackupSelection {
    skipped = List.copyOf(skipped);
  }
}
