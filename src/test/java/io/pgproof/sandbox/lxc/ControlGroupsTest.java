package io.pgproof.sandbox.lxc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlGroupsTest {
  @TempDir Path root;

  @Test
  void cgroup2BelowSystemdIsRead() throws IOException {
    Path mount = Files.createDirectories(root.resolve("cgroup"));
    Files.writeString(mount.resolve("cgroup.controllers"), "cpu memory pids\n");
    ControlGroups groups =
        read("30 20 0:26 / " + mount + " rw - cgroup2 cgroup2 rw\n", "0::/init.scope\n");

    assertThat(groups.has("memory")).isTrue();
    assertThat(groups.legacy("memory")).isFalse();
    assertThat(groups.memoryEvents("m"))
        .containsExactly(mount.resolve("lxc.payload.m/memory.events"));
  }

  @Test
  void hybridCgroupsAreRead() throws IOException {
    Path cpu = Files.createDirectories(root.resolve("cpu,cpuacct"));
    Path memory = Files.createDirectories(root.resolve("memory"));
    Path unified = Files.createDirectories(root.resolve("unified"));
    Files.createDirectories(memory.resolve("outer"));
    ControlGroups groups =
        read(
            "31 20 0:27 / "
                + cpu
                + " rw - cgroup cgroup rw,cpu,cpuacct\n"
                + "32 20 0:28 / "
                + memory
                + " rw shared:9 - cgroup cgroup rw,memory\n"
                + "33 20 0:29 / "
                + unified
                + " rw - cgroup2 cgroup2 rw\n",
            "4:memory:/outer\n3:cpu,cpuacct:/\n0::/\n");

    assertThat(groups.legacy("cpu")).isTrue();
    assertThat(groups.legacy("pids")).isFalse();
    assertThat(groups.memoryEvents("m"))
        .containsExactly(memory.resolve("outer/lxc.payload.m/memory.oom_control"));
  }

  @Test
  void groupsOfMachinesWithSimilarNamesAreToldApart() throws IOException {
    Path mount = Files.createDirectories(root.resolve("cgroup"));
    for (String name :
        new String[] {
          "lxc.payload.m", "lxc.monitor.m", "lxc.payload.m-1", "lxc.payload.mm", "lxc.pivot"
        }) {
      Files.createDirectory(mount.resolve(name));
    }
    ControlGroups groups = read("30 20 0:26 / " + mount + " rw - cgroup2 cgroup2 rw\n", "0::/\n");

    assertThat(groups.of("m"))
        .extracting(path -> path.getFileName().toString())
        .containsExactlyInAnyOrder("lxc.payload.m", "lxc.monitor.m", "lxc.payload.m-1");
    assertThat(groups.withPrefix("m").keySet()).containsExactly("m", "m-1", "mm");
  }

  @Test
  void countersOfBothVersionsAreRead() {
    assertThat(ControlGroups.ranOut("oom_kill_disable 0\nunder_oom 0\noom_kill 0\n")).isFalse();
    assertThat(ControlGroups.ranOut("oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")).isTrue();
    assertThat(ControlGroups.ranOut("low 0\nhigh 0\nmax 71\noom 0\noom_kill 0\noom_group_kill 0\n"))
        .isFalse();
    assertThat(ControlGroups.ranOut("low 0\nhigh 0\nmax 71\noom 1\noom_kill 0\noom_group_kill 0\n"))
        .isTrue();
  }

  @Test
  void processesOfGroupsAtAnyDepthAreFound() throws IOException {
    Path group = Files.createDirectories(root.resolve("lxc.payload.m"));
    Files.writeString(group.resolve("cgroup.procs"), "17\n0\n");
    Path inner = Files.createDirectories(group.resolve("init.scope/inner"));
    Files.writeString(inner.resolve("cgroup.procs"), "18\n");

    assertThat(ControlGroups.processes(List.of(group, root.resolve("gone"))))
        .containsExactly(17L, 18L);
  }

  @Test
  void aGroupWithUnreadableProcessesIsNotTakenAsEnded() throws IOException {
    Path group = Files.createDirectories(root.resolve("lxc.payload.m"));
    // No right is denied to root, but a directory cannot be read as a file.
    Files.createDirectories(group.resolve("inner/cgroup.procs"));

    assertThatThrownBy(() -> ControlGroups.processes(List.of(group)))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining(
            "the processes of the control group " + group.resolve("inner") + " cannot be listed");
    Files.writeString(group.resolve("inner/cgroup.type"), "threaded\n");
    assertThat(ControlGroups.processes(List.of(group))).as("the group above lists them").isEmpty();
  }

  private ControlGroups read(String mountinfo, String memberships) throws IOException {
    Path proc = root.resolve("proc");
    Files.createDirectories(proc.resolve("self"));
    Files.createDirectories(proc.resolve("1"));
    Files.writeString(proc.resolve("self/mountinfo"), mountinfo);
    Files.writeString(proc.resolve("1/cgroup"), memberships);
    return ControlGroups.read(proc);
  }
}
