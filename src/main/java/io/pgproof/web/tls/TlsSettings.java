package io.pgproof.web.tls;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The files of the pages' certificate, as the environment names them; an empty name is none.
 *
 * @param certificate PEM: the server's certificate, then those of the authorities that issued it
 * @param key PEM: the private key of the certificate
 */
@ConfigurationProperties("pgproof.tls")
record TlsSettings(@Nullable String certificate, @Nullable String key) {
  static final String CERTIFICATE = "PGPROOF_TLS_CERTIFICATE";
  static final String KEY = "PGPROOF_TLS_KEY";

  boolean isOn() {
    return file(certificate).isPresent() || file(key).isPresent();
  }

  Optional<Path> certificateFile() {
    return file(certificate);
  }

  Optional<Path> keyFile() {
    return file(key);
  }

  private static Optional<Path> file(@Nullable String name) {
    return Optional.ofNullable(name)
        .filter(text -> !text.isBlank())
        .map(text -> Path.of(text.strip()).toAbsolutePath());
  }
}
