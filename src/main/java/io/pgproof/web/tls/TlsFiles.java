package io.pgproof.web.tls;

import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.secret.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import org.springframework.boot.ssl.pem.PemContent;
import org.springframework.boot.ssl.pem.PemSslStore;

/** The two files of the certificate, checked before anything uses them. */
record TlsFiles(Path certificate, Path key) {
  private static final byte[] PROBE = "pgproof".getBytes(StandardCharsets.US_ASCII);

  /**
   * @throws UsageException if only one of the two is set
   */
  static TlsFiles of(TlsSettings settings) {
    return new TlsFiles(
        settings
            .certificateFile()
            .orElseThrow(() -> alone(TlsSettings.KEY, TlsSettings.CERTIFICATE)),
        settings.keyFile().orElseThrow(() -> alone(TlsSettings.CERTIFICATE, TlsSettings.KEY)));
  }

  /**
   * Reads both files.
   *
   * @throws UsageException if one of them is missing, cannot be read or holds something else, if
   *     everybody may read the key, or if the key is another certificate's
   */
  PemSslStore read() {
    List<X509Certificate> certificates = readCertificates();
    PrivateKey privateKey = readKey();
    if (!belongTogether(privateKey, certificates.get(0).getPublicKey())) {
      throw wrong(
          TlsSettings.KEY,
          "the key in "
              + key
              + " does not belong to the first certificate in "
              + certificate
              + " ("
              + certificates.get(0).getSubjectX500Principal().getName()
              + ")",
          "name the key that the certificate was requested with; if the file has several certificates, put the server's own first");
    }
    return PemSslStore.of(certificates, privateKey);
  }

  private List<X509Certificate> readCertificates() {
    try {
      return PemContent.of(SecretFile.readText(certificate)).getCertificates();
    } catch (IOException e) {
      throw wrong(TlsSettings.CERTIFICATE, String.valueOf(e.getMessage()), "name a file in PEM");
    } catch (RuntimeException e) {
      throw wrong(
          TlsSettings.CERTIFICATE,
          "the file " + certificate + " has no certificate in PEM that Java can read",
          "name a file that begins with -----BEGIN CERTIFICATE-----");
    }
  }

  private PrivateKey readKey() {
    try {
      SecretFile file = new SecretFile(key);
      String text = file.read();
      file.exposure()
          .ifPresent(
              exposure -> {
                throw wrong(
                    TlsSettings.KEY,
                    exposure,
                    "run chmod 600 " + key + "; if others could read it, get a new key");
              });
      return parse(text);
    } catch (IOException e) {
      throw wrong(TlsSettings.KEY, String.valueOf(e.getMessage()), "name a file in PEM");
    }
  }

  private PrivateKey parse(String text) {
    try {
      PrivateKey found = PemContent.of(text).getPrivateKey();
      if (found != null) {
        return found;
      }
    } catch (RuntimeException e) {
      // Neither the message nor the cause: they could quote the key.
    }
    throw wrong(
        TlsSettings.KEY,
        "the file " + key + " has no private key in PEM that Java can read without a password",
        "convert it: openssl pkey -in " + key + " -out FILE");
  }

  private static boolean belongTogether(PrivateKey key, PublicKey certified) {
    try {
      String algorithm =
          switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
          };
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static UsageException alone(String given, String missing) {
    return new UsageException(
        Reason.BAD_OPTION,
        given + " is set, but " + missing + " is not",
        "set both to serve the pages with TLS, or none");
  }

  private static UsageException wrong(String setting, String message, String hint) {
    return new UsageException(Reason.BAD_OPTION, setting + ": " + message, hint);
  }
}
