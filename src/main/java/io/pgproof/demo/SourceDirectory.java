package io.pgproof.demo;

import io.pgproof.command.Trees;
import io.pgproof.postgres.recovery.RecoveryRequest;
import io.pgproof.postgres.server.ServerAddress;
import io.pgproof.sandbox.MachineSpec.Access;
import io.pgproof.sandbox.MachineSpec.Mount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * The directories of a source database on the host.
 *
 * @param place directory for this database only
 * @param backups directory for its backups, inside or outside of {@code place}
 */
record SourceDirectory(Path place, Path backups) {
  static final String OUT = "/pgproof/out";
  private static final int LONGEST_SOCKET_PATH = 107;

  SourceDirectory {
    if (socketFile(place).toString().getBytes(StandardCharsets.UTF_8).length
        > LONGEST_SOCKET_PATH) {
      throw new SourceException(
          place
              + " is too long for a source database: the path of the socket below it may have "
              + LONGEST_SOCKET_PATH
              + " bytes");
    }
  }

  Path machine() {
    return place.resolve("machine");
  }

  Path data() {
    return place.resolve("data");
  }

  Path settings() {
    return place.resolve("settings");
  }

  Path log() {
    return place.resolve("log");
  }

  Path serverLog() {
    return log().resolve("server.log");
  }

  Path socket() {
    return place.resolve("socket");
  }

  Path socketFile() {
    return socketFile(place);
  }

  private static Path socketFile(Path place) {
    return place.resolve("socket/.s.PGSQL." + ServerAddress.PORT);
  }

  List<Mount> mounts() {
    return List.of(
        new Mount(data(), RecoveryRequest.DATA, Access.READ_WRITE),
        new Mount(settings(), RecoveryRequest.SETTINGS, Access.READ_ONLY),
        new Mount(log(), RecoveryRequest.LOG, Access.READ_WRITE),
        new Mount(socket(), RecoveryRequest.SOCKET, Access.READ_WRITE),
        new Mount(backups, OUT, Access.READ_WRITE));
  }

  /** Creates all directories, owned by the server's user with its ids on the host. */
  void create(int hostUid, int hostGid) throws IOException {
    Files.createDirectories(place);
    Files.createDirectories(machine());
    for (Path directory : List.of(data(), settings(), log(), socket(), backups)) {
      Files.createDirectories(directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
      chown(directory, hostUid, hostGid);
    }
  }

  void writeSettings(String name, String content, int hostUid, int hostGid) throws IOException {
    chown(Files.writeString(settings().resolve(name), content), hostUid, hostGid);
  }

  private static void chown(Path path, int uid, int gid) throws IOException {
    Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
  }

  /** Removes {@code place} with its contents; backups outside of it stay. */
  void remove() {
    try {
      Trees.removeUninterrupted(place);
    } catch (IOException e) {
      throw new UncheckedIOException(place + " cannot be removed", e);
    }
  }
}
