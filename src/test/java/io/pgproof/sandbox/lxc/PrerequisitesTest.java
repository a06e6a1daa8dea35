package io.pgproof.sandbox.lxc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.pgproof.sandbox.Sandbox.Lack;
import io.pgproof.sandbox.lxc.binding.Liblxc;
import io.pgproof.sandbox.lxc.binding.LiblxcUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hosts of files: what a host has is read from its files. */
class PrerequisitesTest {
  @TempDir Path root;

  private Path groups;

  @BeforeEach
  void wholeHost() throws IOException {
    groups = root.resolve("cgroup");
    write("cgroup/cgroup.controllers", "cpuset cpu io memory pids\n");
    write(
        "proc/self/mountinfo",
        "30 20 0:26 / " + groups + " rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n");
    write("proc/1/cgroup", "0::/init.scope\n");
    write("proc/self/status", "Uid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\n");
    write("proc/self/ns/user", "");
    write("proc/filesystems", "nodev\ttmpfs\nnodev\toverlay\n");
    write("proc/sys/user/max_user_namespaces", "15000\n");
    write("proc/sys/kernel/osrelease", "6.1.0-37-amd64\n");
    write("usr/share/lxc/config/common.conf", "");
    write("usr/share/lxc/config/userns.conf", "");
    write("etc/subuid", "root:100000:65536\n");
    write("etc/subgid", "root:100000:65536\n");
  }

  @Test
  void aCompleteHostLacksNothing() {
    assertThat(lacks()).isEmpty();
  }

  @Test
  void aUserOtherThanRootIsReported() throws IOException {
    write("proc/self/status", "Uid:\t1000\t1000\t1000\t1000\nCapEff:\t0000000000000000\n");
    assertThat(lacks())
        .singleElement()
        .satisfies(
            lack -> {
              assertThat(lack.what()).contains("does not run as root");
              assertThat(lack.mend()).contains("sudo");
            });
  }

  @Test
  void rootWithoutTheRightToMountIsReported() throws IOException {
    write("proc/self/status", "Uid:\t0\t0\t0\t0\nCapEff:\t00000000a80425fb\n");
    assertThat(lacks())
        .singleElement()
        .satisfies(lack -> assertThat(lack.what()).contains("CAP_SYS_ADMIN"));
  }

  @Test
  void missingPackagesAreInstalledByOneCommand() throws IOException {
    Files.delete(root.resolve("usr/share/lxc/config/common.conf"));
    Set<String> absent = Set.of("lxc-start", "lxc-attach", "newuidmap", "newgidmap");
    assertThat(lacks(program -> !absent.contains(program), PrerequisitesTest::noLiblxc))
        .singleElement()
        .satisfies(
            lack -> {
              assertThat(lack.what())
                  .contains("lxc-start", "common.conf", "newuidmap", "liblxc.so.1");
              assertThat(lack.mend()).isEqualTo("apt-get install -y lxc uidmap");
            });
  }

  @Test
  void missingUserIdsAreReportedWithTheLinesToAdd() throws IOException {
    write("etc/subuid", "someone:100000:65536\nother:165536:65536\nroot:300000:10\n");
    Files.delete(root.resolve("etc/subgid"));
    assertThat(lacks())
        .extracting(Lack::what, Lack::mend)
        .containsExactly(
            tuple(
                "/etc/subuid gives root no range of 65536 ids",
                "echo root:300010:65536 >> /etc/subuid"),
            tuple(
                "/etc/subgid gives root no range of 65536 ids",
                "echo root:300010:65536 >> /etc/subgid"));
  }

  @Test
  void missingGroupIdsGetTheRangeOfTheUserIds() throws IOException {
    write("etc/subuid", "root:200000:65536\n");
    write("etc/subgid", "");
    assertThat(lacks())
        .extracting(Lack::mend)
        .containsExactly("echo root:200000:65536 >> /etc/subgid");
  }

  @Test
  void differentIdRangesAreReported() throws IOException {
    write("etc/subgid", "root:200000:65536\n");
    assertThat(lacks())
        .extracting(Lack::mend)
        .containsExactly("sed -i '1i root:100000:65536' /etc/subgid");
  }

  @Test
  void missingControlGroupsAreReported() throws IOException {
    write("proc/self/mountinfo", "1 0 8:1 / / rw - ext4 /dev/vda rw\n");
    assertThat(lacks())
        .extracting(Lack::mend)
        .containsExactly("mount -t cgroup2 cgroup2 /sys/fs/cgroup");
  }

  @Test
  void aMissingMemoryControllerIsReported() throws IOException {
    write("cgroup/cgroup.controllers", "cpu pids\n");
    assertThat(lacks())
        .singleElement()
        .satisfies(
            lack -> {
              assertThat(lack.what()).endsWith("controller memory");
              assertThat(lack.mend()).contains("cgroup_enable=memory");
            });
  }

  @Test
  void overlayMayBeAModule() throws IOException {
    write("proc/filesystems", "nodev\ttmpfs\n");
    assertThat(lacks()).extracting(Lack::mend).containsExactly("modprobe overlay");
    write("lib/modules/6.1.0-37-amd64/modules.dep", "kernel/fs/overlayfs/overlay.ko:\n");
    assertThat(lacks()).isEmpty();
  }

  @Test
  void disabledUserNamespacesAreReported() throws IOException {
    write("proc/sys/user/max_user_namespaces", "0\n");
    assertThat(lacks())
        .extracting(Lack::mend)
        .containsExactly("sysctl -w user.max_user_namespaces=15000");
  }

  private List<Lack> lacks() {
    return lacks(program -> true, () -> {});
  }

  private List<Lack> lacks(Predicate<String> has, Runnable liblxc) {
    return new Prerequisites(root, has, liblxc).lacks();
  }

  private static void noLiblxc() throws LiblxcUnavailableException {
    Liblxc.load("liblxc-that-is-not-there.so.1");
  }

  private void write(String file, String text) throws IOException {
    Files.createDirectories(root.resolve(file).getParent());
    Files.writeString(root.resolve(file), text);
  }
}
