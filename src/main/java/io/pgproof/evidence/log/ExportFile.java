package io.pgproof.evidence.log;

import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/** A new file, mode 0600, that is removed unless it was completed. */
public final class ExportFile implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private boolean complete;

  /**
   * @throws UsageException when the file exists, or its directory does not
   */
  public ExportFile(Path file) {
    this.file = file;
    try {
      this.channel =
          FileChannel.open(
              file,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (FileAlreadyExistsException e) {
      throw new UsageException(
          Reason.BAD_OPTION,
          "the file exists: " + file,
          "name a file that does not exist, or remove this one");
    } catch (IOException e) {
      throw new UsageException(
          Reason.NO_SUCH_PATH,
          "the file cannot be created: " + e.getMessage(),
          "name a file in a directory that you may write to");
    }
  }

  /** Returns the bytes that the file has for these lines. */
  public static byte[] bytes(List<String> lines) {
    return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Adds lines.
   *
   * @param first whether the file begins with them, whatever was written before
   */
  public void write(boolean first, List<String> lines) {
    try {
      if (first) {
        channel.truncate(0);
      }
      ByteBuffer bytes = ByteBuffer.wrap(bytes(lines));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Keeps the file. */
  public void complete() {
    try {
      channel.force(true);
      complete = true;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private FindingException failed(IOException e) {
    return new FindingException(
        Reason.ENVIRONMENT,
        "the export could not be written to " + file + ": " + e.getMessage(),
        "free space there and mend the permissions, or name a file in another directory");
  }

  @Override
  public void close() {
    try (channel) {
      if (!complete) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
