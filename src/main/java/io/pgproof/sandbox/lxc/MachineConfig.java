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
 * <p>LXC ignores version 2's limits where version 1 rules and the other way round, with a warning;
 * a version 1 limit without its hierarchy would be an error beside a version 1 hierarchy, so these
 * are given only where they can hold.
 */
final class MachineConfig {
  /** For PostgreSQL a fast shutdown. */
  static final Item HALT = new Item("lxc.signal.halt", "SIGINT");

  private static final Path SHARED = Path.of("/usr/share/lxc/config");
  private static final long CPU_PERIOD_MICROS = 100_000;
  private static final long LEAST_CPU_QUOTA_MICROS = 1_000;
  private static final int PROCESSES = 512;

  /**
   * A first process that is root needs these to make directories for others and to become them;
   * another has none.
   */
  private static final String KEPT_CAPABILITIES = "chown dac_override fowner kill setgid setuid";

  private MachineConfig() {}

  /** A key and its value; keys repeat and their order counts. */
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
    items.add(new Item("lxc.net.0.type", "empty"));
    items.add(new Item("lxc.init.uid", Integer.toString(spec.uid())));
    items.add(new Item("lxc.init.gid", Integer.toString(spec.gid())));
    items.add(HALT);
    items.add(new Item("lxc.no_new_privs", "1"));
    items.add(new Item("lxc.cap.keep", KEPT_CAPABILITIES));
    items.add(new Item("lxc.console.path", "none"));
    items.add(new Item("lxc.tty.max", "0"));
    items.add(new Item("lxc.pty.max", "16"));
    // Empty first: the shared configuration's own choice would mount the control groups.
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

  /** As fstab(5) wants a path with blanks. */
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
      // Without it a machine at its limit would fill the host's swap and slow down everything else
      // on it.
      limits.put("lxc.cgroup2.memory.swap.max", "0");
    }
    limits.put("lxc.cgroup2.cpu.max", quota + " " + CPU_PERIOD_MICROS);
    limits.put("lxc.cgroup2.pids.max", Integer.toString(PROCESSES));
    return limits;
  }

  /**
   * The counters go with the control group, so they are kept when all processes have ended and it
   * is still there.
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
