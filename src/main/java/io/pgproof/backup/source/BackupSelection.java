package io.pgproof.backup.source;

import java.nio.file.Path;
import java.util.List;

/**
 * How one backup was chosen among many.
 *
 * @param parent the directory that holds them
 * @param of how many entries there look like a backup
 * @param whole whether it is finished; when none is, the newest was chosen, so that its verdict
 *     says what is missing
 * @param skipped entries passed over because they are not finished backups, the newest first, each
 *     with the reason in words
 */
public record BackupSelection(Path parent, int of, boolean whole, List<String> skipped) {
  public BackupSelection {
    skipped = List.copyOf(skipped);
  }
}
