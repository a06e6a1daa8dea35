package io.pgproof.postgres.check;

import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.postgres.recovery.RecoveryFailure;
import io.pgproof.postgres.recovery.ServerFailure;
import io.pgproof.postgres.server.RestoredServer;
import io.pgproof.postgres.server.RunningServer;
import io.pgproof.postgres.server.ServerText;
import io.pgproof.postgres.server.StoredDataError;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Determines why a user's query failed. A failed query alone is never the backup's fault. */
final class QueryFailure {
  private static final int MOST_NAMES = 20;

  /**
   * Errors in the query's own text and values, unless it names a function or a type that an
   * extension provides.
   */
  private static final Pattern ITS_OWN = Pattern.compile("22.*|42(?!883|704).*");

  private final ServerFailure server;
  private final PostgresVersion version;
  private final RestoredServer restored;
  private final UserChecks userChecks;
  private final Function<String, Optional<String>> libraries;

  /**
   * @param libraries see {@link UserQueries}
   */
  QueryFailure(
      RunningServer server,
      RestoredServer restored,
      UserChecks userChecks,
      Function<String, Optional<String>> libraries) {
    this.server = new ServerFailure(server, Reason.QUERY_FAILED);
    this.version = server.address().version();
    this.restored = restored;
    this.userChecks = userChecks;
    this.libraries = libraries;
  }

  /**
   * @param what the query, such as {@code the freshness query}
   */
  Finding of(String what, SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    String words = ServerText.of(failure);
    Optional<Finding> gone = server.explain(what, failure);
    if (gone.isPresent()) {
      return gone.get();
    }
    if (state.equals("57014")) {
      return failed(
          what + " did not end within " + ServerText.of(userChecks.statementLimit()),
          "make it cheaper, or raise --cpus",
          words);
    }
    if (state.equals("3D000")) {
      return failed(
          "the database " + userChecks.database() + " does not exist in the backup",
          databases(),
          words);
    }
    if (RestoredServer.refusesRole(failure) && !state.equals("42501")) {
      return restored.roleRefused(failure).finding();
    }
    Optional<Finding> environment =
        RecoveryFailure.ofEnvironment(
            state.equals("42501") ? "" : state, ServerText.message(failure), words, version);
    if (environment.isPresent()) {
      return environment.get();
    }
    String message =
        what
            + " failed in the database "
            + userChecks.database()
            + ": "
            + ServerText.message(failure);
    if (StoredDataError.isCode(state)) {
      return failed(
          message,
          "this is damage: verify with --depth deep, and check the table with pg_amcheck on the source",
          words);
    }
    return switch (state) {
      case "42P01", "3F000" -> failed(message, databases(), words);
      case "25006" -> failed(message, "queries and assertions must only read", words);
      default ->
          (ITS_OWN.matcher(state).matches()
                  ? Optional.<String>empty()
                  : libraries.apply(userChecks.database()))
              .map(
                  missing ->
                      Finding.of(
                          Reason.LIBRARY_MISSING,
                          message + "; a difference may be the cause: " + missing,
                          words))
              .orElseGet(() -> failed(message, Reason.QUERY_FAILED.hint(), words));
    };
  }

  private String databases() {
    try {
      List<String> names = restored.databases();
      String shown = String.join(", ", names.subList(0, Math.min(names.size(), MOST_NAMES)));
      return "name the database with --database; the backup contains "
          + ServerText.clean(shown)
          + (names.size() > MOST_NAMES ? " and " + (names.size() - MOST_NAMES) + " more" : "");
    } catch (SQLException e) {
      return "name the database with --database";
    }
  }

  private static Finding failed(String message, String hint, String words) {
    return new Finding(Reason.QUERY_FAILED, message, hint, words);
  }
}
