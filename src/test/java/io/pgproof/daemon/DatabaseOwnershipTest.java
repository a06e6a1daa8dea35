package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgproof.EngineDatabase;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.camunda.bpm.engine.RuntimeService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two state directories and one database of the engine. */
@Tag("root")
class DatabaseOwnershipTest {
  private static final String TAKE = "pgproof.take-database-from";
  @TempDir Path place;

  @AfterEach
  void forget() {
    System.clearProperty(TAKE);
  }

  @Test
  void aDatabaseBelongsToOneStateDirectoryUntilItIsMovedOnPurpose() throws Exception {
    StateDirectory first = directory("first");
    StateDirectory second = directory("second");
    try (EngineDatabase database = EngineDatabase.start()) {
      Map<String, String> settings =
          Map.of(
              "spring.datasource.url",
              database.url(),
              "spring.datasource.username",
              database.user());
      settings.forEach(System::setProperty);
      try {
        start(first);
        String daemon = Files.readString(first.identity()).strip();
        StateDirectory moved = new StateDirectory(place.resolve("moved"));
        Files.move(first.path(), moved.path());
        start(moved);

        UsageException refused = catchThrowableOfType(UsageException.class, () -> start(second));
        String other = Files.readString(second.identity()).strip();
        assertThat(refused.finding().reason()).isEqualTo(Reason.BAD_OPTION);
        assertThat(refused)
            .hasMessageContaining(moved.path() + " on ")
            .hasMessageContaining(daemon)
            .hasMessageContaining(second.path() + " on ")
            .hasMessageContaining(other);
        assertThat(refused.finding().hint())
            .contains("SPRING_DATASOURCE_URL", "PGPROOF_TAKE_DATABASE_FROM=" + daemon);
        assertThat(
                catchThrowableOfType(
                    UsageException.class,
                    () -> QueryDaemon.start(Ownership.acquire(second).orElseThrow()).close()))
            .hasMessageContaining(daemon);
        assertThat(Files.readString(second.identity()).strip()).as("made once").isEqualTo(other);

        System.setProperty(TAKE, daemon);
        start(second);
        System.clearProperty(TAKE);
        start(second);
        assertThat(catchThrowableOfType(UsageException.class, () -> start(moved)))
            .hasMessageContaining(other);
      } finally {
        settings.keySet().forEach(System::clearProperty);
      }
    }
  }

  @Test
  void aWrongIdentityFileIsNamed() throws Exception {
    StateDirectory state = directory("state");
    Files.writeString(state.identity(), "me\n");
    UsageException refused = catchThrowableOfType(UsageException.class, () -> start(state));
    assertThat(refused).hasMessageContaining(state.identity().toString());
    assertThat(refused.finding().hint()).contains("restore the file");
  }

  private static void start(StateDirectory state) {
    try (Daemon daemon = Daemon.start(Ownership.acquire(state).orElseThrow(), false)) {
      assertThat(
              daemon
                  .application()
                  .getBean(RuntimeService.class)
                  .createProcessInstanceQuery()
                  .count())
          .isZero();
    }
  }

  private StateDirectory directory(String name) throws Exception {
    return new StateDirectory(
        Files.createDirectory(
            place.resolve(name),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
  }
}
