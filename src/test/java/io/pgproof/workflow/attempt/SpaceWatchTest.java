package io.pgproof.workflow.attempt;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgproof.PartOfSandbox;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.backup.restore.DiskSpace;
import io.pgproof.evidence.Evidence;
import io.pgproof.image.Image;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.sandbox.MachineId;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.Setting;
import io.pgproof.target.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real files of runs whose containers are thought. */
class SpaceWatchTest {
  private static final RunId OLDER = new RunId("20260301-030000-aaaa");
  private static final RunId YOUNGER = new RunId("20260301-030001-aaaa");
  private static final long MORE_THAN_ANY_DISK = Long.MAX_VALUE;

  @TempDir Path place;

  private final RestoreAttempts restoreAttempts = new RestoreAttempts();
  private final Containers containers = new Containers();
  private StateDirectory state;
  private EvidenceLog evidenceLog;
  private SpaceWatch watch;

  @BeforeEach
  void makeTrail() {
    state = new StateDirectory(place);
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    Flyway.configure().dataSource(database).locations("classpath:db/migration/h2").load().migrate();
    evidenceLog = new EvidenceLog(database, Clock.systemUTC());
  }

  @AfterEach
  void stop() {
    watch.close();
  }

  @Test
  void theLargestRunIsEndedAtTheReserve() throws IOException {
    stay(OLDER, Settings.NONE, 8);
    stay(YOUNGER, Settings.NONE, 1);
    watch(MORE_THAN_ANY_DISK);

    await().until(() -> containers.destroyed.size() == 2);
    assertThat(containers.destroyed).containsExactly(OLDER, YOUNGER);
    assertThat(found(OLDER))
        .satisfies(
            finding -> {
              assertThat(finding.reason()).isEqualTo(Reason.DISK_FULL);
              assertThat(finding).returns(Verdict.INCONCLUSIVE, Finding::verdict);
              assertThat(finding.message())
                  .contains("the disk is full", place.toString())
                  .containsPattern(
                      ", and of 2 runs in containers this one used the most, 8,\\d{3},\\d{3} bytes");
            });
    assertThat(found(YOUNGER).message())
        .startsWith("the restored server filled the disk")
        .doesNotContain("used the most");
  }

  @Test
  void theYoungestOfEquallyLargeRunsIsEnded() throws IOException {
    stay(OLDER, Settings.NONE, 1);
    stay(YOUNGER, Settings.NONE, 1);
    watch(MORE_THAN_ANY_DISK);

    await().until(() -> containers.destroyed.size() == 2);
    assertThat(containers.destroyed).containsExactly(YOUNGER, OLDER);
  }

  @Test
  void noFurtherRunIsEndedWhileTheFirstIsBeingRemoved() throws IOException {
    stay(OLDER, Settings.NONE, 8);
    stay(YOUNGER, Settings.NONE, 1);
    // Less than half of it is free, and more than a quarter.
    watch(3 * Files.getFileStore(place).getUsableSpace());
    await().until(() -> !containers.destroyed.isEmpty());
    watch.enforceReserve();

    assertThat(containers.destroyed).containsExactly(OLDER);
    restoreAttempts.remove(OLDER);
    await().until(() -> containers.destroyed.size() == 2);
  }

  @Test
  void onlyTheRunBeyondItsLimitIsEnded() throws IOException {
    stay(OLDER, Settings.NONE, 32);
    RestoreAttempt bounded = stay(YOUNGER, Settings.NONE.with(Setting.DISK, 8L << 20), 1);
    watch(0);
    await().until(() -> containers.asked.contains(YOUNGER));
    assertThat(containers.destroyed).isEmpty();
    // All at once, because the watch may measure while a file grows.
    Path temporary = Files.write(place.resolve("temporary"), new byte[16 << 20]);
    Files.move(temporary, bounded.directory().data().resolve("temporary"), ATOMIC_MOVE);

    await().until(() -> !containers.destroyed.isEmpty());
    assertThat(containers.destroyed).containsExactly(YOUNGER);
    assertThat(found(YOUNGER))
        .satisfies(
            finding -> {
              assertThat(finding.reason()).isEqualTo(Reason.DISK_FULL);
              assertThat(finding).returns(Verdict.INCONCLUSIVE, Finding::verdict);
              assertThat(finding.message())
                  .containsPattern("the run used 17,\\d{3},\\d{3} bytes")
                  .endsWith("but the setting disk allows 8,388,608");
              assertThat(finding.hint()).contains("raise the target's setting disk", "--disk");
            });
    assertThat(containers.asked).as("without a bound nothing is measured").doesNotContain(OLDER);
  }

  private void watch(long reserve) {
    watch = new SpaceWatch(evidenceLog, containers, state, restoreAttempts, reserve);
  }

  private RestoreAttempt stay(RunId run, Settings settings, int mebibytes) throws IOException {
    Image image =
        new Image(
            "15-test", 15, "15.0", place, 100, 102, "/usr/lib/postgresql/15/bin", Instant.EPOCH, 0);
    RestoreAttempt restoreAttempt =
        new RestoreAttempt(
            run,
            settings.request(Optional.empty(), Path.of("/backups/shop"), "ada"),
            state.run(run),
            image,
            0,
            new DiskSpace(0, Optional.empty()));
    Files.createDirectories(restoreAttempt.directory().data());
    Files.write(restoreAttempt.directory().data().resolve("restored"), new byte[mebibytes << 20]);
    restoreAttempts.add(restoreAttempt);
    return restoreAttempt;
  }

  private Finding found(RunId run) {
    return ((Evidence.Found)
            Evidence.read(evidenceLog.last(run, Evidence.kind(Evidence.Found.class)).orElseThrow()))
        .finding();
  }

  /** All of them run until they are destroyed. */
  private static final class Containers extends PartOfSandbox {
    private final List<RunId> asked = new CopyOnWriteArrayList<>();
    private final List<RunId> destroyed = new CopyOnWriteArrayList<>();

    private static RunId run(MachineId id) {
      return new RunId(id.home().getParent().getFileName().toString());
    }

    @Override
    public boolean running(MachineId id) {
      asked.add(run(id));
      return !destroyed.contains(run(id));
    }

    @Override
    public void destroy(MachineId id) {
      destroyed.add(run(id));
    }
  }
}
