package io.pgproof.sandbox.lxc;

import io.pgproof.sandbox.MachineSpec;
import io.pgproof.sandbox.MachineSpec.Access;
import io.pgproof.sandbox.MachineSpec.Mount;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds the command line that starts a machine: its own mount namespace, the stage of {@link
 * MachineFiles} in it, then {@code lxc-start}.
 *
 * <p>The monitor that {@code lxc-start} leaves behind must not keep our pipes open; its output is
 * in its log.
 *
 * <p>Mounts that are removed on the host in the meantime are removed there too. Whatever the mounts
 * forbid (writing, devices, programs) stays forbidden: the container cannot relax flags that come
 * from outside its user namespace.
 */
final class Staging {
  private static final String SCRIPT =
      """
      set -eu
      stage=$1
      shift
      mkdir -p -m 0711 "$stage"
      mount -t tmpfs -o mode=0711,size=64k,nosuid,nodev,noexec pgproof "$stage"
      while [ "$1" != -- ]; do
        mkdir "$stage/$2"
        mount -o "bind,$1" "$3" "$stage/$2"
        shift 3
      done
      shift
      exec "$@" > /dev/null 2>&1
      """;
  private static final String DATA_FLAGS = "nosuid,nodev,noexec";

  private Staging() {}

  static List<String> startLine(MachineSpec spec) {
    MachineFiles files = new MachineFiles(spec.id());
    List<String> line =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                "--propagation",
                "slave",
                "/bin/sh",
                "-c",
                SCRIPT,
                "pgproof-stage",
                MachineFiles.STAGE.toString()));
    stage(
        line,
        "rw,nosuid,nodev",
        MachineFiles.LXC_PATH.getFileName().toString(),
        spec.id().home().toString());
    stage(
        line,
        "ro,nosuid,nodev",
        MachineFiles.STAGED_ROOTFS.getFileName().toString(),
        spec.rootfs().toString());
    for (int i = 0; i < spec.mounts().size(); i++) {
      Mount mount = spec.mounts().get(i);
      stage(
          line,
          (mount.access() == Access.READ_WRITE ? "rw," : "ro,") + DATA_FLAGS,
          MachineFiles.stagedMount(i).getFileName().toString(),
          mount.host().toString());
    }
    line.add("--");
    line.addAll(
        List.of(
            "lxc-start",
            "-d",
            "-P",
            MachineFiles.LXC_PATH.toString(),
            "-n",
            spec.id().name(),
            "-o",
            MachineFiles.LXC_PATH.resolve(files.log().getFileName()).toString(),
            "-l",
            "INFO",
            "--"));
    // As arguments, these reach the first process unchanged; lxc.init.cmd has no way to escape a
    // quote.
    line.addAll(spec.init());
    return line;
  }

  private static void stage(List<String> line, String flags, String name, String host) {
    line.addAll(List.of(flags, name, host));
  }
}
