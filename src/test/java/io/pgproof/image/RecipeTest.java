package io.pgproof.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.image.ImageSource.Packages;
import io.pgproof.image.ImageSource.Tarball;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipeTest {
  private static final List<String> NONE = List.of();
  private static final List<String> PACKAGES = List.of("postgresql-15", "locales-all");
  private static final String BIN = "/usr/lib/postgresql/15/bin";
  private static final Optional<Path> KEYRING = Optional.of(Path.of("/keys.gpg"));

  @TempDir Path place;

  private static Packages packages(
      int major, String suite, List<String> sources, List<String> packages) {
    return new Packages(
        major, suite, sources, Optional.empty(), packages, NONE, NONE, NONE, NONE, BIN, "postgres");
  }

  private static Recipe recipe(ImageSource source, String... files) {
    return new Recipe(source, List.of(files), "amd64", 100000, 1);
  }

  @Test
  void theKeyIsTheSameOnEveryMachineAndInEveryRelease() {
    assertThat(recipe(packages(15, "bookworm", NONE, PACKAGES)).key())
        .isEqualTo("15-bookworm-f0af9af7e7c1");
    assertThat(recipe(new Tarball(12, Path.of("/pg12.tar"), BIN, "postgres"), "aa").key())
        .isEqualTo("12-rootfs-c74831ad9e60");
  }

  @Test
  void everyPartOfTheRecipeChangesTheKey() {
    Packages plain = packages(15, "bookworm", NONE, PACKAGES);
    Tarball rootfs = new Tarball(15, Path.of("/pg15.tar"), BIN, "postgres");
    Stream<Recipe> all =
        Stream.of(
            recipe(plain),
            recipe(packages(16, "bookworm", NONE, PACKAGES)),
            recipe(packages(15, "trixie", NONE, PACKAGES)),
            recipe(packages(15, "bookworm", List.of("deb file:/packages bookworm main"), PACKAGES)),
            recipe(plain.withMore(List.of("postgis"))),
            new Recipe(plain, NONE, "aarch64", 100000, 1),
            new Recipe(plain, NONE, "amd64", 165536, 1),
            new Recipe(plain, NONE, "amd64", 100000, 2),
            recipe(
                new Packages(
                    15,
                    "bookworm",
                    NONE,
                    KEYRING,
                    PACKAGES,
                    NONE,
                    NONE,
                    NONE,
                    NONE,
                    BIN,
                    "postgres"),
                "aa"),
            recipe(
                new Packages(
                    15,
                    "bookworm",
                    NONE,
                    KEYRING,
                    PACKAGES,
                    NONE,
                    NONE,
                    NONE,
                    NONE,
                    BIN,
                    "postgres"),
                "bb"),
            recipe(
                new Packages(
                    15,
                    "bookworm",
                    NONE,
                    Optional.empty(),
                    PACKAGES,
                    List.of("a"),
                    NONE,
                    NONE,
                    NONE,
                    BIN,
                    "postgres")),
            recipe(
                new Packages(
                    15,
                    "bookworm",
                    NONE,
                    Optional.empty(),
                    PACKAGES,
                    NONE,
                    List.of("a"),
                    NONE,
                    NONE,
                    BIN,
                    "postgres")),
            recipe(
                new Packages(
                    15,
                    "bookworm",
                    NONE,
                    Optional.empty(),
                    PACKAGES,
                    NONE,
                    NONE,
                    List.of("a"),
                    NONE,
                    BIN,
                    "postgres")),
            recipe(
                new Packages(
                    15,
                    "bookworm",
                    NONE,
                    Optional.empty(),
                    PACKAGES,
                    NONE,
                    NONE,
                    NONE,
                    List.of("a"),
                    BIN,
                    "postgres")),
            recipe(
                new Packages(
                    15,
                    "bookworm",
                    NONE,
                    Optional.empty(),
                    PACKAGES,
                    NONE,
                    NONE,
                    NONE,
                    NONE,
                    "/opt/bin",
                    "postgres")),
            recipe(
                new Packages(
                    15,
                    "bookworm",
                    NONE,
                    Optional.empty(),
                    PACKAGES,
                    NONE,
                    NONE,
                    NONE,
                    NONE,
                    BIN,
                    "pg")),
            recipe(rootfs, "aa"),
            recipe(rootfs, "bb"),
            recipe(new Tarball(16, rootfs.file(), BIN, "postgres"), "aa"),
            recipe(new Tarball(15, rootfs.file(), "/opt/bin", "postgres"), "aa"),
            recipe(new Tarball(15, rootfs.file(), BIN, "pg"), "aa"),
            new Recipe(rootfs, List.of("aa"), "amd64", 165536, 1));

    assertThat(all.map(Recipe::key)).doesNotHaveDuplicates();
  }

  @Test
  void theContentOfATarballChangesTheKeyAndItsPathDoesNot() throws IOException {
    Path tarball = Files.writeString(place.resolve("pg12.tar"), "one");
    FileTime then = Files.getLastModifiedTime(tarball);
    String key = keyOf(tarball);

    assertThat(keyOf(Files.copy(tarball, place.resolve("moved.tar")))).isEqualTo(key);
    Files.writeString(tarball, "two");
    Files.setLastModifiedTime(tarball, then);
    assertThat(keyOf(tarball)).isNotEqualTo(key);
    Files.writeString(tarball, "one");
    assertThat(keyOf(tarball)).isEqualTo(key);
  }

  private static String keyOf(Path tarball) {
    return Recipe.of(new Tarball(12, tarball, BIN, "postgres"), 100000).key();
  }

  @Test
  void keysOfTheSourcesChangeTheKey() throws IOException {
    Path keys = Files.writeString(place.resolve("keys.gpg"), "one");
    Packages signed =
        packages(
            16,
            "bookworm",
            List.of(
                "deb [arch=amd64 signed-by="
                    + keys
                    + "] http://packages.example.org/postgresql bookworm main"),
            PACKAGES);
    String key = Recipe.of(signed, 100000).key();

    Files.writeString(keys, "another");

    assertThat(Recipe.of(signed, 100000).key()).isNotEqualTo(key);
  }

  @Test
  void neighbouringNamesAreKeptApartInTheKey() {
    assertThat(recipe(packages(15, "bookworm", NONE, List.of("a,b"))).key())
        .isNotEqualTo(recipe(packages(15, "bookworm", NONE, List.of("a", "b"))).key());
  }

  @Test
  void theKeyNamesItsVersionForAnySuite() {
    assertThat(Recipe.majorOf(Recipe.of(ImageSources.debian(15), 100000).key())).hasValue(15);
    assertThat(Recipe.majorOf(recipe(packages(16, "bookworm-backports", NONE, PACKAGES)).key()))
        .hasValue(16);
  }

  @Test
  void buildDirectoriesAreNotKeys() {
    assertThat(Recipe.majorOf(".building-15-bookworm-0123456789ab-7")).isEmpty();
    assertThat(Recipe.majorOf("15-bookworm-0123456789ab/..")).isEmpty();
  }
}
