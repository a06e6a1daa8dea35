package io.pgproof.image;

import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.image.ImageSource.Packages;
import io.pgproof.image.ImageSource.Tarball;
import io.pgproof.yaml.YamlDocument;
import io.pgproof.yaml.YamlItem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Converts {@code images.yaml} to sources. */
final class ImageSourcesReader {
  private static final String IMAGES = "images";
  private static final String POSTGRES = "postgres";
  private static final String SUITE = "suite";
  private static final String SOURCES = "sources";
  private static final String KEYRING = "keyring";
  private static final String PACKAGES = "packages";
  private static final String EXTRA_PACKAGES = "extra-packages";
  private static final String ROOTFS = "rootfs";
  private static final String BIN_DIRECTORY = "bin-directory";
  private static final String USER = "user";
  private static final List<String> OF_PACKAGES =
      List.of(SUITE, SOURCES, KEYRING, PACKAGES, EXTRA_PACKAGES);
  private static final List<String> FIELDS =
      List.of(
          POSTGRES, SUITE, SOURCES, KEYRING, PACKAGES, EXTRA_PACKAGES, ROOTFS, BIN_DIRECTORY, USER);

  static final String MAJOR_ALLOWED =
      "a major version from "
          + PostgresVersion.OLDEST.major()
          + " to "
          + PostgresVersion.NEWEST.major();
  private static final String SUITE_ALLOWED = "a suite such as bookworm";
  private static final String SOURCE_ALLOWED =
      "a line of sources.list such as deb http://packages.example.org/debian bookworm main";
  private static final String PACKAGE_ALLOWED = "the name of a package";
  private static final String PATH_ALLOWED = "an absolute path";
  private static final String TARBALL_ALLOWED =
      "an absolute path that ends with " + Tarball.ENDINGS;
  private static final String USER_ALLOWED = "the name of a user";

  private static final Pattern MAJOR = Pattern.compile("[1-9][0-9]");
  private static final Pattern SUITE_NAME = Pattern.compile("[a-z][a-z0-9.-]{0,39}");
  private static final Pattern SOURCE =
      Pattern.compile(
          "deb( +\\[[^]\\p{Cntrl}]+])? +[a-z][a-z0-9+]*:[^ \\p{Cntrl}]+( +[^ \\p{Cntrl}]+)+");
  private static final Pattern PACKAGE =
      Pattern.compile("[a-z0-9][a-z0-9+.-]*(:[a-z0-9]+)?(=[A-Za-z0-9.+:~-]+)?");
  private static final Pattern USER_NAME = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");

  private final YamlDocument document;
  private final Map<Integer, Integer> lineOfMajor = new HashMap<>();

  ImageSourcesReader(Path file) {
    this.document = YamlDocument.read(file, IMAGES);
  }

  /**
   * Returns all sources of the file, each for a different version, or throws if the file has a
   * mistake.
   */
  List<ImageSource> sources() {
    List<ImageSource> sources = new ArrayList<>();
    for (YamlItem item :
        document.items(
            IMAGES,
            "image",
            POSTGRES,
            FIELDS,
            text -> isMajor(text) ? Optional.of("PostgreSQL " + text) : Optional.empty())) {
      Optional<Integer> major = major(item);
      // Report the other mistakes of an image even if its version is wrong.
      ImageSource source =
          item.has(ROOTFS) ? tarball(item, major.orElse(0)) : packages(item, major.orElse(0));
      if (major.isPresent()) {
        sources.add(source);
      }
    }
    document.throwIfAny();
    return sources;
  }

  private Optional<Integer> major(YamlItem item) {
    return item.required(
            POSTGRES, MAJOR_ALLOWED, text -> Integer.valueOf(require(text, isMajor(text))))
        .filter(
            major -> {
              Integer before = lineOfMajor.putIfAbsent(major, item.line(POSTGRES));
              if (before != null) {
                document.addMistake(
                    item.line(POSTGRES),
                    "postgres is "
                        + major
                        + " as in line "
                        + before
                        + "; allowed: one image of each major version");
              }
              return before == null;
            });
  }

  private static ImageSource tarball(YamlItem item, int major) {
    OF_PACKAGES.stream()
        .filter(item::has)
        .forEach(
            field ->
                item.rejectField(
                    field,
                    "cannot be combined with "
                        + ROOTFS
                        + "; allowed: "
                        + String.join(", ", POSTGRES, ROOTFS, BIN_DIRECTORY, USER)));
    Path file =
        item.value(ROOTFS, TARBALL_ALLOWED, text -> path(text, Tarball::isName))
            .orElse(Path.of("/"));
    return new Tarball(major, file, binDirectory(item, major), user(item));
  }

  private static ImageSource packages(YamlItem item, int major) {
    if (!item.has(SUITE) && major > 0 && ImageSources.suite(major).isEmpty()) {
      item.missing(
          SUITE,
          SUITE_ALLOWED
              + " that contains the packages; or, instead, "
              + ROOTFS
              + " with the path of a tarball");
    }
    return Packages.of(
            major,
            item.value(SUITE, SUITE_ALLOWED, matching(SUITE_NAME))
                .or(() -> ImageSources.suite(major))
                .orElse(""),
            item.list(SOURCES, SOURCE_ALLOWED, matching(SOURCE)).orElse(List.of()),
            item.value(KEYRING, PATH_ALLOWED, text -> path(text, any -> true)),
            item.list(PACKAGES, PACKAGE_ALLOWED, matching(PACKAGE))
                .orElse(Packages.standard(major)),
            binDirectory(item, major),
            user(item))
        .withMore(item.list(EXTRA_PACKAGES, PACKAGE_ALLOWED, matching(PACKAGE)).orElse(List.of()));
  }

  private static String binDirectory(YamlItem item, int major) {
    return item.value(BIN_DIRECTORY, PATH_ALLOWED, text -> path(text, any -> true).toString())
        .orElse(ImageSource.debianBinDirectory(major));
  }

  private static String user(YamlItem item) {
    return item.value(USER, USER_ALLOWED, matching(USER_NAME)).orElse(ImageSource.USER);
  }

  private static boolean isMajor(String text) {
    return MAJOR.matcher(text).matches() && PostgresVersion.parse(text).isPresent();
  }

  private static Path path(String text, Predicate<Path> allowed) {
    Path path = Path.of(text);
    require(
        text,
        path.isAbsolute() && text.chars().noneMatch(Character::isISOControl) && allowed.test(path));
    return path.normalize();
  }

  private static Function<String, String> matching(Pattern pattern) {
    return text -> require(text, pattern.matcher(text).matches());
  }

  private static String require(String text, boolean allowed) {
    if (!allowed) {
      throw new IllegalArgumentException();
    }
    return text;
  }
}
