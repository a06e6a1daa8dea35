package io.pgproof.demo;

import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.image.Image;
import io.pgproof.postgres.recovery.RecoveryRequest;
import io.pgproof.postgres.server.ServerAddress;
import io.pgproof.sandbox.MachineId;
import io.pgproof.sandbox.MachineSpec;
import io.pgproof.sandbox.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL server in its own container, as the source of real backups. {@link #close}
 * removes it without a trace.
 *
 * <p>It has no network: the host reaches it over a Unix socket. Use it only for throw-away data,
 * because it runs with {@code fsync=off}. Thread-safe.
 */
public final class SourceDatabase implements AutoCloseable {
  /** Query for the time of the newest order. It works after {@link #fill}. */
  public static final String FRESHNESS_QUERY = Shop.FRESHNESS_QUERY;

  private static final String SUPERUSER = "postgres";
  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration HALT = Duration.ofSeconds(10);
  private static final Duration PROGRAM = Duration.ofMinutes(30);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
  private static final int LAST_LINES = 40;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
  private static final List<String> TAR_WITH_WAL =
      List.of("--format=tar", "--wal-method=stream", "--gzip");
  private static final Map<String, String> ENVIRONMENT =
      Map.of("PATH", "/usr/bin:/bin", "LANG", "C.UTF-8", "HOME", "/tmp");

  // The shell becomes the server, which then is the machine's first process. When the server ends,
  // the machine ends.
  private static final String INIT =
      """
      exec >>%1$s/server.log 2>&1
      bin=$1
      shift
      "$bin/initdb" --pgdata=%2$s --username=%3$s --auth-local=trust --auth-host=reject --no-sync "$@" &&
      cat %4$s/source.conf >>%2$s/postgresql.conf &&
      exec "$bin/postgres" -D %2$s -c listen_addresses= -c unix_socket_directories=%5$s -c port=%6$d -c fsync=off
      """
          .formatted(
              RecoveryRequest.LOG,
              RecoveryRequest.DATA,
              SUPERUSER,
              RecoveryRequest.SETTINGS,
              RecoveryRequest.SOCKET,
              ServerAddress.PORT);

  private final Sandbox sandbox;
  private final Image image;
  private final MachineId machine;
  private final SourceDirectory files;

  private SourceDatabase(Sandbox sandbox, Image image, MachineId machine, SourceDirectory files) {
    this.sandbox = sandbox;
    this.image = image;
    this.machine = machine;
    this.files = files;
  }

  /**
   * Creates a new, empty server and returns when it accepts connections.
   *
   * @param name name of the machine, unique on this host
   * @param place directory for this database only, created here and removed by {@link #close}; at
   *     most 85 bytes long
   * @throws SourceException with the server's output if it does not start; nothing is left then
   */
  public static SourceDatabase start(
      Sandbox sandbox, Image image, String name, Path place, SourceOptions options) {
    Path home = place.toAbsolutePath().normalize();
    SourceDirectory files =
        new SourceDirectory(home, options.backups().orElse(home.resolve("out")));
    if (Files.exists(home)) {
      throw new SourceException(
          home + " already exists: a source database needs its own directory");
    }
    SourceDatabase source =
        new SourceDatabase(sandbox, image, new MachineId(name, files.machine()), files);
    try {
      source.createAndStart(options);
      return source;
    } catch (RuntimeException | Error e) {
      try {
        source.close();
      } catch (RuntimeException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
  }

  private void createAndStart(SourceOptions options) {
    int uid = sandbox.firstHostId() + image.uid();
    int gid = sandbox.firstHostId() + image.gid();
    try {
      files.create(uid, gid);
      files.writeSettings("source.conf", options.postgresqlConf(), uid, gid);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the source database's directories cannot be created in " + files.place(), e);
    }
    List<String> init =
        new ArrayList<>(List.of("/bin/sh", "-c", INIT, "source-database", image.binDirectory()));
    init.addAll(options.initdb(PostgresVersion.of(image.major()).orElseThrow()));
    sandbox.create(
        new MachineSpec(
            machine,
            image.rootfs(),
            files.mounts(),
            init,
            image.uid(),
            image.gid(),
            options.limits()));
    sandbox.start(machine);
    awaitAnswer();
  }

  private void awaitAnswer() {
    long until = System.nanoTime() + START.toNanos();
    while (true) {
      // Check the machine before the server, so that the next round at the latest notices a server
      // that ended in between.
      boolean running = sandbox.running(machine);
      try {
        connect().close();
        return;
      } catch (SQLException e) {
        if (!running) {
          throw new SourceException(
              "the source database ended instead of starting: " + serverLog(), e);
        }
        if (System.nanoTime() > until) {
          throw new SourceException(
              "the source database did not answer within "
                  + START.toSeconds()
                  + " s ("
                  + e.getMessage()
                  + "): "
                  + serverLog(),
              e);
        }
      }
      try {
        Thread.sleep(LOOK_AGAIN.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SourceException("interrupted before the source database answered", e);
      }
    }
  }

  /** Opens a connection as superuser to the database {@code postgres}; the caller closes it. */
  public Connection connect() throws SQLException {
    return connect("postgres");
  }

  /** Opens a connection as superuser; the caller closes it. */
  public Connection connect(String database) throws SQLException {
    Properties settings = new Properties();
    settings.setProperty("user", SUPERUSER);
    settings.setProperty("socketFactory", "org.newsclub.net.unix.AFUNIXSocketFactory$FactoryArg");
    settings.setProperty("socketFactoryArg", files.socketFile().toString());
    settings.setProperty("sslmode", "disable");
    settings.setProperty("gssEncMode", "disable");
    settings.setProperty("connectTimeout", "10");
    return DriverManager.getConnection(
        "jdbc:postgresql://localhost:" + ServerAddress.PORT + "/" + database, settings);
  }

  /** Returns the directory of the server's socket on the host. */
  public Path socketDirectory() {
    return files.socket();
  }

  /** Returns the data directory on the host, which the server writes to. */
  public Path dataDirectory() {
    return files.data();
  }

  public Image image() {
    return image;
  }

  /** Executes one SQL statement, or several in one transaction if {@code ;} separates them. */
  public void execute(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw failed(sql, e);
    }
  }

  /**
   * Returns the first column of the first row as text; {@code null} for NULL or if there is no row.
   */
  public @Nullable String query(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : null;
    } catch (SQLException e) {
      throw failed(sql, e);
    }
  }

  private static SourceException failed(String sql, SQLException e) {
    return new SourceException(
        "the source database refused \"" + sql.strip() + "\": " + e.getMessage(), e);
  }

  /** Returns the position of the next WAL record, such as {@code 0/3000148}. */
  public String currentLsn() {
    return Objects.requireNonNull(query("select pg_current_wal_lsn()"));
  }

  /** Ends the current WAL segment and returns its end position. */
  public String switchWal() {
    return Objects.requireNonNull(query("select pg_switch_wal()"));
  }

  /**
   * Creates the tables {@code customers}, {@code orders} and {@code order_lines}; call it only
   * once.
   *
   * @param orders rows of {@code orders}; there are a tenth as many customers and three times as
   *     many lines, and the newest order is placed now
   */
  public void fill(int orders) {
    if (orders < 1) {
      throw new IllegalArgumentException("a shop needs at least one order, not " + orders);
    }
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : Shop.tables(orders)) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new SourceException("the tables could not be filled: " + e.getMessage(), e);
    }
  }

  /**
   * Starts to place orders, several hundred per second, until the writer is closed. Call {@link
   * #fill} first.
   */
  public OrderWriter startWriter() {
    long customers = Long.parseLong(query("select count(*) from customers"));
    try {
      return new OrderWriter(connect(), customers);
    } catch (SQLException e) {
      throw new SourceException("the source database refused a connection: " + e.getMessage(), e);
    }
  }

  /**
   * Takes a base backup with {@code pg_basebackup}.
   *
   * @param name name of the new directory for the backup
   * @param arguments arguments of {@code pg_basebackup}; none for gzip-compressed tar archives with
   *     streamed WAL
   * @return the backup's directory on the host, which root can read
   * @throws SourceException with the output of {@code pg_basebackup} and of the server
   */
  public Path baseBackup(String name, String... arguments) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(name + " is not the name of a backup");
    }
    List<String> line =
        new ArrayList<>(
            List.of(
                image.binDirectory() + "/pg_basebackup",
                "--host=" + RecoveryRequest.SOCKET,
                "--port=" + ServerAddress.PORT,
                "--username=" + SUPERUSER,
                "--no-password",
                "--checkpoint=fast",
                "--pgdata=" + inside(name)));
    line.addAll(arguments.length == 0 ? TAR_WITH_WAL : List.of(arguments));
    Sandbox.Ended ended = run(line.toArray(String[]::new));
    if (ended.status() != 0 || ended.timedOut()) {
      throw new SourceException(
          "the base backup "
              + name
              + " failed with status "
              + ended.status()
              + ": "
              + ended.err().strip()
              + "\nserver: "
              + serverLog());
    }
    return files.backups().resolve(name);
  }

  /**
   * Returns the path of a backup's directory inside, for arguments such as {@code --incremental}.
   */
  public String inside(String backup) {
    return SourceDirectory.OUT + "/" + backup;
  }

  /** Runs a program inside as the server's user. */
  public Sandbox.Ended run(String... line) {
    return sandbox.run(machine, image.uid(), image.gid(), ENVIRONMENT, PROGRAM, List.of(line));
  }

  /** Returns the last lines of the server's log, or why there are none. */
  public String serverLog() {
    try {
      List<String> lines = Files.readAllLines(files.serverLog());
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    } catch (IOException e) {
      return "no server log: " + e.getMessage();
    }
  }

  /**
   * Stops the server and removes the machine, the data, and the backups unless they are to be kept.
   * Repeatable.
   */
  @Override
  public void close() {
    remove(sandbox, machine, files);
  }

  /**
   * Removes the remains of a source database after its process was killed; name and place as given
   * to {@link #start}.
   */
  public static void remove(Sandbox sandbox, String name, Path place) {
    SourceDirectory files = new SourceDirectory(place.toAbsolutePath().normalize(), place);
    remove(sandbox, new MachineId(name, files.machine()), files);
  }

  private static void remove(Sandbox sandbox, MachineId machine, SourceDirectory files) {
    try {
      sandbox.stop(machine, HALT);
    } finally {
      sandbox.destroy(machine);
      files.remove();
    }
  }
}
