package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgproof.Remains;
import io.pgproof.TestEnvironment;
import io.pgproof.command.Trees;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.demo.SourceOptions;
import io.pgproof.image.Image;
import io.pgproof.image.TestImages;
import io.pgproof.proof.Check;
import io.pgproof.proof.Check.Outcome;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.state.StateDirectory.RunDirectory;
import io.pgproof.target.VerificationRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Backups of databases that would call, write and run by themselves: proven, and nothing of it was
 * done.
 */
@Tag("container")
class CopyCannotActTest {
  private static final String WRITTEN =
      "select string_agg(f, ' ' order by f) from pg_ls_dir('/tmp') f where f like 'acted%'";
  private static final String NOTHING_WAS_WRITTEN =
      "select count(*) = 0 from pg_ls_dir('/tmp') f where f like 'acted%'";
  private static final String NOBODY_WORKS =
      "select count(*) = 0 from pg_stat_activity where backend_type not in ('client backend', 'checkpointer', 'background writer', 'walwriter')";

  private Path place;
  private final List<Path> lent = new ArrayList<>();

  @BeforeEach
  void makePlace() throws IOException {
    place = TestEnvironment.state().path().resolve("acting");
    Trees.remove(place);
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    for (Path file : lent) {
      Files.delete(file);
    }
    Trees.remove(place);
    Remains.assertNone(TestEnvironment.state());
  }

  @Test
  void jobsSubscriptionsAndCommandsOfTheSourceDoNotRun() throws Exception {
    Path images = place.resolve("images");
    Image withCron =
        TestImages.with(images, 15, TestEnvironment.sandbox().firstHostId(), "postgresql-15-cron");
    Path backup = backUpAnActingSource(withCron);
    // The copy is given the scheduler too: what it lacks cannot run for that reason alone.
    lend(
        withCron,
        TestEnvironment.image(15),
        "usr/lib/postgresql/15/lib",
        "usr/share/postgresql/15/extension");

    VerificationRequest request =
        TestEnvironment.at(
            Depth.DEEP,
            TestEnvironment.request(
                backup,
                "select max(placed_at) from orders",
                "select subenabled from pg_subscription",
                "select count(*) = 1 from cron.job where active",
                NOBODY_WORKS,
                "select pg_sleep(4) is not null",
                NOTHING_WAS_WRITTEN));
    AtomicReference<String> run = new AtomicReference<>();
    CompletableFuture<Reply> reply =
        CompletableFuture.supplyAsync(
            () ->
                TestEnvironment.ask(
                    new Request.Verify(request),
                    said -> {
                      if (said instanceof Reply.Begun begun) {
                        run.set(begun.run());
                      }
                    }));
    await().until(() -> run.get() != null);
    RunDirectory directory = TestEnvironment.state().run(new RunId(run.get()));
    await().until(() -> sessions(directory) > 0);
    assertThat(processes(directory)).allSatisfy(CopyCannotActTest::assertReachesNothing);
    try (ServerSocket open = new ServerSocket(0)) {
      assertThatThrownBy(() -> assertReachesNothing(Path.of("/proc/self")))
          .as("%s is seen", open)
          .isInstanceOf(AssertionError.class);
    }
    assertThat(processes(directory).stream().map(CopyCannotActTest::commandLine))
        .allMatch(
            line ->
                line.matches(
                    "/usr/lib/postgresql/15/bin/postgres -D .*|postgres: (?:checkpointer|background writer|walwriter|postgres \\S+ \\[local\\]) *|"));

    Report report = ((Reply.Verdict) reply.get()).report();
    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.coverage().checks())
        .filteredOn(check -> check.name().matches("indexes|rows|checksums"))
        .extracting(Check::outcome)
        .containsExactly(Outcome.PASSED, Outcome.PASSED, Outcome.PASSED);

