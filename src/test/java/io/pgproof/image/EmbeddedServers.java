package io.pgproof.image;

import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.ProgramResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Tarballs of root file systems with the versions that no suite of Debian has: servers that Maven
 * fetched, laid into one minimal Debian whose client programs take backups of all of them. Made
 * when first needed, by one at a time.
 */
final class EmbeddedServers {
  private static final List<Integer> MAJORS = List.of(10, 11, 12, 14, 16);

  private static final String BASE =
      """
      set -eu
      rm -f "$1".*
      mmdebstrap --quiet --mode=root --format=tar --variant=minbase \\
        --include=postgresql-client-17,libxml2,locales \\
        --aptopt='APT::Install-Recommends "false"' \\
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \\
        --dpkgopt='path-exclude=/usr/share/locale/*' \\
        --customize-hook='chroot "$1" localedef -i en_US -f UTF-8 en_US.UTF-8' \\
        --customize-hook='chroot "$1" useradd --system --shell /bin/sh postgres' \\
        trixie "$1.$$"
      mv "$1.$$" "$1"
      """;

  // A server has the programs that came with its version, as far as another version's do the same:
  // a manifest is there from 13
  // on, pg_amcheck from 14, and pg_checksums of 15 reads the pg_control of 14 and 16.
  private static final String SERVER =
      """
      set -eu
      base=$1 fetched=$2 major=$3 tarball=$4
      work=$(mktemp -d "$tarball.XXXXXX")
      trap 'rm -rf "$work"' EXIT
      server=$work/root/usr/lib/postgresql/$major
      mkdir -p "$server"
      tar -C "$server" -xf "$fetched"
      programs='pg_basebackup pg_dump pg_dumpall psql'
      [ "$major" -lt 13 ] || programs="$programs pg_verifybackup"
      [ "$major" -lt 14 ] || programs="$programs pg_amcheck"
      for program in $programs; do
        ln -s "../../17/bin/$program" "$server/bin/$program"
      done
      case $major in 14 | 16) cp /usr/lib/postgresql/15/bin/pg_checksums "$server/bin/" ;; esac
      cp "$base" "$work/all.tar"
      tar --append --file="$work/all.tar" --directory="$work/root" --owner=0 --group=0 --numeric-owner usr
      zstd -q -1 -T0 "$work/all.tar" -o "$work/all.tar.zst"
      mv "$work/all.tar.zst" "$tarball"
      """;

  private EmbeddedServers() {}

  /**
   * What {@code images.yaml} says of these versions; a tarball is in {@code place} once it was
   * asked for.
   */
  static String configuration(Path place) {
    return MAJORS.stream()
        .map(major -> "  - {postgres: " + major + ", rootfs: " + tarball(place, major) + "}\n")
        .collect(Collectors.joining("", "images:\n", ""));
  }

  /** Makes the tarball of this version unless it is there or the version is one of Debian's. */
  static void need(int major, Path place, HostPrograms programs) {
    if (!MAJORS.contains(major) || Files.exists(tarball(place, major))) {
      return;
    }
    Path base = place.resolve("debian.tar");
    if (!Files.exists(base)) {
      run(programs, BASE, base);
    }
    Path fetched =
        place
            .resolveSibling("servers")
            .resolve(String.valueOf(major))
            .resolve("postgres-linux-x86_64.txz");
    run(programs, SERVER, base, fetched, major, tarball(place, major));
  }

  private static Path tarball(Path place, int major) {
    return place.resolve("postgresql-" + major + ".tar.zst");
  }

  private static void run(HostPrograms programs, String script, Object... arguments) {
    List<String> line = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    List.of(arguments).forEach(argument -> line.add(argument.toString()));
    ProgramResult programResult =
        programs.run(new HostCommand(Duration.ofMinutes(10), line.toArray(String[]::new)));
    if (!programResult.succeeded()) {
      throw new IllegalStateException(programResult.describe());
    }
  }
}
