package io.pgproof.web.cockpit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.camunda.bpm.engine.IdentityService;

/** Creates random passwords, and files that only their owner can read. */
final class Passwords {
  private static final int LENGTH = 24;

  // Without characters that are easily misread; with every kind of character that the password
  // policy requires.
  private static final String ALPHABET =
      "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789-_+=.:";

  private Passwords() {}

  /** Returns a new password that satisfies the engine's policy. */
  static String random(IdentityService identities) {
    SecureRandom random = new SecureRandom();
    String password;
    do {
      password =
          random
              .ints(LENGTH, 0, ALPHABET.length())
              .collect(
                  StringBuilder::new,
                  (text, at) -> text.append(ALPHABET.charAt(at)),
                  StringBuilder::append)
              .toString();
    } while (!identities
        .checkPasswordAgainstPolicy(identities.getPasswordPolicy(), password)
        .isValid());
    return password;
  }

  /**
   * Writes a new file with mode 0600. A link fails if its name exists, so the file is either
   * complete or absent, and is never replaced.
   *
   * @throws java.nio.file.FileAlreadyExistsException if the file exists
   */
  static void write(Path file, String text) throws IOException {
    Path whole =
        Files.createTempFile(
            file.getParent(),
            "." + file.getFileName(),
            null,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      try (FileChannel channel = FileChannel.open(whole, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
        channel.force(true);
      }
      Files.createLink(file, whole);
      // A user who survives a power cut must have a password that somebody can read.
      try (FileChannel directory = FileChannel.open(file.getParent())) {
        directory.force(true);
      }
    } finally {
      Files.delete(whole);
    }
  }
}
