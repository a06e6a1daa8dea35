package io.pgproof.postgres.server;

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
 * Connections to a restored server: over its socket, to it alone, believing it as little as
 * possible.
 *
 * <p>What it can send is bounded, no password is ever offered, and its errors come without DETAIL,
 * which may quote rows. Safe for many threads.
 */
public final class RestoredServer {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(20);
  private static final Duration CATALOG_LIMIT = Duration.ofSeconds(30);
  // The server ends a statement by itself at its limit; this much later it is taken as gone.
  private static final Duration GRACE = Duration.ofSeconds(15);

  /**
   * The bytes of a name, which need not be text in any encoding: the server verifies what it sends
   * as text.
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
   * A connection for pgproof's own SQL: it finds nothing but {@code pg_catalog} without a schema's
   * name.
   *
   * @param statementLimit for one statement; zero for none
   * @throws SQLException when the server refuses; SQLSTATE {@code 57P03} as long as it recovers
   * @throws FindingException {@code environment} when another process than the restored server
   *     answers
   */
  public Connection connect(String database, Duration statementLimit) throws SQLException {
    Connection connection =
        open(database, SessionOptions.ours(address.major(), statementLimit), statementLimit, false);
    try {
      if ("SQL_ASCII"
          .equals(connection.unwrap(PGConnection.class).getParameterStatus("server_encoding"))) {
        giveNames(connection, "pg_namespace", "nspname");
        giveNames(connection, "pg_class", "relname");
      }
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Gives other names in the copy to what has a name that is not UTF-8: nobody could ask for it.
   * Names are bytes of any encoding in the catalogs of a database in SQL_ASCII, and in those that
   * all databases share.
   */
  private static void giveNames(Connection connection, String catalog, String column)
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

  /** A connection for the user's SQL: read-only, with the search path that the database gives. */
  public Connection connectForUser(String database, Duration statementLimit) throws SQLException {
    return open(
        database, SessionOptions.users(address.major(), statementLimit), statementLimit, true);
  }

  /** The names of the databases that can be connected to, templates left out, in their order. */
  public List<String> databases() throws SQLException {
    return everyDatabase("and datallowconn and not datistemplate").stream()
        .map(Database::name)
        .toList();
  }

  /**
   * A database of the copy.
   *
   * @param closed why nobody can connect to it; empty where one can
   */
  public record Database(String name, Optional<String> closed) {}

  /**
   * All of them, in the order of their names; one whose name is not UTF-8 gets another in the copy.
   */
  public List<Database> everyDatabase() throws SQLException {
    return everyDatabase("");
  }

  private List<Database> everyDatabase(String which) throws SQLException {
    List<Database> all = new ArrayList<>();
    try (Connection connection = connectToSome()) {
      giveNames(connection, "pg_database", "datname");
      // As bytes, because the server would take them for text in the encoding of the database at
      // hand.
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

  /** Whether the image has a library; true where the server does not say. */
  public boolean hasLibrary(String name) {
    try (Connection connection = connectToSome()) {
      return Libraries.there(connection, name);
    } catch (SQLException e) {
      return true;
    }
  }

  /**
   * To any database, because some clusters have no {@code postgres} and keep {@code template1}
   * closed.
   *
   * @param statementLimit for one statement; zero for none
   * @throws SQLException when none can be opened, with the most telling error; as {@link #connect}
   *     where the server refuses
   */
  public Connection connectToSome(Duration statementLimit) throws SQLException {
    SQLException refused = null;
    for (String database : candidates()) {
      try {
        return connect(database, statementLimit);
      } catch (SQLException e) {
        // The server, and not the database, refuses.
        if (ServerLostException.lost(e)
            || String.valueOf(e.getSQLState()).startsWith("57P")
            || refusesRole(e)) {
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

  /** Whether a database is only not there, or closed. */
  public static boolean isElsewhere(SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    return !StoredDataError.is(failure) && (state.equals("3D000") || state.equals("55000"));
  }

  /** Whether the server gave up the role itself, so that only another {@code --superuser} helps. */
  public static boolean refusesRole(SQLException failure) {
    String state = failure.getSQLState();
    return "28000".equals(state) || "28P01".equals(state) || "42501".equals(state);
  }

  /** What to say of a role that cannot be used. */
  public FindingException roleRefused(SQLException failure) {
    return new FindingException(
        Finding.of(
            Reason.QUERY_FAILED,
            "the restored server does not let the role "
                + address.superuser()
                + " in as a superuser",
            "name the superuser of the source with --superuser; it must be allowed to log in",
            ServerText.of(failure)),
        failure);
  }

  private Connection open(
      String database, String options, Duration statementLimit, boolean readOnly)
      throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", address.superuser());
    // Without an answer to give, and refusing to be asked, no password file of this host is ever
    // read out to the copy.
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
    properties.setProperty("assumeMinServerVersion", "10");
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
      // The driver gives every wait this limit, so one statement's own has to fit in it.
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

  /** Not the backup's own fault as far as anyone can tell: nothing was learned about it. */
  private static FindingException refused(WrongServerException wrong) {
    return new FindingException(
        Finding.of(
            Reason.ENVIRONMENT,
            "it is not the restored server that answers: " + wrong.getMessage(),
            "nothing was sent to it; take the copy for hostile until it is known who put this there",
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
