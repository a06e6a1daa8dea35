package io.pgproof.postgres.check;

import io.pgproof.postgres.server.Libraries;
import io.pgproof.postgres.server.RestoredServer;
import io.pgproof.postgres.server.RestoredServer.Database;
import io.pgproof.postgres.server.ServerText;
import io.pgproof.proof.Check;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Lists the libraries and extensions that the source used and the image lacks, with the packages
 * that contain them.
 *
 * <p>This is a difference of the environment. It is reported with {@code recovery}, because
 * recovery ended in spite of it. A check that the difference prevents reports that itself.
 */
public final class LibraryMismatch {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final int MOST_LISTED = 20;

  /** Stands for all databases, because no database can have this name. */
  private static final String ALL = "";

  private static final String USED =
      """
      select 'library', probin from pg_catalog.pg_proc
      where prolang = (select oid from pg_catalog.pg_language where lanname = 'c') and probin is not null
      union
      select 'extension', extname from pg_catalog.pg_extension e
      where not exists (select from pg_catalog.pg_available_extensions() a where a.name = e.extname)
      order by 1 desc, 2
      """;

  private final RecoveredCopy copy;
  private final RestoredServer restored;

  /** The missing libraries and extensions, each with its first use. */
  private final Map<String, String> missing = new LinkedHashMap<>();

  /** The missing items of each database, and of all databases if the source preloaded them. */
  private final Map<String, Set<String>> users = new HashMap<>();

  private final Map<String, Boolean> known = new HashMap<>();
  private final List<String> notChecked = new ArrayList<>();
  private boolean looked;

  public LibraryMismatch(RecoveredCopy copy) {
    this.copy = copy;
    this.restored = new RestoredServer(copy.server().address());
  }

  /** Returns the check result; empty if nothing is missing and everything could be inspected. */
  Optional<CheckResult> result() {
    long began = System.nanoTime();
    checkDatabases();
    if (missing.isEmpty() && notChecked.isEmpty()) {
      return Optional.empty();
    }
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    Check check =
        missing.isEmpty()
            ? Check.passed(
                "recovery",
                "pgproof could not look up in every database what the image lacks",
                took)
            : Check.mismatch("recovery", describe(missing), took);
    return Optional.of(new CheckResult(check, List.of(), notChecked));
  }

  /**
   * Describes what the image lacks of the libraries that a database uses or the source preloaded;
   * empty if nothing is known to be missing.
   */
  public Optional<String> of(String database) {
    checkDatabases();
    Map<String, String> its = new LinkedHashMap<>(missing);
    its.keySet()
        .removeIf(
            library ->
                Stream.of(ALL, database)
                    .noneMatch(user -> users.getOrDefault(user, Set.of()).contains(library)));
    return its.isEmpty() ? Optional.empty() : Optional.of(describe(its));
  }

  private void checkDatabases() {
    if (looked) {
      return;
    }
    looked = true;
    try {
      for (Database database : restored.everyDatabase()) {
        if (database.closed().isEmpty()) {
          checkDatabases(database.name());
        }
      }
    } catch (SQLException e) {
      notChecked.add("which libraries the image lacks: " + ServerText.message(e));
    }
  }

  private void checkDatabases(String database) {
    try (Connection connection = restored.connect(database, LIMIT);
        Statement statement = connection.createStatement()) {
      if (known.isEmpty()) {
        for (String library : copy.source().preloaded()) {
          requireLibrary(connection, library, ALL, "preloaded by the source");
        }
      }
      try (ResultSet used = statement.executeQuery(USED)) {
        while (used.next()) {
          if (used.getString(1).equals("library")) {
            requireLibrary(
                connection,
                used.getString(2),
                database,
                "of the database " + ServerText.clean(database));
          } else {
            lacks(
                used.getString(2),
                database,
                "an extension of the database " + ServerText.clean(database));
          }
        }
      }
    } catch (SQLException e) {
      notChecked.add(
          "libraries of the database " + ServerText.clean(database) + ": " + ServerText.message(e));
    }
  }

  private void requireLibrary(Connection connection, String library, String user, String where)
      throws SQLException {
    Boolean there = known.get(library);
    if (there == null) {
      there = Libraries.canLoad(connection, library);
      known.put(library, there);
    }
    if (!there) {
      lacks(library.replaceFirst("^\\$libdir/", ""), user, where);
    }
  }

  private void lacks(String name, String user, String where) {
    missing.putIfAbsent(name, where);
    users.computeIfAbsent(user, any -> new HashSet<>()).add(name);
  }

  private String describe(Map<String, String> missing) {
    StringBuilder told = new StringBuilder("the image lacks ");
    int listed = 0;
    for (Map.Entry<String, String> each : missing.entrySet()) {
      if (listed == MOST_LISTED) {
        return told.append(", and ").append(missing.size() - listed).append(" more").toString();
      }
      told.append(listed++ == 0 ? "" : ", ")
          .append(ServerText.clean(each.getKey()))
          .append(" (")
          .append(each.getValue());
      Libraries.debianPackage(each.getKey(), copy.version())
          .ifPresent(name -> told.append(", package ").append(name));
      told.append(')');
    }
    return told.toString();
  }
}
