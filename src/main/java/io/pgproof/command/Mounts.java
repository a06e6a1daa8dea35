package io.pgproof.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lists the host's mounts as this process sees them (source: the manual page
 * proc_pid_mountinfo(5)).
 */
public final class Mounts {
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");
  private static final int MOUNT_POINT = 4;

  private Mounts() {}

  /** Returns the mount points at or below a directory, in mount order. */
  public static List<Path> within(Path directory) throws IOException {
    return within(directory, Files.readString(Path.of("/proc/self/mountinfo")));
  }

  static List<Path> within(Path directory, String mountinfo) {
    return mountinfo
        .lines()
        .map(
            line ->
                Path.of(OCTAL.matcher(line.split(" ")[MOUNT_POINT]).replaceAll(Mounts::unescape)))
        .filter(point -> point.startsWith(directory))
        .toList();
  }

  private static String unescape(MatchResult octal) {
    return Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(octal.group(1), 8)));
  }
}
