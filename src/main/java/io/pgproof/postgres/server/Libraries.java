package io.pgproof.postgres.server;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.pgproof.backup.format.PostgresVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.PGConnection;

/**
 * Libraries that a server loads: which of them the source preloaded, and which Debian package
 * contains one.
 */
public final class Libraries {
  private static final int LARGEST_CONF = 1 << 20;

  /** From this version on, pg_stat_file() accepts any path from a superuser. */
  private static final int LOOKS_ANYWHERE = 11;

  private static final String NO_SUCH_FILE = "58P01";
  private static final String DIRECTORY = "42809";
  private static final String NO_TABLE_IN_IT = "22P04";
  private static final List<String> PRELOADING =
      List.of("shared_preload_libraries", "session_preload_libraries", "local_preload_libraries");

  /**
   * A setting as {@code guc-file.l} reads it: the equals sign is optional, and a quoted value
   * doubles or escapes its quotes.
   */
  private static final Pattern SETTING =
      Pattern.compile(
          "\\s*([A-Za-z_][A-Za-z0-9_.]*)\\s*=?\\s*(?:'((?:[^'\\\\]|''|\\\\.)*)'|([^\\s#']+)).*");

  /**
   * Packages by library or extension; {@code %d} is the major version. Contrib modules come with
   * the server.
   */
  private static final Map<String, String> PACKAGES =
      Map.ofEntries(
          Map.entry("pg_cron", "postgresql-%d-cron"),
          Map.entry("postgis", "postgresql-%d-postgis-3"),
          Map.entry("postgis_raster", "postgresql-%d-postgis-3"),
          Map.entry("postgis_topology", "postgresql-%d-postgis-3"),
          Map.entry("postgis_sfcgal", "postgresql-%d-postgis-3"),
          Map.entry("postgis_tiger_geocoder", "postgresql-%d-postgis-3"),
          Map.entry("address_standardizer", "postgresql-%d-postgis-3"),
          Map.entry("pgrouting", "postgresql-%d-pgrouting"),
          Map.entry("libpgrouting", "postgresql-%d-pgrouting"),
          Map.entry("vector", "postgresql-%d-pgvector"),
          Map.entry("pgaudit", "postgresql-%d-pgaudit"),
          Map.entry("pglogical", "postgresql-%d-pglogical"),
          Map.entry("pg_partman", "postgresql-%d-partman"),
          Map.entry("pg_partman_bgw", "postgresql-%d-partman"),
          Map.entry("pg_repack", "postgresql-%d-repack"),
          Map.entry("repmgr", "postgresql-%d-repmgr"),
          Map.entry("pg_squeeze", "postgresql-%d-squeeze"),
          Map.entry("pg_stat_kcache", "postgresql-%d-pg-stat-kcache"),
          Map.entry("pg_qualstats", "postgresql-%d-pg-qualstats"),
          Map.entry("pg_wait_sampling", "postgresql-%d-pg-wait-sampling"),
          Map.entry("pg_hint_plan", "postgresql-%d-pg-hint-plan"),
          Map.entry("powa", "postgresql-%d-powa"),
          Map.entry("hypopg", "postgresql-%d-hypopg"),
          Map.entry("hll", "postgresql-%d-hll"),
          Map.entry("ip4r", "postgresql-%d-ip4r"),
          Map.entry("orafce", "postgresql-%d-orafce"),
          Map.entry("prefix", "postgresql-%d-prefix"),
          Map.entry("q3c", "postgresql-%d-q3c"),
          Map.entry("rum", "postgresql-%d-rum"),
          Map.entry("semver", "postgresql-%d-semver"),
          Map.entry("set_user", "postgresql-%d-set-user"),
          Map.entry("tds_fdw", "postgresql-%d-tds-fdw"),
          Map.entry("mysql_fdw", "postgresql-%d-mysql-fdw"),
          Map.entry("ogr_fdw", "postgresql-%d-ogr-fdw"),
          Map.entry("plpgsql_check", "postgresql-%d-plpgsql-check"),
          Map.entry("plproxy", "postgresql-%d-plproxy"),
          Map.entry("plr", "postgresql-%d-plr"),
          Map.entry("plperl", "postgresql-plperl-%d"),
          Map.entry("plpython3", "postgresql-plpython3-%d"),
          Map.entry("plpython3u", "postgresql-plpython3-%d"),
          Map.entry("pltcl", "postgresql-pltcl-%d"));

