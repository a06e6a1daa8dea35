package io.pgproof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real PostgreSQL of this host in a directory of its own, with an empty database for the engine.
 *
 * <p>It listens on a Unix socket only and dies with the test's process. Not for two threads.
 */
public final class EngineDatabase implements AutoCloseable {
  private static final Path INSTALLED = Path.of("/usr/lib/postgresql");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String USER = "postgres";

  private final Path directory;
  private final Path binaries;
  private Process server;

  private EngineDatabase(Path directory, Path binaries) {
    this.directory = directory;
    this.binaries = binaries;
  }

  /**
   * @throws IllegalStateException when no PostgreSQL server is installed, or it does not start
   */
  public static EngineDatabase start() {
    EngineDatabase database = null;
    try {
      database = new EngineDatabase(Files.createTempDirectory("pgproof-engine"), newestBinaries());
      database.begin();
      return database;
    } catch (IOException | RuntimeException e) {
      if (database != null) {
        database.close();
      }
      throw e instanceof RuntimeException runtime
          ? runtime
          : new UncheckedIOException((IOException) e);
    }
  }

  /** Runs what pg_dump wrote. */
  public void load(Path sql) throws IOException {
    run(
        as(
            binaries.resolve("psql"),
            "-qX",
            "--set=ON_ERROR_STOP=1",
            "--host=" + directory,
            "--username=" + USER,
            "--dbname=pgproof",
            "--file=" + sql,
            "--output=/dev/null"));
  }

  /** For {@code spring.datasource.url}. */
  public String url() {
    return url("pgproof");
  }

  public String user() {
    return USER;
  }

  /** Any will do: the directory of the socket is the door. */
  public String password() {
    return "";
  }

  /** Ends the server and all its sessions; {@link #startAgain} undoes it. */
  public void stop() throws IOException, InterruptedException {
    // SIGINT is PostgreSQL's fast shutdown; Process.destroy() sends SIGTERM, which waits for
    // clients.
    new ProcessBuilder("kill", "-INT", Long.toString(server.pid())).start().waitFor();
    if (!server.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      server.destroyForcibly().waitFor();
    }
  }

  /** Begins to start the server that was stopped. */
  public void startAgain() throws IOException {
    List<String> line =
        as(
            binaries.resolve("postgres"),
            "-D",
            directory.resolve("data").toString(),
            "-k",
            directory.toString(),
            "-c",
            "listen_addresses=",
            "-c",
            "fsync=off");
    server =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log().toFile()).start();
  }

  @Override
  public void close() {
    try {
      if (server != null) {
        stop();
      }
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void begin() throws IOException {
    if (isRoot()) {
      run(List.of("chown", USER, directory.toString()));
    }
    Path data = directory.resolve("data");
    run(
        as(
            binaries.resolve("initdb"),
            "--pgdata=" + data,
            "--username=" + USER,
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync"));
    startAgain();
    createDatabase();
  }

  private void createDatabase() throws IOException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try (Connection connection = DriverManager.getConnection(url("postgres"), USER, "");
          var statement = connection.createStatement()) {
        statement.execute("create database pgproof");
        return;
      } catch (SQLException e) {
        if (!server.isAlive() || System.nanoTime() - until > 0) {
          throw new IllegalStateException(
              "PostgreSQL did not start: " + Files.readString(log()), e);
        }
        pause();
      }
    }
  }

  private String url(String name) {
    return "jdbc:postgresql://localhost/"
        + name
        + "?socketFactory=org.newsclub.net.unix.AFUNIXSocketFactory$FactoryArg&socketFactoryArg="
        + directory.resolve(".s.PGSQL.5432")
        + "&sslmode=disable&gssEncMode=disable";
  }

  private Path log() {
    return directory.resolve("server.log");
  }

  private static Path newestBinaries() throws IOException {
    if (Files.isDirectory(INSTALLED)) {
      try (Stream<Path> versions = Files.list(INSTALLED)) {
        return versions
            .map(version -> version.resolve("bin"))
            .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
            .max(
                Comparator.comparingInt(
                    bin -> Integer.parseInt(bin.getParent().getFileName().toString())))
            .orElseThrow(EngineDatabase::notInstalled);
      }
    }
    throw notInstalled();
  }

  private static IllegalStateException notInstalled() {
    return new IllegalStateException(
        "no PostgreSQL server below " + INSTALLED + "\nHINT: apt-get install postgresql");
  }

  // The server refuses to run as root. It gets SIGQUIT when the test's process dies before close().
  private static List<String> as(Path program, String... arguments) {
    List<String> line = new ArrayList<>(List.of("setpriv"));
    if (isRoot()) {
      line.addAll(List.of("--reuid=" + USER, "--regid=" + USER, "--init-groups"));
    }
    line.addAll(List.of("--pdeathsig=QUIT", "--", program.toString()));
    line.addAll(List.of(arguments));
    return line;
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private void run(List<String> line) throws IOException {
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", line) + " failed: " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + line.get(0) + " ran", e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while PostgreSQL started", e);
    }
  }
}
