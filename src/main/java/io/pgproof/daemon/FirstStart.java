package io.pgproof.daemon;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.KeptRecords;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;

/**
 * Handles an interrupted first start on a state directory. The first start creates the tables of
 * the embedded database one by one, because each creation commits by itself. An interrupted one
 * leaves only some tables. With these, the engine does not start, or it starts and lacks the
 * others. Such a database is recreated, provided that it never held any records.
 */
final class FirstStart {
  private static final Logger LOG = LoggerFactory.getLogger(FirstStart.class);
  private static final String EMBEDDED = "jdbc:h2:";
  private static final List<String> ENDINGS = List.of(".mv.db", ".trace.db");

  private FirstStart() {}

  /**
   * Removes the database of a first start that did not finish; only for the process that owns the
   * state directory, before anything opens the database.
   */
  static void removeHalfMade(StateDirectory state, Environment environment) {
    String url = environment.getProperty("spring.datasource.url", "");
    // The path may be followed by settings, and another database may be configured.
    boolean here =
        url.startsWith(EMBEDDED)
            && url.replaceFirst(";.*", "").endsWith(":" + state.engineDatabase());
    if (!here
        || Files.exists(state.engineComplete())
        || !Files.exists(file(state, ENDINGS.get(0)))
        || KeptRecords.exist(
            url,
            environment.getProperty("spring.datasource.username"),
            environment.getProperty("spring.datasource.password"))) {
      return;
    }
    LOG.debug(
        "the engine never started completely on {}; its empty database is created again",
        state.path());
    try {
      for (String ending : ENDINGS) {
        Files.deleteIfExists(file(state, ending));
      }
    } catch (IOException e) {
      throw new FindingException(
          Reason.ENVIRONMENT,
          "the incomplete database " + state.engineDatabase() + " cannot be removed: " + e,
          "mend the permissions of the state directory, then start again");
    }
  }

  /**
   * Records that all tables exist and are on the disk; called before anything is stored in them.
   */
  static void ended(StateDirectory state, EvidenceLog evidenceLog) {
    try {
      if (Files.exists(file(state, ENDINGS.get(0))) && !Files.exists(state.engineComplete())) {
        evidenceLog.awaitDurable();
        Files.createFile(state.engineComplete());
      }
    } catch (IOException e) {
      // The only effect is that the next start looks at the tables once.
      LOG.warn("{} cannot be written: {}", state.engineComplete(), e.toString());
    }
  }

  private static Path file(StateDirectory state, String ending) {
    return Path.of(state.engineDatabase() + ending);
  }
}
