package io.pgproof.sandbox.lxc;

import io.pgproof.sandbox.MachineSpec;
import io.pgproof.sandbox.MachineSpec.Mount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The items of a machine's configuration, see lxc.container.conf(5).
 *
 * <p>LXC ignores version 2 limits on a version 1 hierarchy and vice versa, with a warning. A
 * version 1 limit without its controller's hierarchy would be an error next to another version 1
 * hierarchy, so version 1 limits are set only where they can take effect.
 */
final class MachineConfig {
  /** Requests a fast shutdown of PostgreSQL. */
  static final Item HALT = new Item("lxc.signal.halt", "SIGINT");

  private static final Path SHARED = Path.of("/usr/share/lxc/config");
  private static final long CPU_PERIOD_MICROS = 100_000;
  private static final long LEAST_CPU_QUOTA_MICROS = 1_000;
  private static final int PROCESSES = 512;

  /**
   * Capabilities of a first process that is root. It needs them to create directories for other
   * users and to switch to those users. Any other first process has none.
   */
  private static final String KEPT_CAPABILITIES = "chown dac_override fowner kill setgid setuid";

  private MachineConfig() {}

  /** A key and its value. Keys can repeat, and their order matters. */
  record Item(String key, String value) {}

  static List<Item> items(MachineSpec spec, IdMap ids, ControlGroups groups) {
    List<Item> items = new ArrayList<>();
    items.add(new Item("lxc.include", SHARED.resolve("common.conf").toString()));
    items.add(new Item("lxc.include", SHARED.resolve("userns.conf").toString()));
    items.add(new Item("lxc.uts.name", spec.id().name()));
    items.add(new Item("lxc.idmap", "u 0 " + ids.firstHostId() + " " + IdMap.SIZE));
    items.add(new Item("lxc.idmap", "g 0 " + ids.firstHostId() + " " + IdMap.SIZE));
    MachineFiles files = new MachineFiles(spec.id());
    items.add(
        new Item(
            "lxc.rootfs.path",
            "overlay:" + MachineFiles.STAGED_ROOTFS + ":" + files.stagedDelta()));
    // Without it, the end of the container first writes whatever the host's file system still holds
    // in memory to the disk, the restored files too.
    items.add(new Item("lxc.rootfs.options", "volatile"));
    items.add(new Item("lxc.net.0.type", "empty"));
    items.add(new Item("lxc.init.uid", Integer.toString(spec.uid())));
    items.add(new Item("lxc.init.gid", Integer.toString(spec.gid())));
    items.add(HALT);
    items.add(new Item("lxc.no_new_privs", "1"));
    items.add(new Item("lxc.cap.keep", KEPT_CAPABILITIES));
    items.add(new Item("lxc.console.path", "none"));
    items.add(new Item("lxc.tty.max", "0"));
    items.add(new Item("lxc.pty.max", "16"));
    // Clear the value first, because the shared configuration would mount the control groups.
    items.add(new Item("lxc.mount.auto", ""));
    items.add(new Item("lxc.mount.auto", "proc:mixed sys:ro"));
    items.add(
        new Item(
            "lxc.mount.entry",
            "tmpfs dev/shm tmpfs rw,nosuid,nodev,noexec,mode=1777,create=dir 0 0"));
    for (int i = 0; i < spec.mounts().size(); i++) {
      items.add(new Item("lxc.mount.entry", entry(i, spec.mounts().get(i))));
    }
    limits(spec, groups).forEach((key, value) -> items.add(new Item(key, value)));
    items.add(new Item("lxc.hook.stop", keepMemoryEvents(files, groups)));
    return items;
  }

  private static String entry(int index, Mount mount) {
    String options =
        switch (mount.access()) {
          case READ_WRITE -> "bind,rw";
          case READ_ONLY -> "bind,ro";
          case READ_ONLY_MAPPED -> "bind,ro,idmap=container";
        };
    String inside = mount.inside().replaceFirst("^/+", "");
    return MachineFiles.stagedMount(index)
        + " "
        + escaped(inside)
        + " none "
        + options
        + ",create=dir 0 0";
  }

  /** Escapes blanks in a path as fstab(5) requires. */
  private static String escaped(String path) {
    return path.replace("\\", "\\134")
        .replace(" ", "\\040")
        .replace("\t", "\\011")
        .replace("\n", "\\012")
        .replace("#", "\\043");
  }

  private static Map<String, String> limits(MachineSpec spec, ControlGroups groups) {
    long quota =
        Math.max(LEAST_CPU_QUOTA_MICROS, Math.round(spec.limits().cpus() * CPU_PERIOD_MICROS));
    String memory = Long.toString(spec.limits().memoryBytes());
    Map<String, String> limits = new LinkedHashMap<>();
    if (groups.legacy("memory")) {
      limits.put("lxc.cgroup.memory.limit_in_bytes", memory);
      limits.put("lxc.cgroup.memory.swappiness", "0");
    }
    if (groups.legacy("cpu")) {
      limits.put("lxc.cgroup.cpu.cfs_period_us", Long.toString(CPU_PERIOD_MICROS));
      limits.put("lxc.cgroup.cpu.cfs_quota_us", Long.toString(quota));
    }
    if (groups.legacy("pids")) {
      limits.put("lxc.cgroup.pids.max", Integer.toString(PROCESSES));
    }
    limits.put("lxc.cgroup2.memory.max", memory);
    if (Files.exists(Path.of("/proc/swaps"))) {
      // Without this, a machine at its limit would fill the host's swap and slow down everything
      // else on the host.
      limits.put("lxc.cgroup2.memory.swap.max", "0");
    }
    limits.put("lxc.cgroup2.cpu.max", quota + " " + CPU_PERIOD_MICROS);
    limits.put("lxc.cgroup2.pids.max", Integer.toString(PROCESSES));
    return limits;
  }

  /**
   * Returns the command that saves the memory counters. They disappear with the control group, so
   * it runs when all processes have ended but the group still exists.
   */
  private static String keepMemoryEvents(MachineFiles files, ControlGroups groups) {
    StringBuilder line = new StringBuilder("/bin/sh -c \"cat");
    for (Path counters : groups.memoryEvents(files.id().name())) {
      line.append(' ').append(counters);
    }
    return line.append(" > ")
        .append(files.stagedMemoryEvents())
        .append(" 2>/dev/null || :\"")
        .toString();
  }
}
