package io.pgproof.sandbox.lxc;

import io.pgproof.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The host's control groups (version 1, 2 or both) and the groups that LXC creates in them: {@code
 * lxc.payload.<name>} and {@code lxc.monitor.<name>} below the group of process 1. LXC appends a
 * number if a group with that name was left over.
 */
final class ControlGroups {
  private static final Pattern OURS = Pattern.compile("lxc\\.(?:payload|monitor)\\.(.+)");
  private static final Pattern OOM_KILLS = Pattern.compile("(?m)^(?:oom|oom_kill) ([1-9][0-9]*)$");

  private final List<Hierarchy> hierarchies;

  private ControlGroups(List<Hierarchy> hierarchies) {
    this.hierarchies = hierarchies;
  }

  /**
   * A mounted hierarchy.
   *
   * @param base directory where LXC creates its groups
   * @param controllers controllers of this hierarchy
   */
  record Hierarchy(Path base, boolean unified, Set<String> controllers) {}

  /**
   * Reads the hierarchies from {@code /proc/self/mountinfo} and {@code /proc/1/cgroup} below {@code
   * proc}, see cgroups(7).
   */
  static ControlGroups read(Path proc) {
    List<Hierarchy> found = new ArrayList<>();
    List<String> memberships = lines(proc.resolve("1/cgroup"));
    for (String line : lines(proc.resolve("self/mountinfo"))) {
      String[] halves = line.split(" - ", 2);
      String[] left = halves[0].split(" ");
      String[] right = halves.length == 2 ? halves[1].split(" ") : new String[0];
      if (left.length < 5 || right.length < 3) {
        continue;
      }
      Path mount = Path.of(left[4]);
      if (right[0].equals("cgroup2")) {
        Path base = base(mount, memberships, "");
        found.add(new Hierarchy(base, true, readWords(mount.resolve("cgroup.controllers"), " ")));
      } else if (right[0].equals("cgroup")) {
        Set<String> options = new TreeSet<>(Arrays.asList(right[2].split(",")));
        options.removeAll(Set.of("rw", "ro"));
        found.add(
            new Hierarchy(base(mount, memberships, String.join(",", options)), false, options));
      }
    }
    return new ControlGroups(found);
  }

  /** Returns whether version 1 has this controller, so that its setting may be given. */
  boolean legacy(String controller) {
    return hierarchies.stream().anyMatch(h -> !h.unified() && h.controllers().contains(controller));
  }

  boolean has(String controller) {
    return hierarchies.stream().anyMatch(h -> h.controllers().contains(controller));
  }

  boolean isEmpty() {
    return hierarchies.isEmpty();
  }

  /**
   * Returns the paths of the counters for out-of-memory kills while the machine with this name
   * runs. The second path is for version 2.
   */
  List<Path> memoryEvents(String name) {
    List<Path> files = new ArrayList<>();
    for (Hierarchy hierarchy : hierarchies) {
      if (hierarchy.controllers().contains("memory")) {
        String file = hierarchy.unified() ? "memory.events" : "memory.oom_control";
        files.add(hierarchy.base().resolve("lxc.payload." + name).resolve(file));
      }
    }
    return files;
  }

  /**
   * Returns whether counters of either version report a kill, or an allocation that found no
   * memory.
   */
  static boolean ranOut(String counters) {
    return OOM_KILLS.matcher(counters).find();
  }

  /** Returns the groups of the machine with this name, including its monitor's. */
  List<Path> of(String name) {
    return find(
        Pattern.compile("lxc\\.(?:payload|monitor)\\." + Pattern.quote(name) + "(?:-[0-9]{1,3})?"));
  }

  /**
   * Returns the groups of all machines whose names have this prefix, by the part of the group name
   * after {@code lxc.payload.} or {@code lxc.monitor.}.
   */
  SortedMap<String, List<Path>> withPrefix(String prefix) {
    TreeMap<String, List<Path>> byName = new TreeMap<>();
    for (Path group :
        find(Pattern.compile("lxc\\.(?:payload|monitor)\\." + Pattern.quote(prefix) + ".*"))) {
      Matcher matcher = OURS.matcher(group.getFileName().toString());
      if (matcher.matches()) {
        byName.computeIfAbsent(matcher.group(1), name -> new ArrayList<>()).add(group);
      }
    }
    return byName;
  }

