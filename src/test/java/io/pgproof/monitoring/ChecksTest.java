package io.pgproof.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.PartOfSandbox;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.OneStateDirectory;
import io.pgproof.daemon.PassLog;
import io.pgproof.daemon.PassLogs;
import io.pgproof.evidence.anchor.AnchorState;
import io.pgproof.evidence.log.EvidenceSequencer;
import io.pgproof.sandbox.Sandbox.Lack;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import io.pgproof.workflow.engine.JobQueue;
import io.pgproof.workflow.engine.SuspendedProcesses;
import io.pgproof.workflow.model.KeepSchedule;
import io.pgproof.workflow.schedule.DueTimes;
import io.pgproof.workflow.schedule.NightOnEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.camunda.bpm.engine.impl.jobexecutor.DefaultJobExecutor;
import org.camunda.bpm.engine.runtime.Job;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;
import org.springframework.jdbc.core.JdbcTemplate;

/** The checks of a server's parts, on an engine whose clock is set. */
@Tag("root")
class ChecksTest {
  private final NightOnEngine night = new NightOnEngine();
  private final DefaultJobExecutor executor = new DefaultJobExecutor();
  private final JobQueue queue =
      new JobQueue(executor, new JdbcTemplate(night.database), night.clock);
  private final DueTimes dueTimes = new DueTimes(night.engine.getRuntimeService());
  private final PassLogs passes = new PassLogs();
  @TempDir private Path place;
  private Ownership ownership;
  private Checks checks;

  @BeforeEach
  void aServer() throws Exception {
    ownership = Ownership.acquire(new StateDirectory(privately("state"))).orElseThrow();
    checks = new Checks(night.clock, ownership, night.configuration);
  }

  @AfterEach
  void end() {
    executor.shutdown();
    ownership.close();
    night.close();
  }