    Report touching =
        TestEnvironment.verify(
            TestEnvironment.request(
                backup,
                "select max(placed_at) from orders",
                "select count(*) >= 0 from remote_orders"));
    assertThat(touching.verdict().word()).as(touching.toString()).isEqualTo("inconclusive");
    assertThat(touching.reason().code()).isEqualTo("query-failed");
    assertThat(touching.conclusion().message())
        .contains("could not connect to server \"elsewhere\"");
  }

  @ParameterizedTest(name = "PostgreSQL {0}")
  @ValueSource(ints = {17, 18})
  void aLogInTriggerDoesNotRun(int major) {
    Path backup;
    try (SourceDatabase source =
        TestEnvironment.source(
            major, "login", SourceOptions.standard().withBackupDirectory(place.resolve("out")))) {
      source.fill(100);
      source.execute("create index on orders using gin (string_to_array(status, 'a'))");
      source.execute(
          "create function writes() returns event_trigger language plpgsql as"
              + " $$begin copy (select 1) to '/tmp/acted-login'; end$$");
      source.execute(
          "create event trigger at_login on login execute function writes(); alter event trigger at_login enable always");
      assertThat(source.query(NOTHING_WAS_WRITTEN)).as("it does run at the source").isEqualTo("f");
      backup = source.baseBackup("backup");
    }
    Report report =
        TestEnvironment.verify(
            TestEnvironment.at(
                Depth.DEEP,
                TestEnvironment.request(
                    backup,
                    "select max(placed_at) from orders",
                    "select evtenabled = 'A' from pg_event_trigger",
                    NOTHING_WAS_WRITTEN)));
    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(
            report
                .coverage()
                .notChecked()
                .contains(
                    "indexes: indexes by gin of the database postgres, which amcheck does not support: 1"))
        .isEqualTo(major < 18);
  }

  private Path backUpAnActingSource(Image image) throws IOException {
    SourceOptions options =
        SourceOptions.standard()
            .withBackupDirectory(place.resolve("out"))
            .with("shared_preload_libraries", "pg_cron")
            .with("cron.database_name", "postgres")
            .with("cron.use_background_workers", "on")
            .with("wal_level", "logical")
            .with("archive_mode", "always")
            .with("archive_command", "touch /tmp/acted-archive")
            .with("archive_cleanup_command", "touch /tmp/acted-cleanup")
            .with("recovery_end_command", "touch /tmp/acted-end")
            .with("restore_command", "touch /tmp/acted-restore")
            .with("recovery_target_time", "2020-01-01 00:00:00+00")
            .with("recovery_target_action", "shutdown")
            .with("primary_conninfo", "host=192.0.2.1");
    try (SourceDatabase source =
        SourceDatabase.start(
            TestEnvironment.sandbox(),
            image,
            TestEnvironment.state().machinePrefix() + "acting",
            place.resolve("source"),
            options)) {
      source.fill(100);
      source.execute("create extension pg_cron");
      source.execute("select cron.schedule('@reboot', $$copy (select 1) to '/tmp/acted-cron'$$)");
      source.execute(
          "create subscription calling connection 'host=192.0.2.1 dbname=x' publication p"
              + " with (connect = false, slot_name = 'calling')");
      source.execute("alter subscription calling enable");
      source.execute("create extension postgres_fdw");
      source.execute(
          "create server elsewhere foreign data wrapper postgres_fdw options (host '192.0.2.1', connect_timeout '2')");
      source.execute(
          "create user mapping for postgres server elsewhere options (user 'x', password 'x')");
      source.execute("create foreign table far_orders (id int) server elsewhere");
      source.execute("create view remote_orders as select id from far_orders");
      Path backup = source.baseBackup("backup");
      assertThat(source.query(NOBODY_WORKS)).as("somebody works at the source").isEqualTo("f");
      assertACopyActsThatNobodyHinders(source);
      return backup;
    }
  }

  /**
   * Starts another copy in the source's machine, its settings as they are: what is not seen of the
   * proven one is seen of this.
   */
  private static void assertACopyActsThatNobodyHinders(SourceDatabase source) throws IOException {
    Path log = Path.of(source.baseBackup("free", "--format=plain", "--wal-method=stream") + ".log");
    String data = source.inside("free");
    source.run("/bin/touch", data + "/recovery.signal");
    start(source, data, "");
    await().until(() -> source.run(ctl(source), "status", "--pgdata=" + data).status() == 3);
    assertThat(log).content().contains("recovery target");
    assertThat(source.query(WRITTEN))
        .contains("acted-restore")
        .doesNotContain("acted-end", "acted-cron");

    // A standby that has replayed a later checkpoint than the backup's makes a restartpoint as it
    // stops.
    source.execute("checkpoint");
    source.execute("select pg_switch_wal()");
    source.run(
        "/bin/sh",
        "-c",
        "cp -n " + source.query("show data_directory") + "/pg_wal/0* " + data + "/pg_wal");
    source.run("/bin/mv", data + "/recovery.signal", data + "/standby.signal");
    start(source, data, " -c recovery_target_time=");
    assertThat(source.run(ctl(source), "stop", "--wait", "--pgdata=" + data).status())
        .as(Files.readString(log))
        .isZero();
    assertThat(source.query(WRITTEN))
        .contains("acted-cleanup")
        .doesNotContain("acted-end", "acted-cron");

    source.run("/bin/mv", data + "/standby.signal", data + "/recovery.signal");
    start(source, data, " -c recovery_target_time= -c recovery_target_action=promote");
    await()
        .untilAsserted(
            () -> {
              assertThat(source.query(WRITTEN))
                  .isEqualTo("acted-archive acted-cleanup acted-cron acted-end acted-restore");
              assertThat(log).content().contains("could not connect to the publisher");
            });
  }

  private static void start(SourceDatabase source, String data, String settings) {
    source.run(
        ctl(source),
        "start",
        "--wait",
        "--timeout=60",
        "--pgdata=" + data,
        "--log=" + data + ".log",
        "--options=-c listen_addresses= -c unix_socket_directories=/pgproof/socket -c fsync=off -c port=5433"
            + settings);
  }

  private static String ctl(SourceDatabase source) {
    return source.image().binDirectory() + "/pg_ctl";
  }

  /**
   * Puts what one image has in these directories, and the other lacks, into the other until the
   * test has ended.
   */
  private void lend(Image from, Image to, String... directories) throws IOException {
    for (String directory : directories) {
      try (Stream<Path> files = Files.list(from.rootfs().resolve(directory))) {
        for (Path file :
            files.filter(name -> name.getFileName().toString().startsWith("pg_cron")).toList()) {
          lent.add(Files.copy(file, to.rootfs().resolve(directory).resolve(file.getFileName())));
        }
      }
    }
    assertThat(lent).isNotEmpty();
  }

  /** The processes of a run's machine. */
  private static List<Path> processes(RunDirectory directory) {
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      return all.filter(process -> process.getFileName().toString().matches("\\d+"))
          .filter(
              process ->
                  text(process.resolve("cgroup"))
                      .contains("lxc.payload." + directory.machineName()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long sessions(RunDirectory directory) {
    return processes(directory).stream()
        .map(CopyCannotActTest::commandLine)
        .filter(line -> line.contains("[local]"))
        .count();
  }

  /** No network but a loopback that carried nothing, and no end of a connection. */
  private static void assertReachesNothing(Path process) {
    String devices = text(process.resolve("net/dev"));
    if (devices.isEmpty()) {
      return;
    }
    assertThat(devices.lines().skip(2)).singleElement().asString().matches("\\s*lo:(?:\\s+0)+\\s*");
    for (String protocol : List.of("tcp", "tcp6", "udp", "udp6", "raw", "packet")) {
      assertThat(text(process.resolve("net").resolve(protocol)).lines().skip(1))
          .as(protocol)
          .isEmpty();
    }
  }

  private static String commandLine(Path process) {
    return text(process.resolve("cmdline")).replace('\0', ' ');
  }

  /** Empty for a process that has ended in the meantime. */
  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }
}
