package io.pgproof.backup;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A base backup as it lies on disk, known from its directory's listing alone.
 *
 * @param directory absolute
 * @param base the archive with the data directory
 * @param wal the archive with the WAL taken along; empty for {@code -X fetch} and {@code -X none}
 * @param manifest {@code backup_manifest}; empty where the backup has none
 */
public record Backup(Path directory, Path base, Optional<Path> wal, Optional<Path> manifest) {

  /** The archives in the order in which they are reported. */
  public List<Path> archives() {
    return wal.map(archive -> List.of(base, archive)).orElse(List.of(base));
  }
}
