package io.pgproof.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AptFailureTest {
  private static final String MAIN = "deb http://mirror.test/debian bookworm main";
  private static final String UPDATES = "deb http://mirror.test/debian bookworm-updates main";
  private static final String SECURITY =
      "deb [signed-by=\"/usr/share/keyrings/a.gpg\"] http://security.test/debian-security bookworm-security main";
  private static final List<String> SOURCES = List.of(MAIN, UPDATES, SECURITY);

  private static AptFailure read(String words) {
    return AptFailure.read(words, "bookworm", SOURCES);
  }

  @Test
  void anOutdatedListIsNamed() {
    assertThat(
            read(
                """
        Reading package lists...
        E: Release file for http://mirror.test/debian/dists/sid/InRelease is expired (invalid since 16d 11h 27min 20s). \
        Updates for this repository will not be applied.
        E: apt-get update --error-on=any failed
        """))
        .isEqualTo(new AptFailure.Expired("http://mirror.test/debian/dists/sid/InRelease"));
  }

  @Test
  void aSourceThatRefusesConnectionsIsNamed() {
    assertThat(
            read(
                """
        E: Failed to fetch http://security.test/debian-security/dists/bookworm-security/InRelease  Could not connect to \
        security.test:80 (192.0.2.1). - connect (111: Connection refused)
        E: Some index files failed to download. They have been ignored, or old ones used instead.
        """))
        .isEqualTo(
            new AptFailure.Silent(
                SECURITY,
                "http://security.test/debian-security/dists/bookworm-security/InRelease"));
  }

  @Test
  void aSourceWithoutAListIsNamed() {
    assertThat(
            read(
                "E: The repository 'http://mirror.test/debian bookworm-updates Release' does not have a Release file.\n"))
        .isInstanceOfSatisfying(
            AptFailure.Silent.class, silent -> assertThat(silent.source()).isEqualTo(UPDATES));
  }

  @Test
  void aFailedDownloadIsAttributedToTheSourceOfItsHost() {
    assertThat(
            read(
                "E: Failed to fetch http://security.test/debian-security/pool/main/o/openssl.deb  404  Not Found\n"))
        .isInstanceOfSatisfying(
            AptFailure.Silent.class, silent -> assertThat(silent.source()).isEqualTo(SECURITY));
  }

  @Test
  void aFailedDownloadFromAHostWithTwoSuitesBlamesNeither() {
    assertThat(
            read(
                "E: Failed to fetch http://mirror.test/debian/pool/main/o/openssl.deb  404  Not Found\n"))
        .isEqualTo(new AptFailure.Final());
  }

  @Test
  void anImageCannotBeBuiltWithoutItsSuite() {
    assertThat(
            read(
                "E: Failed to fetch http://mirror.test/debian/dists/bookworm/InRelease  Could not resolve\n"))
        .isEqualTo(new AptFailure.Final());
  }

  @Test
  void anUnknownPackageIsAFinalError() {
    assertThat(read("E: Unable to locate package postgresql-99\n"))
        .isEqualTo(new AptFailure.Final());
  }
}
