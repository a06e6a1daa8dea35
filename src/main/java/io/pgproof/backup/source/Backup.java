package io.pgproof.backup.source;

import io.pgproof.backup.format.BackupIdentity;
import io.pgproof.backup.format.BackupPart;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A base backup on disk, known from directory listings alone.
 *
 * @param directory absolute
 * @param parts in the order in which they are reported; the data directory first if present
 * @param manifest {@code backup_manifest}; empty when the backup has none
 * @param choice how it was chosen, when a directory with many backups was named
 */
public record Backup(
    Path directory,
    Format format,
    List<BackupPart> parts,
    Optional<Path> manifest,
    Optional<BackupSelection> choice) {
  public Backup {
    parts = List.copyOf(parts);
  }

  /** The format in which {@code pg_basebackup} wrote it. */
  public enum Format {
    TAR,
    PLAIN;

    /** Returns the word for reports. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns the format in the word of the report, where an incremental backup is its own. */
  public String formatWord(BackupIdentity identity) {
    return identity.label().incremental() ? "incremental" : format.word();
  }

  Backup chosen(BackupSelection why) {
    return new Backup(directory, format, parts, manifest, Optional.of(why));
  }

  /** Returns this backup without links that lead nowhere. */
  public Backup withoutBrokenLinks() {
    List<BackupPart> there =
        parts.stream()
            .filter(part -> !(part instanceof BackupPart.Tree) || Files.isDirectory(part.path()))
            .toList();
    return new Backup(directory, format, there, manifest, choice);
  }

  /** Returns this backup without some of its parts. */
  public Backup without(List<BackupPart> others) {
    return new Backup(
        directory,
        format,
        parts.stream().filter(part -> !others.contains(part)).toList(),
        manifest,
        choice);
  }

  /** Returns the part with the data directory; empty when it is missing. */
  Optional<BackupPart> base() {
    return parts.stream().filter(part -> part.prefix().isEmpty()).findFirst();
  }

  /** Returns the name of {@link #base} for messages. */
  public String baseName() {
    return base().map(BackupPart::name).orElse(directory.toString());
  }

  public List<BackupPart.Archive> archives() {
    return partsOfType(BackupPart.Archive.class);
  }

  public List<BackupPart.Tree> trees() {
    return partsOfType(BackupPart.Tree.class);
  }

  private <T extends BackupPart> List<T> partsOfType(Class<T> kind) {
    return parts.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** Returns the names in the data directory that separate parts provide. */
  public Set<String> linkedDirectories() {
    return parts.stream()
        .map(BackupPart::prefix)
        .filter(prefix -> !prefix.isEmpty())
        .map(prefix -> prefix.substring(0, prefix.length() - 1))
        .collect(Collectors.toUnmodifiableSet());
  }
}
