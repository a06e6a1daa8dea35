package io.pgproof.image;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why apt failed during a build, derived from its output. */
sealed interface AptFailure {

  /**
   * The archive's package list is past its expiry date, as happens with a mirror that is a
   * snapshot.
   */
  record Expired(String url) implements AptFailure {}

  /** An optional source did not respond. */
  record Silent(String source, String url) implements AptFailure {}

  /** Any other failure. A retry would not help. */
  record Final() implements AptFailure {}

  Pattern EXPIRED = Pattern.compile("E: Release file for (\\S+) is (?:expired|not valid yet).*");
  // The messages for a failed download, and for a source that responds without a package list.
  Pattern FAILED =
      Pattern.compile(
          "E: (?:Failed to fetch (\\S+)|The repository '(\\S+ \\S+).*' (?:does not have|no longer has) .*)");
  Pattern SOURCE = Pattern.compile("deb\\s+(?:\\[[^]]*]\\s+)?(\\S+)\\s+(\\S+)\\s.*");

  /**
   * @param suite the image's own suite; without it nothing can be built
   * @param sources one-line entries that were used
   */
  static AptFailure read(String words, String suite, List<String> sources) {
    for (String line : words.split("\n")) {
      Matcher expired = EXPIRED.matcher(line);
      if (expired.matches()) {
        return new Expired(expired.group(1));
      }
    }
    for (String line : words.split("\n")) {
      Matcher failed = FAILED.matcher(line);
      if (failed.lookingAt()) {
        String url =
            failed.group(1) != null ? failed.group(1) : failed.group(2).replace(" ", "/dists/");
        for (String source : sources) {
          Matcher parts = SOURCE.matcher(source);
          if (parts.matches()
              && !parts.group(2).equals(suite)
              && isBelow(url, parts.group(1), parts.group(2), sources)) {
            return new Silent(source, url);
          }
        }
      }
    }
    return new Final();
  }

  private static boolean isBelow(String url, String base, String suite, List<String> sources) {
    String root = base.endsWith("/") ? base : base + "/";
    if (!url.startsWith(root)) {
      return false;
    }
    if (url.startsWith(root + "dists/")) {
      return url.startsWith(root + "dists/" + suite + "/") || url.equals(root + "dists/" + suite);
    }
    // The URL of a package does not name its suite, so it identifies the source only if a single
    // suite has that host.
    return sources.stream()
            .map(SOURCE::matcher)
            .filter(Matcher::matches)
            .filter(
                other ->
                    url.startsWith(
                        other.group(1).endsWith("/") ? other.group(1) : other.group(1) + "/"))
            .count()
        == 1;
  }
}
