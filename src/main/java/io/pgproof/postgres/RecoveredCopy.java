package io.pgproof.postgres;

import io.pgproof.backup.ControlFile;
import io.pgproof.backup.RestoredFiles;

/**
 * A copy whose server has recovered and answers.
 *
 * @param files that the server works on
 * @param control {@code pg_control} as the backup brought it
 * @param source what the data directory told of its source
 */
public record RecoveredCopy(
    RunningServer server, ServerMachine machine, RestoredFiles files, RecoveryReached reached, ControlFile control,
    SourceSettings source) {
  int major() {
    return server.address().major();
  }
}
