package io.pgproof.postgres.recovery;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import io.pgproof.backup.format.TablespaceMap;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/**
 * Makes a restored data directory recover to the end of its WAL, and do nothing else.
 *
 * <p>Safe to repeat until the server has been started. It removes files that {@code
 * backup_manifest} lists, so {@code pg_verifybackup} must run before.
 */
public final class RecoveryPreparation {
  static final String FETCH_WAL = "fetch-wal";
  private static final String START = "start";

  /** Files that a source's own recovery, promotion or operation may have left behind. */
  private static final List<String> LEFTOVERS =
      List.of(
          "recovery.conf",
          "recovery.done",
          "standby.signal",
          "recovery.signal",
          "promote",
          "fallback_promote",
          "postmaster.pid",
          "postmaster.opts",
          "postgresql.auto.conf.tmp");

  private final RecoveryRequest order;

  private RecoveryPreparation(RecoveryRequest order) {
    this.order = order;
  }

  /**
   * Removes everything that would make the copy act on its own, and writes our settings.
   *
   * @throws FindingException {@code inconsistent} if {@code backup_label} is missing, {@code
   *     backup-incomplete} if a tablespace is missing
   * @throws UncheckedIOException if the host cannot write
   */
  public static void prepare(RecoveryRequest order) {
    try {
      new RecoveryPreparation(order).prepare();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot prepare recovery in " + order.dataDirectory() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Makes the machine's next first process idle, so that programs can run on the server's files.
   */
  static void useIdleProcess(RecoveryRequest order) {
    try {
      new RecoveryPreparation(order)
          .write(order.settingsDirectory().resolve(START), "exec sleep 2147483647\n");
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot write to " + order.settingsDirectory() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns the machine's first process. It becomes the server and writes {@code server.log} in
   * {@link RecoveryRequest#LOG}.
   */
  public static List<String> serverCommand(RecoveryRequest order) {
    return List.of("/bin/sh", RecoveryRequest.SETTINGS + "/" + START);
  }

  private void prepare() throws IOException {
    Path data = order.dataDirectory();
    if (!Files.isRegularFile(data.resolve("backup_label"), NOFOLLOW_LINKS)) {
      throw new FindingException(
          Reason.INCONSISTENT,
          "backup_label is missing: without it PostgreSQL would start from the wrong checkpoint and appear to be sound");
    }
    for (String name : LEFTOVERS) {
      Files.deleteIfExists(data.resolve(name));
    }
    // A slot would hold back WAL. With a logical slot, the server does not start if wal_level is
    // too low for it.
    empty(data.resolve("pg_replslot"));
    pointTablespacesAtTheirLinks();
    write(data.resolve("postgresql.auto.conf"), "");
    if (order.version().hasRecoverySignal()) {
      write(data.resolve("recovery.signal"), "");
    } else {
      // Without a timeline, these versions follow the backup's own, and they would treat the word
      // "current" as the latest.
      write(
          data.resolve("recovery.conf"),
          "restore_command = "
              + quoted(RecoverySettings.restoreCommand(order))
              + "\n"
              + order
                  .replay()
                  .target()
                  .map(
                      timeline ->
                          "recovery_target_timeline = '"
                              + Integer.toUnsignedString(timeline)
                              + "'\n")
                  .orElse(""));
    }
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
    writeSettings();
  }

  /**
   * Writes the targets of the links in {@code pg_tblspc} to {@code tablespace_map}. The server
   * recreates the links from this file, which still contains the source's paths.
   */
  private void pointTablespacesAtTheirLinks() throws IOException {
    Path map = order.dataDirectory().resolve(TablespaceMap.NAME);
    if (!Files.exists(map, NOFOLLOW_LINKS)) {
      return;
    }
    StringBuilder lines = new StringBuilder();
    for (String oid : TablespaceMap.parse(Files.readAllBytes(map)).keySet()) {
      Path link = order.dataDirectory().resolve("pg_tblspc").resolve(oid);
      if (!Files.isSymbolicLink(link)) {
        throw new FindingException(
            Reason.BACKUP_INCOMPLETE,
            "tablespace_map names the tablespace "
                + oid
                + ", but the backup contains no files of it");
      }
      lines.append(oid).append(' ').append(Files.readSymbolicLink(link)).append('\n');
    }
    write(map, lines.toString());
  }

  private void writeSettings() throws IOException {
    Path settings = order.settingsDirectory();
    Files.createDirectories(settings);
    Files.setPosixFilePermissions(settings, PosixFilePermissions.fromString("rwx------"));
    chown(settings);
    StringBuilder conf = new StringBuilder();
    RecoverySettings.file(order)
        .forEach(
            (name, value) -> conf.append(name).append(" = ").append(quoted(value)).append('\n'));
    write(settings.resolve("postgresql.conf"), conf.toString());
    // The directory of the socket controls access: only the host's root and the server's own user
    // can enter it.
    write(settings.resolve("pg_hba.conf"), "local all all trust\n");
    write(settings.resolve("pg_ident.conf"), "");
    write(settings.resolve(FETCH_WAL), fetchWal());
    write(settings.resolve(START), start());
  }

  /**
   * Returns the start script. It is a script because a line this long with quotes does not survive
   * a container's configuration. It clears the environment, because {@code PG*} and {@code TZ} are
   * settings too.
   */
  private String start() {
    StringBuilder line =
        new StringBuilder("exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C ")
            .append(word(order.binDirectory() + "/postgres"))
            .append(" -D ")
            .append(word(RecoveryRequest.DATA))
            .append(" -c config_file=")
            .append(RecoveryRequest.SETTINGS)
            .append("/postgresql.conf");
    for (Map.Entry<String, String> setting : RecoverySettings.commandLine(order).entrySet()) {
      line.append(" \\\n -c ").append(word(setting.getKey() + "=" + setting.getValue()));
    }
    return line.append(" \\\n >> ")
        .append(RecoveryRequest.LOG)
        .append("/server.log 2>&1\n")
        .toString();
  }

  /**
   * Returns the script that fetches WAL. Exit status 1 tells the server that there is no such file.
   * Above 125 the server gives up, as it must if a file exists but cannot be read or stored. A
   * segment that is still being written to the archive counts as missing.
   */
  private String fetchWal() {
    return """
        wal=%s/$1
        [ -f "$wal" ] || exit 1
        case $1 in
          *.*) ;;
          *)
            size=$(stat -L -c %%s "$wal") || exit 200
            if [ "$size" -ne %d ]; then
              echo "WAL segment $1 in the archive has $size bytes, not %2$d: treated as missing" >&2
              exit 1
            fi ;;
        esac
        cp "$wal" "$2" || exit 200
        """
        .formatted(RecoveryRequest.WAL_ARCHIVE, order.control().walSegmentSize());
  }

  private void write(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    Files.write(file, text.getBytes(StandardCharsets.UTF_8), CREATE_NEW, WRITE);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    chown(file);
  }

  private void chown(Path file) throws IOException {
    Files.setAttribute(file, "unix:uid", order.uid(), NOFOLLOW_LINKS);
    Files.setAttribute(file, "unix:gid", order.gid(), NOFOLLOW_LINKS);
  }

  private static void empty(Path directory) throws IOException {
    if (!Files.isDirectory(directory, NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            if (!visited.equals(directory)) {
              Files.delete(visited);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Quotes a value for {@code postgresql.conf} and {@code recovery.conf}. */
  private static String quoted(String value) {
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'";
  }

  /** Quotes a text as one word of a POSIX shell. */
  private static String word(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
