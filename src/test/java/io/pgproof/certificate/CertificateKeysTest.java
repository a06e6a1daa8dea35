package io.pgproof.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.proof.FindingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The keys that sign certificates. */
class CertificateKeysTest extends IssuedCertificate {
  @Test
  void aNewKeyTakesThePlaceOfOneThatExpiredAndIsRecorded() throws Exception {
    Path state = Files.createDirectory(place.resolve("state"));
    try (RecordedRuns later = new RecordedRuns(state)) {
      later.keys(Clock.systemUTC()).prepare();
      later.keys(Clock.systemUTC()).prepare();
      String first = Files.readString(later.keys.resolve("pgproof.pem"));
      assertThat(Files.getPosixFilePermissions(later.keys.resolve("pgproof.key")))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      assertThat(run(later.keys, "openssl", "pkey", "-in", "pgproof.key", "-noout", "-text"))
          .contains("prime256v1");
      Clock then =
          Clock.offset(Clock.systemUTC(), CertificateKey.VALIDITY.plus(Duration.ofDays(1)));
      Map<String, byte[]> files =
          later.certificates(then).issue(RecordedRuns.PROVEN.value()).files();
      assertThat(new String(files.get("pgproof.pem"), StandardCharsets.UTF_8)).isNotEqualTo(first);
      assertThat(verify(written(files), null)).contains("OK      everything");
      try (Stream<Path> kept = Files.list(later.keys)) {
        assertThat(kept.filter(file -> file.toString().matches(".*/pgproof-[0-9a-f]{16}\\.pem")))
            .singleElement()
            .satisfies(file -> assertThat(file).hasContent(first));
      }
      assertThat(
              later.log.jdbc.queryForList(
                  "select body from pgproof_evidence where kind = 'CertificateKeyCreated' order by id",
                  String.class))
          .hasSize(2)
          .last()
          .asString()
          .contains("the key before it expired");
      Files.writeString(later.keys.resolve("pgproof.key"), "nothing");
      assertThatThrownBy(() -> later.certificates(then).issue(RecordedRuns.PROVEN.value()))
          .isInstanceOf(FindingException.class)
          .hasMessageContaining("pgproof.key is damaged: not a private key");
    }
  }

  @Test
  void manyKeysSignAsOpensshReadsIt() throws Exception {
    byte[] file = {1, 2, 3};
    Path signed = Files.write(place.resolve("file"), file);
    for (int i = 0; i < 12; i++) {
      CertificateKey.Signing key =
          CertificateKey.Signing.create("pgproof@host", Clock.systemUTC().instant());
      Files.writeString(place.resolve("sig"), SshSignature.sign(file, key));
      Files.writeString(place.resolve("signers"), SshSignature.allowedSigner(key.key()));
      run(
          place,
          "bash",
          "-ec",
          "ssh-keygen -Y verify -f signers -I pgproof@host -n pgproof-certificate -s sig < "
              + signed);
    }
  }
}
