package io.pgproof.backup.archive;

import io.pgproof.backup.binding.Liblz4;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Writes one lz4 frame as {@code pg_basebackup} does, with few bytes in memory; for one thread. */
final class Lz4Encoder extends OutputStream {
  private static final int PIECE = 64 * 1024;
  private static final int HEADER = 64;

  private final Liblz4 lz4 = Liblz4.load();
  private final OutputStream into;
  private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
  private final ByteBuffer encoded;
  private final long context;
  private boolean closed;

  Lz4Encoder(OutputStream into) throws IOException {
    this.into = into;
    long[] made = new long[1];
    checked(lz4.LZ4F_createCompressionContext(made, Liblz4.LZ4F_VERSION));
    context = made[0];
    encoded =
        ByteBuffer.allocateDirect(
            (int) Math.max(HEADER, checked(lz4.LZ4F_compressBound(PIECE, 0))));
    write(lz4.LZ4F_compressBegin(context, encoded, encoded.capacity(), 0));
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (int at = offset; at < offset + length; at += piece.limit()) {
      piece.clear().put(bytes, at, Math.min(offset + length - at, PIECE)).flip();
      write(
          lz4.LZ4F_compressUpdate(
              context, encoded, encoded.capacity(), piece, piece.remaining(), 0));
    }
  }

  private void write(long length) throws IOException {
    byte[] bytes = new byte[(int) checked(length)];
    encoded.get(0, bytes);
    into.write(bytes);
  }

  private long checked(long result) throws IOException {
    if (lz4.LZ4F_isError(result) != 0) {
      throw new IOException("liblz4 says " + lz4.LZ4F_getErrorName(result));
    }
    return result;
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      try (into) {
        write(lz4.LZ4F_compressEnd(context, encoded, encoded.capacity(), 0));
      } finally {
        lz4.LZ4F_freeCompressionContext(context);
      }
    }
  }
}
