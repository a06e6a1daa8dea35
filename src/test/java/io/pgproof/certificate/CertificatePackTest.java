package io.pgproof.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.proof.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The directory of a certificate. */
class CertificatePackTest extends IssuedCertificate {
  @ParameterizedTest
  @ValueSource(strings = {"a file", "a full directory", "no parent"})
  void nothingIsWrittenWhereSomethingIs(String there) throws Exception {
    Path out = place.resolve("out");
    if (there.equals("a file")) {
      Files.writeString(out, "mine");
    } else if (there.equals("a full directory")) {
      Files.writeString(Files.createDirectory(out).resolve("mine"), "mine");
    } else {
      out = place.resolve("none/out");
    }
    Path refused = out;
    assertThatThrownBy(() -> new CertificatePack("run", new TreeMap<>(refuted)).write(refused))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--out is ");
    try (Stream<Path> left = Files.list(place)) {
      assertThat(left.filter(path -> path.getFileName().toString().startsWith("."))).isEmpty();
    }
  }

  @Test
  void theCertificateIsWrittenIntoAnEmptyDirectory() throws Exception {
    Path out = Files.createDirectory(place.resolve("out"));
    new CertificatePack("run", new TreeMap<>(refuted)).write(out);
    assertThat(verify(out, null)).contains("OK      everything");
    assertThat(
            Base64.getEncoder().encodeToString(Files.readAllBytes(out.resolve("certificate.der"))))
        .isEqualTo(Base64.getEncoder().encodeToString(refuted.get("certificate.der")));
  }
}
