package io.pgproof.image;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All that decides what an image holds; two equal recipes give the same key.
 *
 * @param sources one-line entries of {@code sources.list}; empty for the entries that mmdebstrap knows for the suite
 * @param setupHooks run before the first look at a source, see HOOKS in mmdebstrap(1); likewise the others
 * @param firstHostId the host's id that the image's root is shifted to
 * @param revision of what this program does to an image beyond mmdebstrap
 */
record Recipe(
    int major,
    String suite,
    List<String> sources,
    List<String> packages,
    List<String> aptOptions,
    List<String> dpkgOptions,
    List<String> setupHooks,
    List<String> essentialHooks,
    String architecture,
    int firstHostId,
    int revision) {
  private static final int REVISION = 1;

  private static final Map<Integer, String> SUITES =
      new TreeMap<>(Map.of(13, "bullseye", 15, "bookworm", 17, "trixie", 18, "sid"));

  private static final Pattern KEY = Pattern.compile("([0-9]{1,3})-([a-z]+)-[0-9a-f]{12}");

  // The last three are for a source that does not answer: one that is down must not cost the default minutes.
  private static final List<String> APT = List.of(
      "APT::Install-Recommends \"false\"",
      "Acquire::http::ConnectTimeout \"20\"",
      "Acquire::https::ConnectTimeout \"20\"",
      "Acquire::Retries \"2\"");

  // Nobody reads manuals in a throw-away machine. The collations in /usr/lib/locale stay, a database needs them; the
  // translations of messages in /usr/share/locale go, for the server speaks with lc_messages=C.
  private static final List<String> DPKG = List.of(
      "path-exclude=/usr/share/doc/*",
      "path-include=/usr/share/doc/*/copyright",
      "path-exclude=/usr/share/man/*",
      "path-exclude=/usr/share/info/*",
      "path-exclude=/usr/share/lintian/*",
      "path-exclude=/usr/share/locale/*",
      "path-include=/usr/share/locale/locale.alias");

  // Debian's package makes a cluster of its own unless it is told not to before it is installed.
  private static final List<String> NO_CLUSTER = List.of(
      "mkdir -p \"$1/etc/postgresql-common\" && "
          + "echo 'create_main_cluster = false' > \"$1/etc/postgresql-common/createcluster.conf\"");

  Recipe {
    sources = List.copyOf(sources);
    packages = List.copyOf(packages);
    aptOptions = List.copyOf(aptOptions);
    dpkgOptions = List.copyOf(dpkgOptions);
    setupHooks = List.copyOf(setupHooks);
    essentialHooks = List.copyOf(essentialHooks);
  }

  /** The versions that Debian has, each in one suite, ascending. */
  static List<Integer> majors() {
    return List.copyOf(SUITES.keySet());
  }

  /** Today's recipe; empty for a version that Debian does not have. Contrib modules are in the server's package. */
  static Optional<Recipe> of(int major, int firstHostId) {
    return Optional.ofNullable(SUITES.get(major)).map(suite -> new Recipe(
        major, suite, List.of(), List.of("postgresql-" + major, "locales-all"), APT, DPKG, List.of(), NO_CLUSTER,
        System.getProperty("os.arch"), firstHostId, REVISION));
  }

  Recipe withPackages(List<String> others) {
    return new Recipe(major, suite, sources, others, aptOptions, dpkgOptions, setupHooks, essentialHooks, architecture,
        firstHostId, revision);
  }

  Recipe withSetupHooks(List<String> others) {
    return new Recipe(major, suite, sources, packages, aptOptions, dpkgOptions, others, essentialHooks, architecture,
        firstHostId, revision);
  }

  /** Names the image: {@code 15-bookworm-} and the first 12 digits of the recipe's SHA-256. */
  String key() {
    // Every part is quoted by its length, so that no two recipes read alike.
    StringBuilder whole = new StringBuilder();
    for (List<String> part : List.of(List.of(String.valueOf(major), suite, architecture, String.valueOf(firstHostId),
        String.valueOf(revision)), sources, packages, aptOptions, dpkgOptions, setupHooks, essentialHooks)) {
      whole.append(part.size()).append(';');
      part.forEach(text -> whole.append(text.length()).append(':').append(text));
    }
    try {
      byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(whole.toString().getBytes(StandardCharsets.UTF_8));
      return major + "-" + suite + "-" + HexFormat.of().formatHex(sha256, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The version that a key names; empty for what is no key. */
  static OptionalInt majorOf(String key) {
    Matcher parts = KEY.matcher(key);
    return parts.matches() ? OptionalInt.of(Integer.parseInt(parts.group(1))) : OptionalInt.empty();
  }

  String binDirectory() {
    return "/usr/lib/postgresql/" + major + "/bin";
  }
}
