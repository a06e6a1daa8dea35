package io.pgproof.backup.archive;

import io.pgproof.backup.binding.Libzstd;
import io.pgproof.backup.binding.ZstdBuffer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Writes one zstd frame of the lowest usual level; for one thread. */
final class ZstdEncoder extends OutputStream {
  private static final int PIECE = 128 * 1024;

  private final Libzstd zstd = Libzstd.load();
  private final OutputStream into;
  private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
  private final ByteBuffer encoded = ByteBuffer.allocateDirect(PIECE);
  private final ZstdBuffer input = new ZstdBuffer();
  private final ZstdBuffer output = new ZstdBuffer();
  private final long context;
  private boolean closed;

  ZstdEncoder(OutputStream into) throws IOException {
    this.into = into;
    context = zstd.ZSTD_createCCtx();
    if (context == 0) {
      throw new IOException("libzstd could not create a context");
    }
    checked(zstd.ZSTD_CCtx_setParameter(context, Libzstd.ZSTD_c_compressionLevel, 1));
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (int at = offset; at < offset + length; at += piece.limit()) {
      piece.clear().put(bytes, at, Math.min(offset + length - at, PIECE)).flip();
      input.set(piece);
      while (input.pos < input.size) {
        encode(Libzstd.ZSTD_e_continue);
      }
    }
  }

  /** Returns the number of bytes still to be flushed. */
  private long encode(int end) throws IOException {
    output.set(encoded.clear());
    long left = checked(zstd.ZSTD_compressStream2(context, output, input, end));
    byte[] bytes = new byte[(int) output.pos];
    encoded.get(0, bytes);
    into.write(bytes);
    return left;
  }

  private long checked(long result) throws IOException {
    if (zstd.ZSTD_isError(result) != 0) {
      throw new IOException("libzstd says " + zstd.ZSTD_getErrorName(result));
    }
    return result;
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      try (into) {
        input.set(piece.clear().limit(0));
        while (encode(Libzstd.ZSTD_e_end) > 0) {}
      } finally {
        zstd.ZSTD_freeCCtx(context);
      }
    }
  }
}
