package io.pgproof.image;

import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The source of the image for one major version. */
sealed interface ImageSource {
  /** Default user of the server. */
  String USER = "postgres";

  int major();

  /** Returns the directory of the server's programs inside the image. */
  String binDirectory();

  /** Returns the name of the server's user. */
  String user();

  /** Returns the label in the image's key: lower-case letters, digits, dots and hyphens. */
  String label();

  /** Returns a one-line description for people. */
  String describe();

  /** Returns the files of this host that the source uses. */
  List<Path> files();

  /**
   * Returns all properties of the source except its files. For files, the content matters and not
   * the name.
   */
  List<List<String>> parts();

  /** Creates a finding that says why no image was built. */
  default FindingException notBuilt(String why, String hint, @Nullable String words) {
    return new FindingException(
        new Finding(
            Reason.NO_IMAGE,
            "the image of PostgreSQL "
                + major()
                + " from "
                + describe()
                + " could not be built: "
                + why,
            hint,
            words));
  }

  /** Returns the directory where Debian's packages install the server's programs. */
  static String debianBinDirectory(int major) {
    return "/usr/lib/postgresql/" + major + "/bin";
  }

  /**
   * Packages that mmdebstrap(1) installs.
   *
   * @param sources one-line entries of {@code sources.list}; empty to use mmdebstrap's own entries
   *     for the suite
   * @param keyring keys for the sources that name no keyring; empty to use the keys that this host
   *     trusts
   * @param setupHooks commands that run before the first access to a source, see HOOKS in
   *     mmdebstrap(1); likewise the other hooks
   */
  record Packages(
      int major,
      String suite,
      List<String> sources,
      Optional<Path> keyring,
      List<String> packages,
      List<String> aptOptions,
      List<String> dpkgOptions,
      List<String> setupHooks,
      List<String> essentialHooks,
      String binDirectory,
      String user)
      implements ImageSource {
    // The last three options limit the wait for a source that does not respond; the default is
    // minutes.
    private static final List<String> APT =
        List.of(
            "APT::Install-Recommends \"false\"",
            "Acquire::http::ConnectTimeout \"20\"",
            "Acquire::https::ConnectTimeout \"20\"",
            "Acquire::Retries \"2\"");

    // Nobody reads manuals in a throw-away machine. Keep the collations in /usr/lib/locale, because
    // databases need them. Remove the message translations in /usr/share/locale, because the server
    // runs with lc_messages=C.
    private static final List<String> DPKG =
        List.of(
            "path-exclude=/usr/share/doc/*",
            "path-include=/usr/share/doc/*/copyright",
            "path-exclude=/usr/share/man/*",
            "path-exclude=/usr/share/info/*",
            "path-exclude=/usr/share/lintian/*",
            "path-exclude=/usr/share/locale/*",
            "path-include=/usr/share/locale/locale.alias");

    // Debian's package creates its own cluster unless it is configured not to before the
    // installation.
    private static final List<String> NO_CLUSTER =
        List.of(
            "mkdir -p \"$1/etc/postgresql-common\" && "
                + "echo 'create_main_cluster = false' > \"$1/etc/postgresql-common/createcluster.conf\"");

    private static final Pattern SIGNED_BY = Pattern.compile("(?<=[\\[ ]signed-by=)[^] ]+");

    public Packages {
      sources = List.copyOf(sources);
      packages = List.copyOf(packages);
      aptOptions = List.copyOf(aptOptions);
      dpkgOptions = List.copyOf(dpkgOptions);
      setupHooks = List.copyOf(setupHooks);
      essentialHooks = List.copyOf(essentialHooks);
    }

    /** Creates packages with the options and hooks that every image uses. */
    static Packages of(
        int major,
        String suite,
        List<String> sources,
        Optional<Path> keyring,
        List<String> packages,
        String binDirectory,
        String user) {
      return new Packages(
          major,
          suite,
          sources,
          keyring,
          packages,
          APT,
          DPKG,
          List.of(),
          NO_CLUSTER,
          binDirectory,
          user);
    }

    /** Returns the server's package, which includes the contrib modules, and all locales. */
    static List<String> standard(int major) {
      return List.of("postgresql-" + major, "locales-all");
    }

    @Override
    public String label() {
      return suite;
    }

    @Override
    public String describe() {
      return "the suite " + suite;
    }

    @Override
    public List<Path> files() {
      Stream<Path> signing =
          sources.stream()
              .flatMap(source -> SIGNED_BY.matcher(source).results())
              .map(MatchResult::group)
              .flatMap(keys -> Stream.of(keys.split(",")))
              .filter(key -> key.startsWith("/"))
              .map(Path::of);
      return Stream.concat(keyring.stream(), signing).distinct().toList();
    }

    @Override
    public List<List<String>> parts() {
      return List.of(
          List.of(suite, binDirectory, user, String.valueOf(keyring.isPresent())),
          sources,
          packages,
          aptOptions,
          dpkgOptions,
          setupHooks,
          essentialHooks);
    }

    Packages withPackages(List<String> others) {
      return new Packages(
          major,
          suite,
          sources,
          keyring,
          others,
          aptOptions,
          dpkgOptions,
          setupHooks,
          essentialHooks,
          binDirectory,
          user);
    }

    /** Returns a copy with additional packages. */
    Packages withMore(List<String> more) {
      List<String> all = new ArrayList<>(packages);
      all.addAll(more);
      return withPackages(all);
    }

    Packages withSetupHooks(List<String> others) {
      return new Packages(
          major,
          suite,
          sources,
          keyring,
          packages,
          aptOptions,
          dpkgOptions,
          others,
          essentialHooks,
          binDirectory,
          user);
    }
  }

  /**
   * A root file system in a tarball.
   *
   * @param file its name tells the compression format
   */
  record Tarball(int major, Path file, String binDirectory, String user) implements ImageSource {
    static final String ENDINGS = ".tar, .tar.gz, .tar.xz or .tar.zst";
    private static final Pattern NAME = Pattern.compile(".+\\.tar(\\.(gz|xz|zst))?");

    static boolean isName(Path file) {
      return file.getFileName() != null && NAME.matcher(file.getFileName().toString()).matches();
    }

    /**
     * Returns the program that decompresses the file. Its Debian package has the same name, except
     * for xz.
     */
    Optional<Decoder> decoder() {
      String name = file.getFileName().toString();
      return Stream.of(Decoder.values())
          .filter(decoder -> name.endsWith(decoder.ending))
          .findFirst();
    }

    @Override
    public String label() {
      return "rootfs";
    }

    @Override
    public String describe() {
      return "the root file system " + file;
    }

    @Override
    public List<Path> files() {
      return List.of(file);
    }

    @Override
    public List<List<String>> parts() {
      return List.of(List.of(binDirectory, user));
    }
  }

  /** A program that tar(1) calls to decompress, and the Debian package that contains it. */
  enum Decoder {
    GZIP(".gz", "gzip", "gzip"),
    XZ(".xz", "xz", "xz-utils"),
    ZSTD(".zst", "zstd", "zstd");

    private final String ending;
    final String program;
    final String debianPackage;

    Decoder(String ending, String program, String debianPackage) {
      this.ending = ending;
      this.program = program;
      this.debianPackage = debianPackage;
    }
  }
}
