package io.pgproof.sandbox.lxc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.pgproof.command.HostPrograms;
import io.pgproof.command.Mounts;
import io.pgproof.sandbox.MachineId;
import io.pgproof.sandbox.MachineSpec;
import io.pgproof.sandbox.MachineSpec.Access;
import io.pgproof.sandbox.MachineSpec.Limits;
import io.pgproof.sandbox.MachineSpec.Mount;
import io.pgproof.sandbox.Sandbox.Ended;
import io.pgproof.sandbox.SandboxException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("container")
class LxcSandboxTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Limits LIMITS = new Limits(128L << 20, 1);
  private static final List<String> SLEEP =
      List.of("/bin/sh", "-c", "trap 'touch /halted; exit 0' INT; while :; do sleep 0.05; done");
  private static final HostPrograms PROGRAMS = new HostPrograms();

  /** Closed to all but root, as the state directory is. */
  @TempDir static Path shared;

  private static Path rootfs;

  private final LxcSandbox sandbox = new LxcSandbox(PROGRAMS);
  private MachineId id;
  private Path data;

  @BeforeAll
  static void makeRootfs() {
    rootfs =
        TinyRootfs.make(PROGRAMS, shared.resolve("rootfs"), new LxcSandbox(PROGRAMS).firstHostId());
  }

  @BeforeEach
  void nameMachine() throws IOException {
    String name =
        "pgproof-test-"
            + ProcessHandle.current().pid()
            + "-"
            + Long.toString(System.nanoTime(), 36);
    Path run = Files.createDirectory(shared.resolve(name));
    id = new MachineId(name, run.resolve("machine"));
    data = Files.createDirectory(run.resolve("data"));
    shift(data, 0);
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    sandbox.destroy(id);

    ControlGroups groups = ControlGroups.read(Path.of("/proc"));
    assertThat(groups.of(id.name())).isEmpty();
    assertThat(new MachineCleanup(groups, id).processes()).isEmpty();
    assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(shared.toString());
    assertThat(new MachineFiles(id).lock()).doesNotExist();
    assertThat(new MachineFiles(id).byproduct()).doesNotExist();
    if (Files.exists(id.home())) {
      assertThat(id.home()).isEmptyDirectory();
    }
  }

  @Test
  void aMachineIsCreatedStartedHaltedAndDestroyed() {
    create(SLEEP);
    assertThat(sandbox.running(id)).isFalse();

    sandbox.start(id);
    assertThat(sandbox.running(id)).isTrue();
    sandbox.start(id);
    assertThat(sh("echo $$ inside").out()).endsWith(" inside\n");

    sandbox.stop(id, MINUTE);
    assertThat(sandbox.running(id)).isFalse();
    assertThat(sandbox.layer(id).resolve("halted")).exists();
    sandbox.stop(id, MINUTE);

    sandbox.start(id);
    assertThat(sandbox.running(id)).isTrue();
    assertThat(sandbox.layer(id).resolve("halted")).doesNotExist();
  }

  @Test
  void theEndOfAMachineWritesNoFilesOfTheHostBack() {
    create(SLEEP);
    sandbox.start(id);
    assertThat(sh("cat /proc/self/mounts").out())
        .as("without volatile, the kernel writes back the whole file system of the layer first")
        .containsPattern("(?m)^.* / overlay .*[,=]volatile");
  }

  @Test
  void createKeepsACompleteMachine() throws IOException {
    create(SLEEP);
    Path written = Files.createFile(new MachineFiles(id).container().resolve("written"));
    create(SLEEP);
    assertThat(written).exists();
  }

  @Test
  void createReplacesAnIncompleteMachine() throws IOException {
    MachineFiles files = new MachineFiles(id);
    Files.createDirectories(files.delta().resolve("old"));
    Files.createDirectories(files.container());
    Files.writeString(files.container().resolve("config.part"), "lxc.rootfs.pa");

    create(SLEEP);
    sandbox.start(id);
    assertThat(sandbox.running(id)).isTrue();
    assertThat(files.delta().resolve("old")).doesNotExist();
  }

  @Test
  void theMachineEndsWithItsFirstProcess() {
    create(List.of("/bin/sh", "-c", "while ! [ -e /data/end ]; do sleep 0.05; done"), readWrite());
    sandbox.start(id);
    assertThat(sandbox.running(id)).isTrue();

    sh("touch /data/end");
    await().until(() -> !sandbox.running(id));
  }

  @Test
  void aMachineThatIgnoresTheHaltSignalIsKilledAtTheLimit() {
    create(List.of("/bin/sleep", "1000"));
    sandbox.start(id);
    sandbox.stop(id, Duration.ofMillis(300));
    assertThat(sandbox.running(id)).isFalse();
  }

  @Test
  void aBusyMachineDelaysNoOther() throws Exception {
    create(
        List.of("/bin/sh", "-c", "trap '' INT; while ! [ -e /data/end ]; do sleep 0.05; done"),
        readWrite());
    sandbox.start(id);
    CompletableFuture<Void> halting =
        CompletableFuture.runAsync(() -> sandbox.stop(id, Duration.ofMinutes(5)));
    CompletableFuture<Void> others =
        CompletableFuture.runAsync(
            () -> {
              // Some of so many would share one of a few locks with it.
              for (int other = 0; other < 200; other++) {
                String name = id.name() + "x" + other;
                sandbox.destroy(new MachineId(name, id.home().resolveSibling(name)));
              }
            });
    others.get(3, TimeUnit.MINUTES);
    assertThat(halting).isNotDone();
    Files.createFile(data.resolve("end"));
    halting.get(3, TimeUnit.MINUTES);
  }

  @Test
  void thereIsNoNetworkInside() {
    create(SLEEP);
    sandbox.start(id);
    assertThat(
            sh("cat /proc/net/dev")
                .out()
                .lines()
                .filter(line -> line.contains(":"))
                .map(String::strip))
        .hasSize(1)
        .allMatch(line -> line.startsWith("lo:"));
    assertThat(sh("tail -n +2 /proc/net/route").out()).isEmpty();
    assertThat(sh("cat /proc/net/ipv6_route").out().lines().filter(line -> !line.endsWith(" lo")))
        .isEmpty();
  }

  @Test
  void rootInTheMachineIsNotRootOnTheHost() throws IOException {
    create(SLEEP, readWrite());
    sandbox.start(id);
    assertThat(sh("id -u; touch /data/mine").out()).isEqualTo("0\n");
    assertThat(Files.getAttribute(data.resolve("mine"), "unix:uid"))
        .isEqualTo(sandbox.firstHostId());

    String status = sh("cat /proc/self/status").out();
    assertThat(status)
        .contains("NoNewPrivs:\t1")
        .contains("CapBnd:\t00000000000000eb")
        .contains("Seccomp:\t2");
    assertThat(sh("cat /proc/self/uid_map").out().strip().split("\\s+"))
        .containsExactly("0", Integer.toString(sandbox.firstHostId()), "65536");
  }

  @Test
  void programsRunAsTheRequestedUserWithTheirEnvironment() {
    create(SLEEP);
    sandbox.start(id);
    Ended ended =
        sandbox.run(
            id,
            100,
            102,
            Map.of("GREETING", "a  b"),
            MINUTE,
            List.of("/bin/sh", "-c", "id -u; id -g; id -G; echo \"$GREETING\"; exit 7"));
    assertThat(ended.out()).isEqualTo("100\n102\n102\na  b\n");
    assertThat(ended.status()).isEqualTo(7);
    assertThat(
            sandbox
                .run(
                    id,
                    0,
                    0,
                    Map.of("PATH", "/bin"),
                    MINUTE,
                    List.of("/bin/cat", "/proc/self/environ"))
                .out()
                .split("\0"))
        .containsExactlyInAnyOrder("container=lxc", "PATH=/bin");
    assertThat(sh("cat /proc/1/environ").out().split("\0"))
        .allMatch(
            variable ->
                variable.startsWith("container") || variable.startsWith("PATH=/usr/local/sbin:"));
  }

  @Test
  void theFirstProcessGetsItsArgumentsUnchanged() throws IOException {
    create(
        List.of(
            "/bin/sh",
            "-c",
            "for a; do echo \"[$a]\"; done > /data/arguments; id -u >> /data/arguments;"
                + " exec sleep 1000",
            "sh",
            "a  b",
            "it's \"so\"",
            "",
            "x\ny",
            "$HOME",
            "#",
            "\\",
            "--"),
        readWrite());
    shift(data, 100);
    sandbox.start(id);
    Path written = data.resolve("arguments");
    await().until(() -> Files.exists(written) && Files.readString(written).endsWith("\n100\n"));
    assertThat(Files.readString(written))
        .isEqualTo("[a  b]\n[it's \"so\"]\n[]\n[x\ny]\n[$HOME]\n[#]\n[\\]\n[--]\n100\n");
  }

  @Test
  void writesGoToTheLayerAndNotToTheImage() {
    create(SLEEP);
    sandbox.start(id);
    assertThat(sh("echo changed > /etc/passwd; echo new > /new").status()).isZero();
    sandbox.stop(id, MINUTE);

    assertThat(rootfs.resolve("etc/passwd")).hasContent("root:x:0:0:root:/root:/bin/sh");
    assertThat(rootfs.resolve("new")).doesNotExist();
    assertThat(sandbox.layer(id).resolve("etc/passwd")).hasContent("changed");
    assertThat(sandbox.layer(id).resolve("new")).hasContent("new");
  }

  @Test
  void aProcessKilledForMemoryIsReported() {
    create(SLEEP);
    sandbox.start(id);
    assertThat(sandbox.ranOutOfMemory(id)).isFalse();

    Ended ended = sh("tail /dev/zero");
    assertThat(ended.status()).isEqualTo(128 + 9);
    assertThat(ended.timedOut()).isFalse();
    assertThat(sandbox.ranOutOfMemory(id)).isTrue();
    assertThat(sandbox.running(id)).isTrue();
  }

  @Test
  void aFirstProcessKilledForMemoryIsReportedAfterTheEnd() {
    create(
        List.of(
            "/bin/sh", "-c", "while ! [ -e /data/go ]; do sleep 0.05; done; exec tail /dev/zero"),
        readWrite());
    sandbox.start(id);
    sh("touch /data/go");
    await().until(() -> !sandbox.running(id));
    assertThat(sandbox.ranOutOfMemory(id)).isTrue();
  }

  @Test
  void aHaltIsNotReportedAsLackOfMemory() {
    create(SLEEP);
    sandbox.start(id);
    sandbox.stop(id, MINUTE);
    assertThat(sandbox.ranOutOfMemory(id)).isFalse();
  }

  @Test
  void processorsAreLimited() throws IOException {
    create(SLEEP);
    sandbox.start(id);
    List<String> bounds = new ArrayList<>();
    for (Path group : ControlGroups.read(Path.of("/proc")).of(id.name())) {
      for (String file : List.of("cpu.cfs_quota_us", "cpu.max")) {
        if (group.getFileName().toString().contains("payload")
            && Files.exists(group.resolve(file))) {
          bounds.add(Files.readString(group.resolve(file)).strip());
        }
      }
    }
    assertThat(bounds)
        .isNotEmpty()
        .allSatisfy(bound -> assertThat(bound).matches("100000( 100000)?"));
  }

  @Test
  void processesAreLimited() {
    create(SLEEP);
    sandbox.start(id);
    Ended ended =
        sandbox.run(
            id,
            100,
            100,
            Map.of("PATH", "/bin"),
            MINUTE,
            List.of(
                "/bin/sh",
                "-c",
                "i=0; while [ $i -lt 600 ]; do sleep 1000 > /dev/null 2>&1 & i=$((i+1)); done; echo all"));
    assertThat(ended.out()).doesNotContain("all");
    assertThat(ended.err()).contains("Cannot fork");
  }

  @Test
  void aReadOnlyMountCannotBeWrittenOrRemounted() throws IOException {
    Files.writeString(data.resolve("file"), "kept");
    create(SLEEP, new Mount(data, "/mnt/read only", Access.READ_ONLY));
    sandbox.start(id);
    assertThat(sh("cat '/mnt/read only/file'").out()).isEqualTo("kept");
    assertThat(sh("echo x > '/mnt/read only/file'").status()).isNotZero();
    assertThat(sh("touch '/mnt/read only/other'").status()).isNotZero();
    assertThat(data.resolve("file")).hasContent("kept");
    assertThat(mountOptions("/mnt/read\\040only")).contains("ro", "nosuid", "nodev", "noexec");
  }

  @Test
  void aWritableMountExecutesNothing() throws IOException {
    create(SLEEP, readWrite());
    sandbox.start(id);
    assertThat(mountOptions("/data")).contains("rw", "nosuid", "nodev", "noexec");
    Ended ended = sh("echo 'echo ran' > /data/script; chmod 755 /data/script; /data/script");
    assertThat(ended.status()).isEqualTo(126);
    assertThat(ended.out()).isEmpty();
  }

  @Test
  void aMappedMountShowsTheHostsOwnersAndCannotBeWritten() throws IOException {
    Path archive = Files.createDirectory(id.home().resolveSibling("archive"));
    Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("rwx------"));
    Path secret = Files.writeString(archive.resolve("segment"), "wal");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    create(SLEEP, new Mount(archive, "/archive", Access.READ_ONLY_MAPPED));
    sandbox.start(id);
    assertThat(sh("cat /archive/segment").out()).isEqualTo("wal");
    assertThat(sh("echo x > /archive/segment").status()).isNotZero();
    assertThat(secret).hasContent("wal");
    assertThat(
            sandbox
                .run(id, 100, 100, Map.of(), MINUTE, List.of("/bin/cat", "/archive/segment"))
                .status())
        .isNotZero();
  }

  @Test
  void theTimeLimitKillsAProgramWithItsChildren() {
    create(SLEEP);
    sandbox.start(id);
    Ended ended =
        sandbox.run(
            id,
            0,
            0,
            Map.of("PATH", "/bin"),
            Duration.ofMillis(500),
            List.of("/bin/sh", "-c", "sleep 4711 & sleep 4711"));
    assertThat(ended.timedOut()).isTrue();
    await().until(() -> !sh("cat /proc/[0-9]*/cmdline").out().contains("sleep\0" + "4711"));
  }

  @Test
  void aMissingProgramIsReported() {
    create(SLEEP);
    sandbox.start(id);
    Ended ended = sandbox.run(id, 0, 0, Map.of(), MINUTE, List.of("/bin/no-such-program"));
    assertThat(ended.status()).isEqualTo(127);
    assertThat(ended.err()).contains("no-such-program");
  }

  @Test
  void aStoppedMachineRunsNoProgram() {
    create(SLEEP);
    assertThatThrownBy(() -> sh("true"))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining(id.name())
        .hasMessageContaining("does not run");
  }

  @Test
  void aMachineThatWasNotCreatedCannotBeStarted() {
    assertThatThrownBy(() -> sandbox.start(id))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("was not created");
  }

  @Test
  void aMissingFirstProcessIsReportedInTheWordsOfLxc() {
    create(List.of("/bin/no-such-program"));
    assertThatThrownBy(() -> sandbox.start(id))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("No such file or directory")
        .hasMessageContaining("/bin/no-such-program");
    assertThat(sandbox.running(id)).isFalse();
  }

  @Test
  void aMissingMountSourceIsReported() {
    create(SLEEP, new Mount(data.resolve("absent"), "/data", Access.READ_WRITE));
    assertThatThrownBy(() -> sandbox.start(id))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining(data.resolve("absent").toString());
  }

  @Test
  void anInterruptedCallerCanDestroyTheMachine() throws Exception {
    create(SLEEP, readWrite());
    sandbox.start(id);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                sh("touch /data/up; sleep 1000");
              } catch (SandboxException e) {
                thrown.set(e);
              }
              sandbox.destroy(id);
              flag.set(Thread.currentThread().isInterrupted());
            });
    caller.start();
    await().until(() -> Files.exists(data.resolve("up")));
    caller.interrupt();
    caller.join();

    assertThat(thrown.get()).isInstanceOf(SandboxException.class);
    assertThat(flag.get()).isTrue();
    assertThat(sandbox.running(id)).isFalse();
  }

  @Test
  void anotherSandboxDestroysARunningMachineByItsId() {
    create(SLEEP, readWrite());
    sandbox.start(id);

    LxcSandbox other = new LxcSandbox(PROGRAMS);
    assertThat(other.running(id)).isTrue();
    other.destroy(new MachineId(id.name(), id.home()));
    assertThat(other.running(id)).isFalse();
    assertThat(sandbox.layer(id)).doesNotExist();
    assertThat(data).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"creating", "starting", "started"})
  void aMachineOfAKilledProcessIsDestroyed(String moment) throws Exception {
    Process owner =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                MachineStarter.class.getName(),
                id.name(),
                id.home().toString(),
                rootfs.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader said = owner.inputReader()) {
      String line = said.readLine();
      while (line != null && !line.equals(moment)) {
        line = said.readLine();
      }
      assertThat(line).isEqualTo(moment);
    } finally {
      owner.destroyForcibly().waitFor();
    }
    assertThat(sandbox.running(id) || !moment.equals("started")).isTrue();

    sandbox.destroy(id);
    assertThat(sandbox.running(id)).isFalse();
    create(SLEEP);
    sandbox.start(id);
    assertThat(sandbox.running(id)).isTrue();
  }

  @Test
  void aRunningMachineWithoutConfigurationIsDestroyed() throws IOException {
    create(SLEEP);
    sandbox.start(id);
    Files.delete(new MachineFiles(id).config());
    sandbox.destroy(id);
    assertThat(sandbox.running(id)).isFalse();
  }

  @Test
  void aMachineWithAKilledMonitorCanBeStartedAgain() {
    create(SLEEP);
    sandbox.start(id);
    MachineCleanup machineCleanup = new MachineCleanup(ControlGroups.read(Path.of("/proc")), id);
    machineCleanup.kill(machineCleanup.startingProcesses());
    await().until(() -> machineCleanup.processes().isEmpty());
    assertThat(machineCleanup.hasControlGroups()).isTrue();

    assertThat(sandbox.running(id)).isFalse();
    sandbox.start(id);
    assertThat(sandbox.running(id)).isTrue();
  }

  @Test
  void aMachineWithStoppedProcessesIsDestroyed() throws Exception {
    create(SLEEP);
    sandbox.start(id);
    for (long pid : new MachineCleanup(ControlGroups.read(Path.of("/proc")), id).processes()) {
      int status = new ProcessBuilder("kill", "-s", "STOP", Long.toString(pid)).start().waitFor();
      // What helped it to start may end by itself in between.
      assertThat(status == 0 || ProcessHandle.of(pid).isEmpty())
          .as("process %d was stopped", pid)
          .isTrue();
    }

    assertTimeoutPreemptively(Duration.ofMinutes(3), () -> sandbox.destroy(id));
  }

  @Test
  void aFrozenMachineIsDestroyed() throws Exception {
    create(SLEEP);
    sandbox.start(id);
    for (Path group : ControlGroups.read(Path.of("/proc")).of(id.name())) {
      for (Map.Entry<String, String> freeze :
          Map.of("freezer.state", "FROZEN", "cgroup.freeze", "1").entrySet()) {
        if (Files.exists(group.resolve(freeze.getKey()))) {
          Files.writeString(group.resolve(freeze.getKey()), freeze.getValue());
        }
      }
    }

    assertTimeoutPreemptively(Duration.ofMinutes(3), () -> sandbox.destroy(id));
  }

  @Test
  void leftoverControlGroupsAreRemovedAndRunningMachinesAreKept() throws IOException {
    create(SLEEP);
    sandbox.start(id);
    ControlGroups groups = ControlGroups.read(Path.of("/proc"));
    Path parent = groups.of(id.name()).get(0).getParent();
    Path leftover =
        Files.createDirectories(parent.resolve("lxc.payload." + id.name() + "x/inner")).getParent();
    try {
      assertThat(sandbox.reap(id.name())).containsExactly("control group " + leftover);
      assertThat(leftover).doesNotExist();
      assertThat(sandbox.running(id)).isTrue();
      assertThat(sandbox.reap(id.name())).isEmpty();
    } finally {
      ControlGroups.remove(List.of(leftover));
    }
  }

  @Test
  void mountsBelowTheHomeDirectoryAreUnmounted() throws IOException {
    Path target = Files.createDirectories(new MachineFiles(id).layer().resolve("a b"));
    assertThat(
            PROGRAMS
                .run(
                    new io.pgproof.command.HostCommand(
                        MINUTE, "mount", "-t", "tmpfs", "tmpfs", target.toString()))
                .succeeded())
        .isTrue();
    assertThat(Mounts.within(id.home())).containsExactly(target);
    sandbox.destroy(id);
    assertThat(target).doesNotExist();
  }

  @Test
  void destroyingAMissingMachineDoesNothing() {
    assertThatCode(() -> sandbox.destroy(id)).doesNotThrowAnyException();
    create(SLEEP);
    sandbox.destroy(id);
    assertThatCode(() -> sandbox.destroy(id)).doesNotThrowAnyException();
  }

  @Test
  void thisHostLacksNothing() {
    assertThat(sandbox.lacks()).isEmpty();
  }

  private void create(List<String> init, Mount... mounts) {
    int user = init.toString().contains("/data/arguments") ? 100 : 0;
    sandbox.create(new MachineSpec(id, rootfs, List.of(mounts), init, user, user, LIMITS));
  }

  private Mount readWrite() {
    return new Mount(data, "/data", Access.READ_WRITE);
  }

  private Ended sh(String script) {
    return sandbox.run(id, 0, 0, Map.of("PATH", "/bin"), MINUTE, List.of("/bin/sh", "-c", script));
  }

  private String[] mountOptions(String inside) {
    return sh("cat /proc/self/mounts")
        .out()
        .lines()
        .map(line -> line.split(" "))
        .filter(words -> words[1].equals(inside))
        .findFirst()
        .orElseThrow()[3]
        .split(",");
  }

  private void shift(Path path, int insideId) throws IOException {
    Files.setAttribute(path, "unix:uid", sandbox.firstHostId() + insideId);
    Files.setAttribute(path, "unix:gid", sandbox.firstHostId() + insideId);
  }
}