  private Path privately(String name) throws Exception {
    return Files.createDirectory(
        place.resolve(name),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  @Test
  void aDatabaseThatBelongsToAnotherStateDirectoryIsDown() throws Exception {
    OneStateDirectory.claim(night.database, ownership.identity(), "here", NightOnEngine.STATE);
    assertUp(checks.database(night.database));
    OneStateDirectory.claim(night.database, "another", "there", ownership.identity());
    assertDown(checks.database(night.database), "belongs to another state directory");
  }

  @Test
  void aJobThatIsDueAndNotExecutedIsDown() {
    executor.start();
    plan();
    night.at("2026-03-01T02:59:59Z");
    assertUp(checks.jobs(queue));
    night.at("2026-03-01T03:05:00Z");
    assertUp(checks.jobs(queue));
    night.at("2026-03-01T03:05:01Z");
    assertDown(checks.jobs(queue), "a job of the engine is due and has waited for 5 min 1 s");
    night.work();
    assertUp(checks.jobs(queue));
  }

  @Test
  void aJobThatWasDueBeforeTheStartCountsFromTheStart() {
    executor.start();
    plan();
    night.at("2026-03-01T05:00:00Z");
    checks = new Checks(night.clock, ownership, night.configuration);
    assertUp(checks.jobs(queue));
    assertUp(checks.schedule(passes.log(), dueTimes));
    night.at("2026-03-01T05:05:01Z");
    assertDown(checks.jobs(queue), "has waited for 5 min 1 s");
    assertDown(checks.schedule(passes.log(), dueTimes), "does not progress for target shop");
  }

  @Test
  void noJobIsExecutedWithoutAnExecutor() {
    assertDown(checks.jobs(queue), "no job is executed");
  }

  @Test
  void aScheduleWhoseDueTimePassedIsDown() {
    plan();
    Job timer = night.engine.getManagementService().createJobQuery().timers().singleResult();
    night.engine.getManagementService().suspendJobById(timer.getId());
    night.at("2026-03-01T03:05:00Z");
    assertUp(checks.schedule(passes.log(), dueTimes));
    night.at("2026-03-01T03:05:01Z");
    assertDown(checks.schedule(passes.log(), dueTimes), "does not progress for target shop");
    assertUp(checks.jobs(startedQueue()));
  }

  private JobQueue startedQueue() {
    executor.start();
    return queue;
  }

  @Test
  void aScheduleWithoutADueTimeIsDown() {
    night.configure(
        2,
        NightOnEngine.target("a", "0 3 * * *"),
        NightOnEngine.target("b", "0 3 * * *"),
        NightOnEngine.target("c", "0 3 * * *"),
        NightOnEngine.target("d", "0 3 * * *"));
    passes.begin(PassLog.SCHEDULES, Duration.ofMinutes(1));
    assertDown(checks.schedule(passes.log(), dueTimes), "for target a, b, c and 1 more");
    night.schedules.reconcile();
    assertUp(checks.schedule(passes.log(), dueTimes));
  }

  @Test
  void schedulesThatAreNoLongerPlannedAreDown() {
    plan();
    passes.forward(Duration.ofMinutes(2));
    passes.ended(PassLog.SCHEDULES, false);
    assertUp(checks.schedule(passes.log(), dueTimes));
    passes.forward(Duration.ofSeconds(61));
    passes.ended(PassLog.SCHEDULES, false);
    assertDown(checks.schedule(passes.log(), dueTimes), "were planned 3 min 1 s ago");
    passes.ended(PassLog.SCHEDULES, true);
    assertUp(checks.schedule(passes.log(), dueTimes));
  }

  @Test
  void schedulesOfAServerThatHasNotStartedAreDown() {
    assertDown(checks.schedule(passes.log(), dueTimes), "not planned yet");
  }

  @Test
  void aPeriodicTaskThatHangsIsDown() {
    passes.begin("new backups", Duration.ofMinutes(1));
    passes.forward(Duration.ofMinutes(12));
    assertUp(checks.threads(passes.log()));
    passes.forward(Duration.ofSeconds(1));
    assertDown(checks.threads(passes.log()), "the work on new backups hangs");
    passes.ended("new backups", false);
    assertUp(checks.threads(passes.log()));
  }

  @Test
  void anEvidenceLogThatTakesNoEntriesIsDown() throws IOException {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    Flyway.configure().dataSource(database).locations("classpath:db/migration/h2").load().migrate();
    Path log = Files.createDirectories(ownership.state().log());
    EvidenceSequencer sequencer =
        new EvidenceSequencer(
            database,
            new EvidenceLog(database, Clock.systemUTC()),
            log,
            ownership.identity(),
            Clock.systemUTC());
    assertUp(checks.log(sequencer, List.of()));
    Files.writeString(log.resolve("log.key"), "damaged");
    sequencer.take(false);
    assertDown(checks.log(sequencer, List.of()), "log.key is damaged");
    Files.delete(log.resolve("log.key"));
    sequencer.take(false);
    assertUp(checks.log(sequencer, List.of()));
  }

  @Test
  void aLateAnchorOfTheLogIsDown() {
    EvidenceSequencer sequencer =
        new EvidenceSequencer(
            new JdbcDataSource(),
            new EvidenceLog(new JdbcDataSource(), Clock.systemUTC()),
            ownership.state().log(),
            ownership.identity(),
            Clock.systemUTC());
    Optional<Instant> once = Optional.of(Instant.EPOCH);
    Optional<Instant> never = Optional.empty();
    assertThat(checks.log(sequencer, List.of(anchor(once, false))).getDetails().toString())
        .contains("takes entries, and is anchored}");
    assertThat(
            checks
                .log(sequencer, List.of(anchor(once, false), anchor(never, false)))
                .getDetails()
                .toString())
        .contains("takes entries, and is not anchored yet with /bin/anchor}");
    assertDown(
        checks.log(sequencer, List.of(anchor(once, true))),
        "could not be anchored with /bin/anchor since 1970-01-01 00:00:00 UTC: it hangs");
    assertDown(
        checks.log(sequencer, List.of(anchor(never, true))),
        "could not be anchored with /bin/anchor yet: it hangs");
  }

  private static AnchorState anchor(Optional<Instant> at, boolean late) {
    return new AnchorState("command", "/bin/anchor", at, 7, late, Optional.of("it hangs"));
  }

  @Test
  void aSuspendedProcessIsDown() {
    night
        .engine
        .getRepositoryService()
        .createDeployment()
        .addClasspathResource("bpmn/tell-somebody.bpmn")
        .addClasspathResource("bpmn/daily-summary.bpmn")
        .addClasspathResource("bpmn/review-results.bpmn")
        .deploy();
    SuspendedProcesses processes =
        new SuspendedProcesses(
            night.definitions,
            night.engine.getRepositoryService(),
            night.engine.getManagementService());
    assertUp(checks.engine(processes));
    night
        .engine
        .getManagementService()
        .updateJobDefinitionSuspensionState()
        .byProcessDefinitionKey(KeepSchedule.PROCESS)
        .suspend();
    assertDown(checks.engine(processes), "suspended: keepSchedule");
  }

  @Test
  void aMachineThatCannotRunContainersIsDown() {
    List<Lack> lacks = List.of(new Lack("not installed: lxc-start", "apt-get install -y lxc"));
    Health health =
        checks.lxc(
            new PartOfSandbox() {
              @Override
              public List<Lack> lacks() {
                return lacks;
              }
            });
    assertDown(health, "not installed: lxc-start");
    assertThat(health.getDetails()).containsEntry("hint", "apt-get install -y lxc");
  }

  @Test
  void aFullDiskIsDown() throws Exception {
    assertUp(checks.disk(1, passes.log()));
    assertDown(
        checks.disk(Long.MAX_VALUE, passes.log()),
        "are free on the file system of the state directory");
  }

  @Test
  void aStateDirectoryThatCannotBeWrittenIsDown() throws Exception {
    passes.begin(PassLog.SIGN_OF_LIFE, Duration.ofMinutes(1));
    passes.forward(Duration.ofMinutes(3));
    passes.ended(PassLog.SIGN_OF_LIFE, false);
    assertUp(checks.disk(1, passes.log()));
    passes.forward(Duration.ofSeconds(1));
    assertDown(
        checks.disk(1, passes.log()), "the state directory could not be written for 3 min 1 s");
    passes.ended(PassLog.SIGN_OF_LIFE, true);
    assertUp(checks.disk(1, passes.log()));
  }

  private void plan() {
    night.configure(2, NightOnEngine.target("shop", "0 3 * * *"));
    night.schedules.reconcile();
    passes.begin(PassLog.SCHEDULES, Duration.ofMinutes(1));
  }

  private static void assertUp(Health health) {
    assertThat(health.getStatus()).as(health.toString()).isEqualTo(Status.UP);
  }

  private static void assertDown(Health health, String message) {
    assertThat(health.getStatus()).as(health.toString()).isEqualTo(Status.DOWN);
    assertThat(health.getDetails().get("message").toString()).contains(message);
    assertThat(health.getDetails()).containsKey("hint");
  }
}
