package io.pgproof.target;

import io.pgproof.secret.SecretFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The location of a secret. The secret itself is not read until it is needed, and no text about
 * this object contains it.
 *
 * @param file file that contains only the secret; empty if there is none
 * @param variable environment variable that contains the secret, if there is no file
 */
public record Secret(Optional<Path> file, Optional<String> variable) {
  public Secret {
    if (file.isPresent() == variable.isPresent()) {
      throw new IllegalArgumentException(
          "a secret is either in a file or in an environment variable");
    }
  }

  /**
   * Reads the secret, without a trailing line end.
   *
   * @throws IOException if it is missing or empty; the message says where it should be
   */
  public String read() throws IOException {
    if (file.isPresent()) {
      return new SecretFile(file.get()).read();
    }
    String secret = System.getenv(variable.get());
    if (secret == null || secret.isEmpty()) {
      throw new IOException(this + " contains no secret");
    }
    return secret;
  }

  /**
   * Returns what is wrong with the permissions of the file; empty if nothing is wrong, or if there
   * is no file.
   *
   * @throws IOException if the file does not exist, or its permissions cannot be read
   */
  public Optional<String> exposure() throws IOException {
    return file.isPresent() ? new SecretFile(file.get()).exposure() : Optional.empty();
  }

  @Override
  public String toString() {
    return file.map(path -> "the file " + path)
        .orElseGet(() -> "the environment variable " + variable.get());
  }
}
