package io.pgproof.secret;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** A text file with a secret. Only its owner and its group should be able to read it. */
public record SecretFile(Path path) {
  private static final long LARGEST = 1 << 20;
  private static final Set<PosixFilePermission> TOO_MUCH =
      EnumSet.of(
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  /**
   * Returns the text without a trailing line end.
   *
   * @throws IOException if there is no secret; the message names the file and says what is wrong
   */
  public String read() throws IOException {
    String text = readText(path).replaceFirst("\\R\\z", "");
    if (text.isEmpty()) {
      throw new IOException("the file " + path + " contains no secret");
    }
    return text;
  }

  /**
   * Returns the whole text of a file that a setting names, secret or not.
   *
   * @throws IOException if it cannot be read; the message names the file and says what is wrong
   */
  public static String readText(Path path) throws IOException {
    try {
      if (Files.isDirectory(path)) {
        throw new IOException(path + " is a directory, not a file");
      }
      if (Files.exists(path) && !Files.isRegularFile(path)) {
        // To read a pipe could take for ever.
        throw new IOException(path + " is not a regular file");
      }
      if (Files.size(path) > LARGEST) {
        throw new IOException("the file " + path + " is larger than 1 MiB");
      }
      return Files.readString(path);
    } catch (NoSuchFileException e) {
      throw new IOException("the file " + path + " does not exist", e);
    } catch (AccessDeniedException e) {
      throw new IOException("the file " + path + " cannot be read: permission denied", e);
    } catch (CharacterCodingException e) {
      throw new IOException("the file " + path + " is not text in UTF-8", e);
    }
  }

  /**
   * Returns what is wrong with the file's permissions: that everybody may read it, or that others
   * than its owner may change it. Empty if nothing is wrong.
   *
   * @throws IOException if the file does not exist, or its permissions cannot be read
   */
  public Optional<String> exposure() throws IOException {
    Set<PosixFilePermission> given = Files.getPosixFilePermissions(path);
    if (given.stream().noneMatch(TOO_MUCH::contains)) {
      return Optional.empty();
    }
    return Optional.of(
        "the file "
            + path
            + (given.contains(PosixFilePermission.OTHERS_READ)
                ? " can be read by every user of this machine"
                : " can be changed by other users than its owner")
            + " ("
            + PosixFilePermissions.toString(given)
            + ")");
  }
}
