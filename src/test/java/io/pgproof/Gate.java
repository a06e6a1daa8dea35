package io.pgproof;

import io.pgproof.postgres.server.ServerAddress;
import io.pgproof.state.StateDirectory.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** Holds a run in its checks until the test lets it go, however fast or slow the machine is. */
public final class Gate {
  private static final String NAME = "let-go";

  /**
   * An assertion that is answered, by true, once {@link #open} was called for the run that asks it.
   */
  public static final String ASSERTION =
      """
      with recursive held as (
        select 1 union all select 1 from held, pg_sleep(0.05) where (pg_stat_file('/pgproof/socket/%s', true)).size is null)
      select count(*) > 0 from held"""
          .formatted(NAME);

  private Gate() {}

  /** Lets the run's present attempt go, whose server is up. */
  public static void open(RunDirectory run) throws IOException {
    Files.createFile(run.socket().resolve(NAME));
  }

  /** Whether the run is held now. */
  public static boolean holds(RunDirectory run) {
    Properties settings = new Properties();
    settings.setProperty("user", "postgres");
    settings.setProperty("socketFactory", "org.newsclub.net.unix.AFUNIXSocketFactory$FactoryArg");
    settings.setProperty(
        "socketFactoryArg", run.socket().resolve(".s.PGSQL." + ServerAddress.PORT).toString());
    settings.setProperty("sslmode", "disable");
    settings.setProperty("gssEncMode", "disable");
    settings.setProperty("connectTimeout", "10");
    try (Connection connection =
            DriverManager.getConnection("jdbc:postgresql://localhost/postgres", settings);
        Statement statement = connection.createStatement();
        ResultSet sessions =
            statement.executeQuery(
                "select count(*) from pg_stat_activity"
                    + " where state = 'active' and query like '%"
                    + NAME
                    + "%' and pid <> pg_backend_pid()")) {
      return sessions.next() && sessions.getInt(1) > 0;
    } catch (SQLException e) {
      // It does not answer yet.
      return false;
    }
  }
}
