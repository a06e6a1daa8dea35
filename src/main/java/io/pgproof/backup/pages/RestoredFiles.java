package io.pgproof.backup.pages;

import io.pgproof.backup.format.RelationFile;
import io.pgproof.backup.format.TablespaceMap;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The paths on the host of the files that a restored server works on. The server can write there,
 * so no link is followed.
 *
 * @param dataDirectory absolute
 * @param tablespaces by OID, the target of each link in {@code pg_tblspc}; in-place tablespaces are
 *     left out
 */
public record RestoredFiles(Path dataDirectory, Map<Long, Path> tablespaces) {
  public RestoredFiles {
    tablespaces = Map.copyOf(tablespaces);
  }

  /**
   * @param tablespaces the directory that holds the tablespaces outside the data directory, named
   *     by OID; it may be missing
   */
  public static RestoredFiles of(Path dataDirectory, Path tablespaces) throws IOException {
    if (!Files.isDirectory(tablespaces, LinkOption.NOFOLLOW_LINKS)) {
      return new RestoredFiles(dataDirectory, Map.of());
    }
    try (Stream<Path> oids = Files.list(tablespaces)) {
      return new RestoredFiles(
          dataDirectory,
          oids.filter(oid -> TablespaceMap.OID.matcher(oid.getFileName().toString()).matches())
              .collect(
                  Collectors.toMap(
                      oid -> Long.parseLong(oid.getFileName().toString()), oid -> oid)));
    }
  }

  /** Returns all files with pages, in order. */
  List<RelationFile> relations() throws IOException {
    List<RelationFile> relations = new ArrayList<>();
    collect(dataDirectory, "", relations);
    for (Map.Entry<Long, Path> tablespace : tablespaces.entrySet()) {
      collect(tablespace.getValue(), "pg_tblspc/" + tablespace.getKey() + "/", relations);
    }
    relations.sort(null);
    return relations;
  }

  private static void collect(Path root, String prefix, List<RelationFile> relations)
      throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      files
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .flatMap(file -> RelationFile.of(prefix + root.relativize(file)).stream())
          .forEach(relations::add);
    }
  }

  /**
   * Opens a file for reading; returns empty when it does not exist.
   *
   * @throws FindingException {@code environment} when something else is in its place
   */
  Optional<FileChannel> open(RelationFile file) throws IOException {
    Path tablespace = tablespaces.get(file.tablespace());
    Path path = tablespace == null ? dataDirectory : tablespace;
    Path name = Path.of(file.name());
    for (Path part : tablespace == null ? name : name.subpath(2, name.getNameCount())) {
      path = path.resolve(part);
      if (Files.isSymbolicLink(path)) {
        throw unexpectedFile(file);
      }
    }
    if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    // Opening a pipe would block.
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw unexpectedFile(file);
    }
    try {
      return Optional.of(
          FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static FindingException unexpectedFile(RelationFile file) {
    return new FindingException(
        Reason.ENVIRONMENT, "the restored server has replaced the file " + file.name());
  }
}