  private Libraries() {}

  /**
   * Returns Debian's package that contains a library or an extension; empty if it is not known
   * here.
   */
  public static Optional<String> debianPackage(String name, PostgresVersion version) {
    // $libdir/postgis-3 and postgis_raster-3.so contain a version that the extension's name does
    // not.
    String bare =
        name.replaceFirst(".*/", "").replaceFirst("\\.so$", "").replaceFirst("-[0-9][0-9.]*$", "");
    return Optional.ofNullable(PACKAGES.get(bare))
        .map(known -> String.format(known, version.major()));
  }

  /** Returns the remedy for a library that the image lacks. */
  public static String remedy(String name, PostgresVersion version) {
    return debianPackage(name, version)
        .map(
            known ->
                "add Debian's package "
                    + known
                    + ", which contains it, to extra-packages in images.yaml, see docs/images.md")
        .orElse(
            "add the package that contains it to extra-packages in images.yaml, see docs/images.md");
  }

  /**
   * Returns the libraries that the source preloaded, as far as its settings are in the data
   * directory; Debian keeps {@code postgresql.conf} elsewhere. Read them before {@link
   * io.pgproof.postgres.recovery.RecoveryPreparation} empties {@code postgresql.auto.conf}.
   */
  public static List<String> preloaded(Path dataDirectory) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String name : List.of("postgresql.conf", "postgresql.auto.conf")) {
      text(dataDirectory.resolve(name))
          .lines()
          .forEach(
              line -> {
                Matcher setting = SETTING.matcher(line);
                if (setting.matches()
                    && PRELOADING.contains(setting.group(1).toLowerCase(Locale.ROOT))) {
                  String value = setting.group(2) == null ? setting.group(3) : setting.group(2);
                  settings.put(
                      setting.group(1).toLowerCase(Locale.ROOT),
                      value.replace("''", "'").replaceAll("\\\\(.)", "$1"));
                }
              });
    }
    List<String> libraries = new ArrayList<>();
    for (String value : settings.values()) {
      for (String library : value.split(",")) {
        String bare = library.strip().replaceAll("^\"|\"$", "");
        if (!bare.isEmpty() && !libraries.contains(bare)) {
          libraries.add(bare);
        }
      }
    }
    return libraries;
  }

  /**
   * Returns whether the image has a library, searched as the server searches for it.
   *
   * @param name as in {@code pg_proc.probin} or a setting
   */
  public static boolean canLoad(Connection connection, String name) throws SQLException {
    String directory;
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select setting from pg_catalog.pg_config() where name = 'PKGLIBDIR'")) {
      directory = row.next() ? row.getString(1) : "";
    }
    String path =
        name.startsWith("/") ? name : directory + "/" + name.replaceFirst("^\\$libdir/", "");
    if (connection.getMetaData().getDatabaseMajorVersion() < LOOKS_ANYWHERE) {
      return isRead(connection, path) || isRead(connection, path + ".so");
    }
    try (PreparedStatement look =
        connection.prepareStatement(
            "select (pg_catalog.pg_stat_file(?, true)).size is not null or (pg_catalog.pg_stat_file(?, true)).size is not null")) {
      look.setString(1, path);
      look.setString(2, path + ".so");
      try (ResultSet row = look.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  /**
   * Tests for a file by reading it into a table, for versions that cannot inspect an arbitrary
   * path. A library can be read but is not a table.
   */
  private static boolean isRead(Connection connection, String path) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("create temporary table if not exists library (content text)");
      statement.execute(
          "copy pg_temp.library from '"
              + connection.unwrap(PGConnection.class).escapeLiteral(path)
              + "' with (format binary)");
      return true;
    } catch (SQLException e) {
      String state = String.valueOf(e.getSQLState());
      if (state.equals(NO_SUCH_FILE) || state.equals(DIRECTORY)) {
        return false;
      }
      if (state.equals(NO_TABLE_IN_IT)) {
        return true;
      }
      throw e;
    }
  }

  private static String text(Path file) {
    try {
      return Files.isRegularFile(file, NOFOLLOW_LINKS) && Files.size(file) <= LARGEST_CONF
          ? Files.readString(file, StandardCharsets.ISO_8859_1)
          : "";
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
