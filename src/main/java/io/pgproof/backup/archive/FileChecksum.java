package io.pgproof.backup.archive;

import io.pgproof.proof.Digests;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

/**
 * The file checksums that {@code backup_manifest} may name, each in the form that PostgreSQL
 * writes.
 */
public enum FileChecksum {
  NONE(0, Nothing::new),
  CRC32C(4, Crc::new),
  SHA224(28, "SHA-224"),
  SHA256(32, "SHA-256"),
  SHA384(48, "SHA-384"),
  SHA512(64, "SHA-512");

  private final int length;
  private final Supplier<Sum> starts;

  FileChecksum(int length, String algorithm) {
    this(length, () -> new Digest(Digests.start(algorithm)));
  }

  FileChecksum(int length, Supplier<Sum> starts) {
    this.length = length;
    this.starts = starts;
  }

  public int length() {
    return length;
  }

  /** A running checksum over one file's bytes. */
  public interface Sum {
    void update(ByteBuffer bytes);

    byte[] result();
  }

  /** Starts a checksum for one file. */
  public Sum start() {
    return starts.get();
  }

  private static final class Nothing implements Sum {
    @Override
    public void update(ByteBuffer bytes) {
      bytes.position(bytes.limit());
    }

    @Override
    public byte[] result() {
      return new byte[0];
    }
  }

  private static final class Crc implements Sum {
    private final CRC32C crc = new CRC32C();

    @Override
    public void update(ByteBuffer bytes) {
      crc.update(bytes);
    }

    // PostgreSQL writes the value as it lies in the memory of a little-endian machine.
    @Override
    public byte[] result() {
      return ByteBuffer.allocate(4)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt((int) crc.getValue())
          .array();
    }
  }

  private record Digest(MessageDigest digest) implements Sum {
    @Override
    public void update(ByteBuffer bytes) {
      digest.update(bytes);
    }

    @Override
    public byte[] result() {
      return digest.digest();
    }
  }
}
