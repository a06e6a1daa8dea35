package io.pgproof.postgres;

import io.pgproof.backup.ControlFile;
import io.pgproof.backup.RestoredFiles;
import java.util.List;

/**
 * A copy whose server has recovered and answers.
 *
 * @param files that the server works on
 * @param control {@code pg_control} as the backup brought it
 * @param preloaded libraries that the source's own settings named
 */
public record RecoveredCopy(
    RunningServer server, ServerMachine machine, RestoredFiles files, RecoveryReached reached, ControlFile control,
    List<String> preloaded) {
  public RecoveredCopy {
    preloaded = List.copyOf(preloaded);
  }

  int major() {
    return server.address().major();
  }
}