  /**
   * Returns the ids of the processes in these groups and below them.
   *
   * @throws SandboxException if an existing group cannot be read, because its processes may be
   *     alive
   */
  static Set<Long> processes(Collection<Path> groups) {
    Set<Long> pids = new TreeSet<>();
    for (Path group : groups) {
      for (Path directory : tree(group)) {
        for (String line : members(directory)) {
          pids.add(Long.parseLong(line));
        }
      }
    }
    pids.remove(0L);
    return pids;
  }

  private static List<String> members(Path group) {
    try {
      return Files.readAllLines(group.resolve("cgroup.procs"));
    } catch (NoSuchFileException gone) {
      return List.of();
    } catch (IOException e) {
      // The group disappeared during the read, or its processes are listed in a parent group, see
      // cgroups(7).
      if (!Files.exists(group) || lines(group.resolve("cgroup.type")).equals(List.of("threaded"))) {
        return List.of();
      }
      throw new SandboxException(
          "the processes of the control group " + group + " cannot be listed: " + e.getMessage(),
          e);
    }
  }

  /**
   * Thaws the processes in these groups and below them, in either version. Processes of a frozen
   * group cannot even die.
   */
  static void thaw(Collection<Path> groups) {
    for (Path group : groups) {
      for (Path directory : tree(group)) {
        write(directory.resolve("freezer.state"), "THAWED");
        write(directory.resolve("cgroup.freeze"), "0");
      }
    }
  }

  private static void write(Path file, String value) {
    try {
      if (Files.exists(file)) {
        Files.writeString(file, value, StandardOpenOption.WRITE);
      }
    } catch (IOException gone) {
      // The group disappeared together with its last process.
    }
  }

  /** Removes these groups and those below them. Groups that still contain a process stay. */
  static void remove(Collection<Path> groups) {
    for (Path group : groups) {
      List<Path> deepestFirst = tree(group);
      for (int i = deepestFirst.size() - 1; i >= 0; i--) {
        try {
          Files.deleteIfExists(deepestFirst.get(i));
        } catch (IOException busy) {
          // A process is still in the group; the caller checks again.
        }
      }
    }
  }

  private List<Path> find(Pattern name) {
    List<Path> found = new ArrayList<>();
    for (Hierarchy hierarchy : hierarchies) {
      for (Path child : descendants(hierarchy.base())) {
        if (name.matcher(child.getFileName().toString()).matches()) {
          found.add(child);
        }
      }
    }
    return found;
  }

  /**
   * Returns this group and all groups below it, parents first. Groups that disappear in the
   * meantime are left out.
   */
  private static List<Path> tree(Path group) {
    List<Path> all = new ArrayList<>();
    if (Files.isDirectory(group, LinkOption.NOFOLLOW_LINKS)) {
      all.add(group);
      descendants(group).forEach(child -> all.addAll(tree(child)));
    }
    return all;
  }

  private static List<Path> descendants(Path group) {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(
            group, entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))) {
      entries.forEach(children::add);
    } catch (IOException | DirectoryIteratorException e) {
      if (Files.exists(group)) {
        throw new SandboxException(
            "the control groups in " + group + " cannot be listed: " + e.getMessage(), e);
      }
    }
    return children;
  }

  private static Path base(Path mount, List<String> memberships, String controllers) {
    for (String line : memberships) {
      String[] parts = line.split(":", 3);
      if (parts.length == 3
          && String.join(",", new TreeSet<>(Arrays.asList(parts[1].split(","))))
              .equals(controllers)) {
        String path = parts[2].replaceFirst("/init\\.scope$", "").replaceFirst("^/", "");
        Path base = mount.resolve(path);
        return Files.isDirectory(base) ? base : mount;
      }
    }
    return mount;
  }

  private static Set<String> readWords(Path file, String separator) {
    Set<String> words = new TreeSet<>();
    for (String line : lines(file)) {
      words.addAll(Arrays.asList(line.strip().split(separator)));
    }
    return words;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException gone) {
      return List.of();
    }
  }
}
