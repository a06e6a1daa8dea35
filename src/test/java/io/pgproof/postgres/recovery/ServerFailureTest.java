package io.pgproof.postgres.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.postgres.server.RunningServer;
import io.pgproof.postgres.server.ServerLostException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerFailureTest {
  @TempDir Path place;

  @Test
  void theSessionWhoseProcessCrashedIsBlamed() throws IOException {
    ServerLostException bystander = lost("the index a", 82);
    ServerLostException culprit = lost("the index b", 83);
    bystander.addSuppressed(culprit);

    assertThat(
            after("LOG:  server process (PID 83) was terminated by signal 11: Segmentation fault")
                .blame(bystander))
        .isSameAs(culprit);
    assertThat(
            after("LOG:  server process (PID 82) was terminated by signal 11: Segmentation fault")
                .blame(bystander))
        .isSameAs(bystander);
    assertThat(
            after("LOG:  checkpointer process (PID 9) was terminated by signal 6: Aborted")
                .blame(bystander))
        .isSameAs(bystander);
    assertThat(after("LOG:  received fast shutdown request").blame(bystander)).isSameAs(bystander);
  }

  private static ServerLostException lost(String what, int backend) {
    return new ServerLostException(
        what, new SQLException("An I/O error occurred", "08006"), backend);
  }

  private ServerFailure after(String said) throws IOException {
    Path log =
        Files.writeString(
            place.resolve("log"), "2026-11-25 04:32:01.300 UTC [1] 00000 " + said + "\n");
    return new ServerFailure(
        new RunningServer(null, log, () -> false, () -> false), Reason.CHECK_FAILED);
  }
}
