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
 * The first start on a state directory makes the tables of the embedded database, one by one, for
 * it commits each by itself. One that was cut off left some of them, with which no engine starts,
 * or starts and lacks the others: such a database is made anew, provided that nothing was ever kept
 * in it.
 */
final class FirstStart {
  private static final Logger LOG = LoggerFactory.getLogger(FirstStart.class);
  private static final String EMBEDDED = "jdbc:h2:";
  private static final List<String> ENDINGS = List.of(".mv.db", ".trace.db");

  private FirstStart() {}

  /**
   * Removes the database of a first start that did not come to its end; for the owner, before
   * anything opens it.
   */
  static void removeHalfMade(StateDirectory state, Environment environment) {
    String url = environment.getProperty("spring.datasource.url", "");
    // Its path may be followed by settings, and another database may be set.
    boolean here =
        url.startsWith(EMBEDDED)
            && url.replaceFirst(";.*", "").endsWith(":" + state.engineDatabase());
    if (!here
        || Files.exists(state.engineComplete())
        || !Files.exists(file(state, ENDINGS.get(0)))
        || KeptRecords.any(
            url,
            environment.getProperty("spring.datasource.username"),
            environment.getProperty("spring.datasource.password"))) {
      return;
    }
    LOG.debug(
        "no start of the engine on {} was completed; its empty database is created again",
        state.path());
    try {
      for (String ending : ENDINGS) {
        Files.deleteIfExists(file(state, ending));
      }
    } catch (IOException e) {
      throw new FindingException(
          Reason.ENVIRONMENT,
          "the half-made database " + state.engineDatabase() + " cannot be removed: " + e);
    }
  }

  /**
   * Notes that all tables are there, when they are on the disk; before anything is kept in them.
   */
  static void ended(StateDirectory state, EvidenceLog evidenceLog) {
    try {
      if (Files.exists(file(state, ENDINGS.get(0))) && !Files.exists(state.engineComplete())) {
        evidenceLog.settle();
        Files.createFile(state.engineComplete());
      }
    } catch (IOException e) {
      // Nothing hangs on it but one look at the tables at the next start.
      LOG.warn("{} cannot be written: {}", state.engineComplete(), e.toString());
    }
  }

  private static Path file(StateDirectory state, String ending) {
    return Path.of(state.engineDatabase() + ending);
  }
}
