package io.pgproof.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgproof.command.HostPrograms;
import io.pgproof.image.ImageSource.Packages;
import io.pgproof.image.ImageSource.Tarball;
import io.pgproof.image.ImageStore.Buildable;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageSourcesTest {
  private final HostPrograms programs = new HostPrograms();
  @TempDir Path place;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = place.resolve("images.yaml");
  }

  private ImageSources read(String yaml) throws IOException {
    Files.writeString(file, yaml);
    return ImageSources.read(file);
  }

  private static Packages packages(int major, String suite, String... packages) {
    return Packages.of(
        major,
        suite,
        List.of(),
        Optional.empty(),
        List.of(packages),
        "/usr/lib/postgresql/" + major + "/bin",
        "postgres");
  }

  @Test
  void debiansVersionsAreTheDefault() {
    assertThat(ImageSources.read(file).buildable())
        .containsExactly(
            new Buildable(13, "the suite bullseye: postgresql-13, locales-all"),
            new Buildable(15, "the suite bookworm: postgresql-15, locales-all"),
            new Buildable(17, "the suite trixie: postgresql-17, locales-all"),
            new Buildable(18, "the suite sid: postgresql-18, locales-all"));
    assertThat(ImageSources.read(file).of(16)).isEmpty();
  }

  @Test
  void everyFieldIsRead() throws IOException {
    ImageSources sources =
        read(
            """
        images:
          - postgres: 16
            suite: bookworm
            sources:
              - deb http://packages.example.org/debian bookworm main
              - deb [signed-by=/etc/apt/keyrings/example.asc] http://packages.example.org/postgresql bookworm main 16
            keyring: /etc/apt/keyrings/debian.gpg
            packages: [postgresql-16, locales-all]
            extra-packages: [postgresql-16-cron=1.6.2-1.bookworm+1]
            bin-directory: /opt/pg/bin
            user: pg
          - postgres: 12
            rootfs: /srv/images/pg12.tar.zst
            bin-directory: /opt/pg12/bin
            user: pg12
        """);
    assertThat(sources.of(16))
        .contains(
            Packages.of(
                16,
                "bookworm",
                List.of(
                    "deb http://packages.example.org/debian bookworm main",
                    "deb [signed-by=/etc/apt/keyrings/example.asc] http://packages.example.org/postgresql bookworm main 16"),
                Optional.of(Path.of("/etc/apt/keyrings/debian.gpg")),
                List.of("postgresql-16", "locales-all", "postgresql-16-cron=1.6.2-1.bookworm+1"),
                "/opt/pg/bin",
                "pg"));
    assertThat(sources.of(16).orElseThrow().files())
        .containsExactly(
            Path.of("/etc/apt/keyrings/debian.gpg"), Path.of("/etc/apt/keyrings/example.asc"));
    assertThat(sources.of(12))
        .contains(new Tarball(12, Path.of("/srv/images/pg12.tar.zst"), "/opt/pg12/bin", "pg12"));
    assertThat(sources.buildable())
        .extracting(Buildable::major)
        .containsExactly(12, 13, 15, 16, 17, 18);
    assertThat(sources.buildable())
        .first()
        .isEqualTo(
            new Buildable(12, "the root file system /srv/images/pg12.tar.zst (" + file + ")"));
  }

  @Test
  void missingFieldsHaveDebiansDefaults() throws IOException {
    ImageSources sources =
        read(
            """
        images:
          - {postgres: 15, extra-packages: [postgresql-15-cron]}
          - {postgres: 17, suite: forky}
          - {postgres: 16, suite: bookworm}
          - {postgres: 11, rootfs: /srv/pg11.tar}
        """);
    assertThat(sources.of(15))
        .contains(packages(15, "bookworm", "postgresql-15", "locales-all", "postgresql-15-cron"));
    assertThat(sources.of(17)).contains(packages(17, "forky", "postgresql-17", "locales-all"));
    assertThat(sources.of(16)).contains(packages(16, "bookworm", "postgresql-16", "locales-all"));
    assertThat(sources.of(11))
        .contains(
            new Tarball(11, Path.of("/srv/pg11.tar"), "/usr/lib/postgresql/11/bin", "postgres"));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "suite          | Bookworm         | suite of PostgreSQL 16 is 'Bookworm'; allowed: a suite such as bookworm",
        "suite          |                  | suite of PostgreSQL 16 has no value; allowed: a suite",
        "sources        | deb http://x y z | sources of PostgreSQL 16 is not a list; allowed: a list, each a line of sources.list",
        "sources        | [http://x]       | one of the sources of PostgreSQL 16 is 'http://x'; allowed: a line of sources.list",
        "sources        | [deb-src http://x y z] | one of the sources of PostgreSQL 16 is 'deb-src http://x y z'; allowed:",
        "sources        | [\"deb http://x y z\\ndeb http://x y z\"] | one of the sources of PostgreSQL 16 is 'deb http://x y",
        "keyring        | example.gpg      | keyring of PostgreSQL 16 is 'example.gpg'; allowed: an absolute path",
        "packages       | postgresql-16    | packages of PostgreSQL 16 is not a list; allowed: a list, each the name of a package",
        "packages       | ['a,b']          | one of the packages of PostgreSQL 16 is 'a,b'; allowed: the name of a package",
        "extra-packages | ['?not']         | one of the extra-packages of PostgreSQL 16 is '?not'; allowed: the name of a",
        "bin-directory  | bin              | bin-directory of PostgreSQL 16 is 'bin'; allowed: an absolute path",
        "user           | 'a b'            | user of PostgreSQL 16 is 'a b'; allowed: the name of a user",
        "packagse       | [a]              | unknown field 'packagse' of PostgreSQL 16 (did you mean packages?); allowed: ",
        "rootfs         | /srv/pg16.zip    | rootfs of PostgreSQL 16 is '/srv/pg16.zip'; allowed: an absolute path",
        "rootfs         | pg16.tar         | rootfs of PostgreSQL 16 is 'pg16.tar'; allowed: an absolute path that ends with"
      })
  void aWrongValueIsNamedWithItsLine(String field, String value, String said) {
    boolean packages = !field.equals("rootfs") && !field.equals("suite");
    String yaml =
        "images:\n  - postgres: 16\n"
            + (packages ? "    suite: bookworm\n" : "")
            + "    "
            + field
            + ": "
            + (value == null ? "" : value)
            + "\n";
    UsageException refused = catchThrowableOfType(UsageException.class, () -> read(yaml));
    assertThat(refused.finding().reason()).isEqualTo(Reason.BAD_OPTION);
    assertThat(refused.getMessage())
        .startsWith(file + ":" + yaml.lines().count() + ": " + said)
        .doesNotContain("mistakes");
  }

  @Test
  void allMistakesAreReportedInTheOrderOfTheFile() {
    UsageException refused =
        catchThrowableOfType(
            UsageException.class,
            () ->
                read(
                    """
        images:
          - postgres: 9
            user: A
          - postgres: 16
          - suite: bookworm
          - postgres: 12
            rootfs: /srv/pg12.tar
            packages: [postgresql-12]
            suite: bullseye
          - {postgres: 12, suite: bullseye}
          - 13
        """));
    assertThat(refused.getMessage().lines().map(line -> line.replace(file.toString(), "FILE")))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("8 mistakes:"),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "  FILE:2: postgres of image 1 is '9'; allowed: a major version from 10 to 18"),
            line ->
                assertThat(line)
                    .isEqualTo("  FILE:3: user of image 1 is 'A'; allowed: the name of a user"),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "  FILE:4: suite of PostgreSQL 16 is missing; allowed: a suite such as bookworm that contains the packages; or, instead, rootfs with the path of a tarball"),
            line ->
                assertThat(line)
                    .startsWith(
                        "  FILE:5: postgres of image 3 is missing; allowed: a major version"),
            line ->
                assertThat(line)
                    .startsWith(
                        "  FILE:8: packages of PostgreSQL 12 cannot be combined with rootfs; allowed: postgres"),
            line ->
                assertThat(line)
                    .startsWith(
                        "  FILE:9: suite of PostgreSQL 12 cannot be combined with rootfs; allowed: "),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "  FILE:10: postgres is 12 as in line 6; allowed: one image of each major version"),
            line ->
                assertThat(line)
                    .startsWith("  FILE:11: image 6 has no fields; allowed: postgres, suite, "));
  }

  @Test
  void mistakesPreventFindingAndBuildingImages() throws IOException {
    BuiltImages store =
        new BuiltImages(place.resolve("images"), file, () -> 100_000, programs, Clock.systemUTC());
    Files.writeString(file, "images: [{postgres: 16}]\n");

    assertThat(catchThrowableOfType(UsageException.class, () -> store.find(15)))
        .hasMessageContaining(file + ":1: suite");
    assertThat(catchThrowableOfType(UsageException.class, () -> store.build(15, false, line -> {})))
        .isNotNull();
    Files.writeString(file, "images: []\n");
    assertThat(store.find(15)).as("once it is mended").isEmpty();
  }

  @Test
  void aMissingSourceFileIsNamed() throws IOException {
    BuiltImages store =
        new BuiltImages(place.resolve("images"), file, () -> 100_000, programs, Clock.systemUTC());
    Files.writeString(
        file,
        """
        images:
          - {postgres: 12, rootfs: /srv/no-such.tar.zst}
          - {postgres: 16, suite: bookworm, keyring: /srv/no-such.gpg}
        """);

    assertThat(
            catchThrowableOfType(FindingException.class, () -> store.build(12, false, line -> {}))
                .finding())
        .satisfies(finding -> assertThat(finding.reason()).isEqualTo(Reason.NO_IMAGE))
        .satisfies(
            finding ->
                assertThat(finding.message())
                    .contains("PostgreSQL 12", "/srv/no-such.tar.zst does not exist"));
    assertThat(
            catchThrowableOfType(FindingException.class, () -> store.find(16)).finding().message())
        .contains("/srv/no-such.gpg does not exist");
    assertThat(ImageSources.lacks(file, programs))
        .extracting(lack -> lack.what() + "; " + lack.mend())
        .containsExactly(
            "/srv/no-such.tar.zst is missing: the image of PostgreSQL 12 cannot be built; put it there, or correct "
                + file,
            "/srv/no-such.gpg is missing: the image of PostgreSQL 16 cannot be built; put it there, or correct "
                + file);
  }

  @Test
  void doctorReportsMistakes() throws IOException {
    assertThat(ImageSources.lacks(file, programs)).isEmpty();
    Files.writeString(file, "image: []\n");
    assertThat(ImageSources.lacks(file, programs))
        .singleElement()
        .satisfies(
            lack ->
                assertThat(lack.what())
                    .contains(file + ":1: unknown field 'image' (did you mean images?)"))
        .satisfies(lack -> assertThat(lack.byHand()).isTrue());
  }
}
