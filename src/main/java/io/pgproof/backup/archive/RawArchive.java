package io.pgproof.backup.archive;

import io.pgproof.proof.Digests;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.MachineError;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * The stored bytes of an archive, hashed and counted while they are read; for one thread, and an
 * interrupt ends a read at once.
 */
public final class RawArchive implements ByteSource {
  private final Path file;
  private final FileChannel channel;
  private final MessageDigest sha256 = Digests.sha256();
  private final LongConsumer read;
  private long position;

  /**
   * @param read receives the number of bytes of each read
   * @throws FindingException {@code backup-unreadable} when it cannot be opened
   */
  public RawArchive(Path file, LongConsumer read) throws InterruptedException {
    this.file = file;
    this.read = read;
    try {
      this.channel = FileChannel.open(file, StandardOpenOption.READ);
    } catch (ClosedByInterruptException e) {
      throw new InterruptedException();
    } catch (IOException e) {
      throw unreadable(file, 0, e);
    }
  }

  /**
   * Returns the compression that the first bytes show, or else the name.
   *
   * @throws FindingException {@code format-unsupported} for a known format that pgproof does not
   *     read
   */
  public Compression coding() throws InterruptedException {
    byte[] firstBytes = firstBytes();
    if (TarHeader.isHeader(firstBytes)) {
      return Compression.NONE;
    }
    Optional<Compression> coding = Compression.detect(firstBytes, name());
    if (coding.isEmpty()) {
      ForeignFormat.byFirstBytes(firstBytes)
          .ifPresent(
              format -> {
                throw format.finding(name());
              });
    }
    return coding.orElseGet(() -> Compression.of(name()));
  }

  /** Returns the uncompressed bytes; closing them, or a failure, closes this archive. */
  public ByteSource decoded() throws InterruptedException {
    try {
      return coding().decode(this);
    } catch (FindingException | InterruptedException e) {
      close();
      throw e;
    }
  }

  private byte[] firstBytes() throws InterruptedException {
    ByteBuffer first = ByteBuffer.allocate(TarHeader.BLOCK);
    try {
      while (first.hasRemaining() && channel.read(first, first.position()) >= 0) {}
    } catch (ClosedByInterruptException e) {
      throw new InterruptedException();
    } catch (IOException e) {
      throw unreadable(file, 0, e);
    }
    return Arrays.copyOf(first.array(), first.position());
  }

  @Override
  public int read(ByteBuffer into) throws InterruptedException {
    ByteBuffer arrived = into.duplicate();
    int count;
    try {
      count = channel.read(into);
    } catch (ClosedByInterruptException e) {
      throw new InterruptedException();
    } catch (IOException e) {
      throw unreadable(file, position, e);
    }
    if (count > 0) {
      sha256.update(arrived.limit(into.position()));
      position += count;
      read.accept(count);
    }
    return count;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public String name() {
    return file.getFileName().toString();
  }

  /** Returns the digest of all bytes read so far, in lower-case hexadecimal; call it only once. */
  public String sha256() {
    return Digests.hex(sha256.digest());
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Everything that counts was read before; a failed close of a file opened for reading loses
      // nothing.
      return;
    }
  }

  public static FindingException unreadable(Path file, long offset, IOException cause) {
    String at = offset > 0 ? " at byte " + offset : "";
    return new FindingException(
        Finding.of(
            Reason.BACKUP_UNREADABLE, file + " cannot be read" + at + ": " + causeMessage(cause)),
        cause);
  }

  /** Returns the C library's message, because some exceptions only stand for it. */
  private static String causeMessage(IOException cause) {
    if (cause instanceof NoSuchFileException) {
      return "No such file or directory";
    }
    String said = cause instanceof FileSystemException told ? told.getReason() : cause.getMessage();
    return said != null
        ? said
        : MachineError.of(cause)
            .map(MachineError::messages)
            .orElse(cause.getClass().getSimpleName().replace("Exception", ""));
  }
}
