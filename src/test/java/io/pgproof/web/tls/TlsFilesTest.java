package io.pgproof.web.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.SelfSigned;
import io.pgproof.proof.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.env.MockEnvironment;

@ExtendWith(OutputCaptureExtension.class)
class TlsFilesTest {
  private static SelfSigned served;
  private static SelfSigned other;

  @TempDir private Path directory;
  private Path certificate;
  private Path key;

  @BeforeAll
  static void makeKeys() throws Exception {
    served = SelfSigned.of("dns:localhost");
    other = SelfSigned.of("dns:localhost", "-keyalg", "RSA");
  }

  @BeforeEach
  void writeFiles() throws Exception {
    certificate = Files.writeString(directory.resolve("pages.crt"), served.certificate());
    key = Files.writeString(directory.resolve("pages.key"), served.key());
    permit("rw-r-----");
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA", "Ed25519"})
  void eachKindOfKeyIsRead(String algorithm) throws Exception {
    SelfSigned kind = SelfSigned.of("dns:localhost", "-keyalg", algorithm);
    Files.writeString(certificate, kind.certificate() + served.certificate());
    Files.writeString(key, kind.key());

    assertThat(files().read().certificates()).hasSize(2);
  }

  @Test
  void oneSettingAloneIsRefused() {
    assertThatThrownBy(() -> TlsFiles.of(new TlsSettings("/c", "")))
        .hasMessage("PGPROOF_TLS_CERTIFICATE is set, but PGPROOF_TLS_KEY is not");
    assertThatThrownBy(() -> TlsFiles.of(new TlsSettings(null, "/k")))
        .hasMessage("PGPROOF_TLS_KEY is set, but PGPROOF_TLS_CERTIFICATE is not");
    assertThat(new TlsSettings(" ", null).isOn()).isFalse();
  }

  @Test
  void aMissingFileIsNamed() throws Exception {
    Files.delete(key);
    refused().hasMessage("PGPROOF_TLS_KEY: the file " + key + " does not exist");
    Files.delete(certificate);
    refused().hasMessage("PGPROOF_TLS_CERTIFICATE: the file " + certificate + " does not exist");
    Files.createDirectory(certificate);
    refused().hasMessage("PGPROOF_TLS_CERTIFICATE: " + certificate + " is a directory, not a file");
  }

  @Test
  void aFileOfAnotherKindIsRefused() throws Exception {
    Files.writeString(key, served.certificate());
    refused().hasMessageContaining("PGPROOF_TLS_KEY: the file " + key + " has no private key");
    Files.writeString(key, "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
    refused()
        .hasMessageContaining("has no private key")
        .hasNoCause()
        .satisfies(failure -> assertThat(failure.toString()).doesNotContain("c2VjcmV0"));
    Files.writeString(certificate, served.key());
    refused().hasMessageContaining(certificate + " has no certificate in PEM");
    Files.write(certificate, new byte[] {(byte) 0xff, 0});
    refused().hasMessageContaining(certificate + " is not text in UTF-8");
  }

  @Test
  void theKeyOfAnotherCertificateIsRefused() throws Exception {
    Files.writeString(key, other.key());
    refused().hasMessageContaining("does not belong to the first certificate in " + certificate);
    Files.writeString(key, SelfSigned.of("dns:localhost").key());
    refused().hasMessageContaining("CN=localhost");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw----r--"})
  void aKeyForEverybodyIsRefused(String permissions) throws Exception {
    permit(permissions);
    refused()
        .hasMessageContaining("can be read by every user of this machine (" + permissions + ")");
  }

  @Test
  void aKeyThatTheGroupMayChangeIsRefused() throws Exception {
    permit("rw-rw----");
    refused().hasMessageContaining("can be changed by other users than its owner");
  }

  @Test
  void onlyAnOpenAddressWithoutTlsIsWarnedAbout(CapturedOutput output) {
    warn("127.0.0.1", null, new MockEnvironment());
    warn("::1", null, new MockEnvironment());
    warn("0.0.0.0", certificate.toString(), new MockEnvironment());
    warn(
        "0.0.0.0",
        null,
        new MockEnvironment().withProperty("server.forward-headers-strategy", "native"));
    assertThat(output.getAll()).doesNotContain("not encrypted");
    warn("0.0.0.0", null, new MockEnvironment());
    assertThat(output.getAll())
        .contains("not encrypted, and other machines reach them at 0.0.0.0")
        .contains("PGPROOF_TLS_CERTIFICATE and PGPROOF_TLS_KEY");
  }

  private static void warn(String address, String certificate, MockEnvironment environment) {
    new TlsConfiguration()
        .warningWithoutTls(
            new TlsSettings(certificate, null), environment.withProperty("server.address", address))
        .afterSingletonsInstantiated();
  }

  private TlsFiles files() {
    return TlsFiles.of(new TlsSettings(certificate.toString(), key.toString()));
  }

  private AbstractThrowableAssert<?, ? extends Throwable> refused() {
    return assertThatThrownBy(() -> files().read()).isInstanceOf(UsageException.class);
  }

  private void permit(String permissions) throws Exception {
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(permissions));
  }
}
