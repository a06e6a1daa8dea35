package io.pgproof.postgres.server;

import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.postgresql.Driver;
import org.postgresql.PGConnection;

/**
 * Connects to a restored server: over its socket, to no other server, and with as little trust as
 * possible.
 *
 * <p>The size of its responses is limited, no password is ever offered, and its errors arrive
 * without DETAIL, which can quote rows. Thread-safe.
 */
public final class RestoredServer {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(20);
  private static final Duration CATALOG_LIMIT = Duration.ofSeconds(30);
  // The server itself ends a statement at its limit; after this additional time it is treated as
  // gone.
  private static final Duration GRACE = Duration.ofSeconds(15);

  /**
   * SQL expression for the bytes of a name. They need not be text in any encoding, and the server
   * verifies everything that it sends as text.
   */
  private static final String BYTES =
      "pg_catalog.decode(pg_catalog.replace(%s::text, pg_catalog.chr(92), pg_catalog.repeat(pg_catalog.chr(92), 2)), 'escape')";

  private final ServerAddress address;
  private final Path socket;

  public RestoredServer(ServerAddress address) {
    this.address = address;
    this.socket = address.socketDirectory().resolve(".s.PGSQL." + ServerAddress.PORT);
  }

  /**
   * Opens a connection for pgproof's own SQL. Without a schema name, it finds only {@code
   * pg_catalog}.
   *
   * @param statementLimit limit for one statement; zero for none
   * @throws SQLException if the server refuses; SQLSTATE {@code 57P03} while it is recovering
   * @throws FindingException {@code environment} if a process other than the restored server
   *     answers
   */
  public Connection connect(String database, Duration statementLimit) throws SQLException {
    Connection connection =
        open(
            database,
            SessionOptions.forStatements(address.version(), statementLimit),
            statementLimit,
            false);
    try {
      if ("SQL_ASCII"
          .equals(connection.unwrap(PGConnection.class).getParameterStatus("server_encoding"))) {
        renameUnreadable(connection, "pg_namespace", "nspname");
        renameUnreadable(connection, "pg_class", "relname");
      }
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Renames objects of the copy whose names are not UTF-8, because no query could name them. In the
   * catalogs of a SQL_ASCII database and in the shared catalogs, names are bytes in any encoding.
   */
  private static void renameUnreadable(Connection connection, String catalog, String column)
      throws SQLException {
    Set<Long> nameless = new TreeSet<>();
    try (Statement statement = connection.createStatement()) {
      try (ResultSet rows =
          statement.executeQuery(
              "select oid, " + BYTES.formatted(column) + " from pg_catalog." + catalog)) {
        while (rows.next()) {
          if (DatabaseNames.utf8(rows.getBytes(2)).isEmpty()) {
            nameless.add(rows.getLong(1));
          }
        }
      }
      if (!nameless.isEmpty()) {
        statement.execute("set default_transaction_read_only = off");
      }
      for (long oid : nameless) {
        statement.execute(
            "update pg_catalog."
                + catalog
                + " set "
                + column
                + " = 'name of OID "
                + oid
                + "' where oid = '"
                + oid
                + "'::oid");
      }
    }
  }

  /** Opens a connection for the user's SQL: read-only, with the search path of the database. */
  public Connection connectForUser(String database, Duration statementLimit) throws SQLException {
    return open(
        database, SessionOptions.users(address.version(), statementLimit), statementLimit, true);
  }

  /** Returns the names of the databases that accept connections, without templates, sorted. */
  public List<String> databases() throws SQLException {
    return everyDatabase("and datallowconn and not datistemplate").stream()
        .map(Database::name)
        .toList();
  }

  /**
   * A database of the copy.
   *
   * @param closed why nobody can connect to it; empty if connections are possible
   */
  public record Database(String name, Optional<String> closed) {}

  /**
   * Returns all databases, sorted by name. A database whose name is not UTF-8 is renamed in the
   * copy.
   */
  public List<Database> everyDatabase() throws SQLException {
    return everyDatabase("");
  }

  private List<Database> everyDatabase(String which) throws SQLException {
    List<Database> all = new ArrayList<>();
    try (Connection connection = connectToSome()) {
      renameUnreadable(connection, "pg_database", "datname");
      // Read them as bytes, because the server would treat them as text in the encoding of the
      // current database.
      try (Statement statement = connection.createStatement();
          ResultSet rows =
              statement.executeQuery(
                  "select "
                      + BYTES.formatted("datname")
                      + ", case when not datallowconn then 'allows no connections' when datconnlimit = -2 then 'was being dropped' end"
                      + " from pg_catalog.pg_database where true "
                      + which
                      + " order by datname limit 100000")) {
        while (rows.next()) {
          all.add(
              new Database(
                  DatabaseNames.utf8(rows.getBytes(1)).orElse(""),
                  Optional.ofNullable(rows.getString(2))));
        }
      }
    }
    return all;
  }

  /** Returns whether the image has a library; true if the server does not say. */
  public boolean hasLibrary(String name) {
    try (Connection connection = connectToSome()) {
      return Libraries.canLoad(connection, name);
    } catch (SQLException e) {
      return true;
    }
  }

  /**
   * Connects to any database, because some clusters have no {@code postgres} and keep {@code
   * template1} closed.
   *
   * @param statementLimit limit for one statement; zero for none
   * @throws SQLException with the most informative error if none can be opened; if the server
   *     refuses, as for {@link #connect}
   */
  public Connection connectToSome(Duration statementLimit) throws SQLException {
    SQLException refused = null;
    for (String database : candidates()) {
      try {
        return connect(database, statementLimit);
      } catch (SQLException e) {
        // The server refuses the connection, not the database.
        if (ServerLostException.refused(e) || refusesRole(e)) {
          throw e;
        }
        refused = refused == null || isElsewhere(refused) ? e : refused;
      }
    }
    throw refused;
  }

  public Connection connectToSome() throws SQLException {
    return connectToSome(CATALOG_LIMIT);
  }

  private Set<String> candidates() {
    Set<String> names = new LinkedHashSet<>(List.of("postgres", "template1"));
    names.addAll(address.databases());
    return names;
  }

  /** Returns whether only the database is missing or closed. */
  public static boolean isElsewhere(SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    return !StoredDataError.matches(failure) && (state.equals("3D000") || state.equals("55000"));
  }

  /**
   * Returns whether the server rejected the role itself, so that only another {@code --superuser}
   * helps.
   */
  public static boolean refusesRole(SQLException failure) {
    String state = failure.getSQLState();
    return "28000".equals(state) || "28P01".equals(state) || "42501".equals(state);
  }

  /** Creates the finding for a role that cannot be used. */
  public FindingException roleRefused(SQLException failure) {
    return new FindingException(
        new Finding(
            Reason.QUERY_FAILED,
            "the restored server does not accept the role "
                + address.superuser()
                + " as a superuser",
            "name the superuser of the source with --superuser; it must be allowed to log in",
            ServerText.of(failure)),
        failure);
  }

  private Connection open(
      String database, String options, Duration statementLimit, boolean readOnly)
      throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", address.superuser());
    // An empty password and the refusal of authentication keep the driver from sending an entry of
    // a password file of this host to the copy.
    properties.setProperty("password", "");
    properties.setProperty("requireAuth", "none");
    properties.setProperty("socketFactory", RestoredServerSocketFactory.class.getName());
    properties.setProperty(
        "socketFactoryArg",
        RestoredServerSocketFactory.argument(
            address.hostUid(), (int) CONNECT_LIMIT.toMillis(), socket));
    properties.setProperty("sslmode", "disable");
    properties.setProperty("gssEncMode", "disable");
    properties.setProperty("connectTimeout", String.valueOf(CONNECT_LIMIT.toSeconds()));
    properties.setProperty("socketTimeout", seconds(CONNECT_LIMIT));
    properties.setProperty("options", options);
    properties.setProperty("ApplicationName", "pgproof");
    properties.setProperty(
        "assumeMinServerVersion", String.valueOf(PostgresVersion.OLDEST.major()));
    properties.setProperty("preferQueryMode", "extended");
    properties.setProperty("maxResultBuffer", "16M");
    properties.setProperty("logServerErrorDetail", "false");
    properties.setProperty("tcpKeepAlive", "false");
    String url =
        "jdbc:postgresql://localhost:"
            + ServerAddress.PORT
            + "/"
            + URLEncoder.encode(database, StandardCharsets.UTF_8);
    Connection connection;
    try {
      connection = new Driver().connect(url, properties);
    } catch (SQLException e) {
      throw wrongServer(e);
    }
    try {
      // The driver applies this limit to every wait, so it must be longer than the limit of a
      // statement.
      connection.setNetworkTimeout(Runnable::run, millis(statementLimit));
      requireTheRightCluster(connection);
      if (readOnly) {
        connection.setAutoCommit(false);
        connection.setReadOnly(true);
      }
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private void requireTheRightCluster(Connection connection) throws SQLException {
    if (address.systemIdentifier() == null) {
      return;
    }
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select system_identifier from pg_catalog.pg_control_system()")) {
      String identifier = row.next() ? Long.toUnsignedString(row.getLong(1)) : "none";
      if (!identifier.equals(address.systemIdentifier())) {
        throw refused(
            new WrongServerException(
                "the server at "
                    + socket
                    + " has the system identifier "
                    + identifier
                    + ", the backup has "
                    + address.systemIdentifier()));
      }
    }
  }

  private static SQLException wrongServer(SQLException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof WrongServerException wrong) {
        throw refused(wrong);
      }
    }
    return failure;
  }

  /**
   * Creates a finding that is not the backup's fault, because nothing was learned about the backup.
   */
  private static FindingException refused(WrongServerException wrong) {
    return new FindingException(
        new Finding(
            Reason.ENVIRONMENT,
            "another program answers in place of the restored server: " + wrong.getMessage(),
            "pgproof sent nothing to it; treat the copy as hostile until you know what put it there",
            null),
        wrong);
  }

  private static int millis(Duration statementLimit) {
    return statementLimit.isZero()
        ? 0
        : (int) Math.min(statementLimit.plus(GRACE).toMillis(), Integer.MAX_VALUE);
  }

  private static String seconds(Duration limit) {
    return String.valueOf(limit.toSeconds());
  }
}
