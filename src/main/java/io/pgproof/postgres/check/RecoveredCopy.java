package io.pgproof.postgres.check;

import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.backup.pages.RestoredFiles;
import io.pgproof.postgres.recovery.RecoveryResult;
import io.pgproof.postgres.recovery.ServerMachine;
import io.pgproof.postgres.recovery.SourceSettings;
import io.pgproof.postgres.server.RunningServer;

/**
 * A copy whose server has recovered and accepts connections.
 *
 * @param files the files that the server uses
 * @param control {@code pg_control} as contained in the backup
 * @param source what the data directory says about its source
 */
public record RecoveredCopy(
    RunningServer server,
    ServerMachine machine,
    RestoredFiles files,
    RecoveryResult reached,
    ControlFile control,
    SourceSettings source) {
  PostgresVersion version() {
    return server.address().version();
  }
}
