package io.pgproof.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretFileTest {
  @TempDir private Path place;
  private Path file;

  @BeforeEach
  void aFile() throws IOException {
    file = Files.writeString(place.resolve("secret"), " hush \r\n");
  }

  @Test
  void onlyOneLineEndIsNoPartOfTheSecret() throws IOException {
    assertThat(new SecretFile(file).read()).isEqualTo(" hush ");
    Files.writeString(file, "hush\n\n");
    assertThat(new SecretFile(file).read()).isEqualTo("hush\n");
  }

  @Test
  void whatIsNoSecretIsNamed() throws IOException {
    assertRefused(place, place + " is a directory, not a file");
    assertRefused(place.resolve("x"), "the file " + place.resolve("x") + " does not exist");
    Files.write(file, new byte[] {(byte) 0xff});
    assertRefused(file, "the file " + file + " is not text in UTF-8");
    Files.write(file, new byte[(1 << 20) + 1]);
    assertRefused(file, "the file " + file + " is larger than 1 MiB");
    Files.writeString(file, "\n");
    assertRefused(file, "the file " + file + " contains no secret");
  }

  @Test
  @Timeout(60)
  void aPipeIsNotRead() throws Exception {
    Path pipe = place.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertRefused(pipe, pipe + " is not a regular file");
  }

  @ParameterizedTest
  @CsvSource({
    "rw-------, ''",
    "r--r-----, ''",
    "rw-r--r--, can be read by every user of this machine (rw-r--r--)",
    "rw-rw----, can be changed by other users than its owner (rw-rw----)",
    "rw-----w-, can be changed by other users than its owner (rw-----w-)"
  })
  void openPermissionsAreTold(String permissions, String told) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    assertThat(new SecretFile(file).exposure().orElse(""))
        .isEqualTo(told.isEmpty() ? "" : "the file " + file + " " + told);
  }

  private static void assertRefused(Path path, String message) {
    assertThatThrownBy(() -> new SecretFile(path).read())
        .isInstanceOf(IOException.class)
        .hasMessage(message);
  }
}
