package io.pgproof.sandbox.lxc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.ProgramResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A root file system of a few megabytes, made of this host's own programs and their libraries,
 * owners shifted.
 */
final class TinyRootfs {
  private static final String SCRIPT =
      """
      set -eu
      root=$1
      first=$2
      shift 2
      umask 022
      mkdir -p "$root/dev" "$root/proc" "$root/sys" "$root/tmp" "$root/etc" "$root/run" "$root/root" "$root/bin"
      chmod 1777 "$root/tmp"
      for program; do
        file=$(readlink -f "$(command -v "$program")")
        cp "$file" "$root/bin/$program"
        ldd "$file" | grep -o '/[^ ]*' | while read -r library; do
          mkdir -p "$root${library%/*}"
          cp -L "$library" "$root$library"
        done
      done
      echo root:x:0:0:root:/root:/bin/sh > "$root/etc/passwd"
      chown -R "$first:$first" "$root"
      """;

  private TinyRootfs() {}

  static Path make(HostPrograms programs, Path root, int firstHostId) {
    List<String> line =
        new java.util.ArrayList<>(
            List.of("sh", "-c", SCRIPT, "sh", root.toString(), Integer.toString(firstHostId)));
    line.addAll(List.of("sh", "sleep", "cat", "id", "ls", "tail", "touch", "chmod", "mkdir"));
    ProgramResult programResult =
        programs.run(new HostCommand(Duration.ofMinutes(1), line.toArray(String[]::new)));
    assertThat(programResult.succeeded()).as(programResult.describe()).isTrue();
    return root;
  }
}
