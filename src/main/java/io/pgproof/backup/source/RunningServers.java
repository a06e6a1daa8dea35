package io.pgproof.backup.source;

import io.pgproof.backup.format.BackupPart;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The servers on this machine, including those in containers, as {@code /proc} shows them: each
 * process of a server has the data directory as its working directory. Files that a server writes
 * to are not part of a backup.
 */
public final class RunningServers {
  private static final int MOST_LINKS = 16;

  /** Files that a server never replaces; a copy made of hard links shares them with the server. */
  private static final List<String> KEPT = List.of("PG_VERSION", "global/pg_control");

  /**
   * A place that a server uses.
   *
   * @param what such as {@code the tablespace 16385}
   */
  private record Place(String what, String process, Path directory) {}

  private final Map<Object, Place> places = new HashMap<>();

  private RunningServers() {
    Map<Object, Path> directories = new HashMap<>();
    try (DirectoryStream<Path> processes =
        Files.newDirectoryStream(
            Path.of("/proc"), entry -> entry.getFileName().toString().matches("[0-9]+"))) {
      for (Path process : processes) {
        Path works = process.resolve("cwd");
        if (Files.exists(works.resolve("postmaster.pid"))
            && Files.exists(works.resolve("PG_VERSION"))) {
          key(works).ifPresent(key -> directories.putIfAbsent(key, process));
        }
      }
    } catch (IOException e) {
      // Without /proc, servers cannot be distinguished from other processes.
    }
    directories.values().forEach(this::add);
  }

  /**
   * Throws {@code not-self-contained} when a link of the backup leads to files of a running server
   * or into another data directory, or when files of the backup are hard links to those of the
   * server.
   */
  public static void requireNoneIn(Backup backup) {
    if (backup.format() == Backup.Format.PLAIN) {
      new RunningServers().require(backup);
    }
  }

  private void require(Backup backup) {
    for (BackupPart.Tree tree : backup.trees()) {
      String name = tree.prefix().substring(0, Math.max(tree.prefix().length() - 1, 0));
      if (!name.isEmpty() && Files.isSymbolicLink(backup.directory().resolve(name))) {
        requireNone(
            name + " points to " + tree.path() + ", which ", tree.path(), backup.directory());
      }
    }
    for (String file : KEPT) {
      Path own = backup.directory().resolve(file);
      key(own)
          .map(places::get)
          .ifPresent(
              place -> {
                throw found(own + " is a hard link to " + describe(place));
              });
    }
  }

  private void requireNone(String what, Path target, Path backup) {
    Set<Path> around = ancestorsOf(backup).collect(Collectors.toSet());
    ancestorsOf(target)
        .filter(path -> !around.contains(path))
        .forEach(
            path -> {
              key(path)
                  .map(places::get)
                  .ifPresent(
                      place -> {
                        throw found(what + "is " + describe(place));
                      });
              if (Files.exists(path.resolve("PG_VERSION"))
                  && Files.exists(path.resolve("global/pg_control"))) {
                throw found(what + "is in another data directory, " + path);
              }
            });
  }

  private static Stream<Path> ancestorsOf(Path directory) {
    Path real;
    try {
      real = directory.toRealPath();
    } catch (IOException e) {
      real = directory;
    }
    return Stream.iterate(real, Objects::nonNull, Path::getParent);
  }

  private void add(Path process) {
    Path data = process.resolve("cwd");
    String name = process.getFileName().toString();
    Path links = data.resolve("pg_tblspc");
    List<Path> named = new ArrayList<>(List.of(data.resolve("pg_wal")));
    try (DirectoryStream<Path> tablespaces = Files.newDirectoryStream(links)) {
      tablespaces.forEach(named::add);
    } catch (IOException e) {
      // The server has ended meanwhile.
    }
    add(data, "the data directory", name, data);
    KEPT.forEach(file -> add(data.resolve(file), file, name, data));
    for (Path path : named) {
      String what = path.startsWith(links) ? "the tablespace " + path.getFileName() : "the WAL";
      add(target(path, process.resolve("root")), what, name, data);
    }
  }

  private void add(Path path, String what, String process, Path data) {
    key(path)
        .ifPresent(
            key -> {
              Path directory;
              try {
                directory = Files.readSymbolicLink(data);
              } catch (IOException e) {
                directory = data;
              }
              places.putIfAbsent(key, new Place(what, process, directory));
            });
  }

  /** Returns the target of a link in the file system that the process sees. */
  private static Path target(Path path, Path root) {
    Path at = path;
    try {
      for (int links = 0; Files.isSymbolicLink(at) && links < MOST_LINKS; links++) {
        Path to = Files.readSymbolicLink(at);
        at = to.isAbsolute() ? root.resolve(to.toString().substring(1)) : at.resolveSibling(to);
      }
    } catch (IOException e) {
      // The link is gone, so no server uses it.
    }
    return at;
  }

  private static Optional<Object> key(Path path) {
    try {
      return Optional.ofNullable(Files.readAttributes(path, BasicFileAttributes.class).fileKey());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String describe(Place place) {
    return place.what()
        + " of a running server: process "
        + place.process()
        + " works in "
        + place.directory();
  }

  private static FindingException found(String message) {
    return new FindingException(
        new Finding(
            Reason.NOT_SELF_CONTAINED,
            message,
            "copy the target of the link to a directory that only this backup uses, such as with pg_basebackup and "
                + "--tablespace-mapping or --waldir, change the link to that directory, and verify again",
            null));
  }
}
