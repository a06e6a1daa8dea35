package io.pgproof.sandbox.lxc;

import io.pgproof.command.HostPrograms;
import io.pgproof.sandbox.Sandbox.Lack;
import io.pgproof.sandbox.lxc.binding.Liblxc;
import io.pgproof.sandbox.lxc.binding.LiblxcUnavailableException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks the prerequisites of {@link LxcSandbox} on a host, and how to fix what is missing.
 *
 * @param root directory that contains {@code etc}, {@code proc}, {@code lib} and {@code usr/share}
 *     of the host
 * @param hasProgram whether the host has a program
 * @param liblxc loads the library
 */
record Prerequisites(Path root, Predicate<String> hasProgram, Runnable liblxc) {
  private static final int CAP_SYS_ADMIN = 21;
  private static final Pattern UID = Pattern.compile("(?m)^Uid:\\s+\\d+\\s+(\\d+)");
  private static final Pattern CAPABILITIES = Pattern.compile("(?m)^CapEff:\\s+([0-9a-f]+)");

  static Prerequisites ofThisHost(HostPrograms programs) {
    return new Prerequisites(Path.of("/"), programs::has, Liblxc::load);
  }

  List<Lack> lacks() {
    List<Lack> lacks = new ArrayList<>();
    privileges(lacks);
    packages(lacks);
    ids(lacks);
    kernel(lacks);
    return lacks;
  }

  private void privileges(List<Lack> lacks) {
    String status = text("proc/self/status");
    Matcher uid = UID.matcher(status);
    if (!uid.find() || !uid.group(1).equals("0")) {
      lacks.add(
          Lack.byHand(
              "pgproof does not run as root, and only root can start containers with their own UID range",
              "run the same command with sudo"));
      return;
    }
    Matcher capabilities = CAPABILITIES.matcher(status);
    if (capabilities.find() && !new BigInteger(capabilities.group(1), 16).testBit(CAP_SYS_ADMIN)) {
      lacks.add(
          Lack.byHand(
              "root cannot mount here: it lacks CAP_SYS_ADMIN, as inside another container",
              "run pgproof on the host itself, or give its container SYS_ADMIN"));
    }
  }

  private void packages(List<Lack> lacks) {
    Set<String> packages = new TreeSet<>();
    List<String> missing = new ArrayList<>();
    for (String program : List.of("lxc-start", "lxc-attach")) {
      requirePresent(program, hasProgram.test(program), "lxc", missing, packages);
    }
    for (String file : List.of("common.conf", "userns.conf")) {
      Path shared = root.resolve("usr/share/lxc/config").resolve(file);
      requirePresent(shared.toString(), Files.isReadable(shared), "lxc", missing, packages);
    }
    for (String program : List.of("newuidmap", "newgidmap")) {
      requirePresent(program, hasProgram.test(program), "uidmap", missing, packages);
    }
    for (String program : List.of("unshare", "setpriv", "setsid")) {
      requirePresent(program, hasProgram.test(program), "util-linux", missing, packages);
    }
    requirePresent("mount", hasProgram.test("mount"), "mount", missing, packages);
    try {
      liblxc.run();
    } catch (LiblxcUnavailableException e) {
      if (packages.contains("lxc")) {
        missing.add("liblxc.so.1");
      } else {
        lacks.add(Lack.byHand(String.valueOf(e.getMessage()), e.remedy()));
      }
    }
    if (!missing.isEmpty()) {
      lacks.add(
          new Lack(
              "not installed: " + String.join(", ", missing),
              "apt-get install -y " + String.join(" ", packages)));
    }
  }

  private void ids(List<Lack> lacks) {
    Path etc = root.resolve("etc");
    Optional<Integer> users = IdMap.firstRange(etc.resolve("subuid"));
    Optional<Integer> groups = IdMap.firstRange(etc.resolve("subgid"));
    if (users.isPresent() && groups.isPresent()) {
      if (!users.equals(groups)) {
        lacks.add(
            new Lack(
                "root's first range of at least "
                    + IdMap.SIZE
                    + " begins at "
                    + users.get()
                    + " in /etc/subuid and at "
                    + groups.get()
                    + " in /etc/subgid, and must be the same in both",
                "sed -i '1i root:" + users.get() + ":" + IdMap.SIZE + "' /etc/subgid"));
      }
      return;
    }
    int first = users.or(() -> groups).orElseGet(() -> IdMap.freeRange(etc));
    for (String file : List.of("subuid", "subgid")) {
      if (IdMap.firstRange(etc.resolve(file)).isEmpty()) {
        lacks.add(
            new Lack(
                "/etc/" + file + " gives root no range of " + IdMap.SIZE + " ids",
                "echo root:" + first + ":" + IdMap.SIZE + " >> /etc/" + file));
      }
    }
  }

  private void kernel(List<Lack> lacks) {
    ControlGroups groups = ControlGroups.read(root.resolve("proc"));
    if (groups.isEmpty()) {
      lacks.add(
          new Lack("no control groups are mounted", "mount -t cgroup2 cgroup2 /sys/fs/cgroup"));
    } else {
      for (String controller : List.of("memory", "cpu", "pids")) {
        if (!groups.has(controller)) {
          lacks.add(
              Lack.byHand(
                  "the kernel offers no control group controller " + controller,
                  controller.equals("memory")
                      ? "add cgroup_enable=memory to GRUB_CMDLINE_LINUX in /etc/default/grub, then update-grub and reboot"
                      : "boot a kernel that has it, such as Debian's"));
        }
      }
    }
    if (!text("proc/filesystems").contains("\toverlay\n") && !overlayIsAModule()) {
      lacks.add(
          new Lack("the kernel does not support the overlay file system", "modprobe overlay"));
    }
    if (!Files.exists(root.resolve("proc/self/ns/user"))) {
      lacks.add(
          Lack.byHand(
              "the kernel has no user namespaces",
              "boot a kernel that has them, such as Debian's"));
    } else if (text("proc/sys/user/max_user_namespaces").strip().equals("0")) {
      lacks.add(
          new Lack(
              "user namespaces are switched off: user.max_user_namespaces is 0",
              "sysctl -w user.max_user_namespaces=15000"));
    }
  }

  private boolean overlayIsAModule() {
    String release = text("proc/sys/kernel/osrelease").strip();
    return text("lib/modules/" + release + "/modules.dep").contains("/overlay.ko");
  }

  private static void requirePresent(
      String what, boolean there, String from, List<String> missing, Set<String> packages) {
    if (!there) {
      missing.add(what);
      packages.add(from);
    }
  }

  private String text(String file) {
    try {
      return Files.readString(root.resolve(file));
    } catch (IOException absent) {
      return "";
    }
  }
}
