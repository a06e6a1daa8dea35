package io.pgproof.backup.archive;

import io.pgproof.backup.binding.Libzstd;
import io.pgproof.backup.binding.ZstdBuffer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Writes one zstd frame of the lowest usual level. */
final class ZstdEncoder extends FrameEncoder {
  private static final int PIECE = 128 * 1024;

  private final Libzstd zstd = Libzstd.load();
  private final ByteBuffer nothing = ByteBuffer.allocateDirect(0);
  private final ByteBuffer encoded = ByteBuffer.allocateDirect(PIECE);
  private final ZstdBuffer input = new ZstdBuffer();
  private final ZstdBuffer output = new ZstdBuffer();
  private final long context;

  ZstdEncoder(OutputStream into) throws IOException {
    super(into, PIECE);
    context = zstd.ZSTD_createCCtx();
    if (context == 0) {
      throw new IOException("libzstd could not create a context");
    }
    checked(zstd.ZSTD_CCtx_setParameter(context, Libzstd.ZSTD_c_compressionLevel, 1));
  }

  @Override
  void encode(ByteBuffer piece) throws IOException {
    input.set(piece);
    while (input.pos < input.size) {
      flush(Libzstd.ZSTD_e_continue);
    }
  }

  @Override
  void end() throws IOException {
    input.set(nothing);
    while (flush(Libzstd.ZSTD_e_end) > 0) {}
  }

  /** Encodes more of the input, and returns the number of bytes still to be flushed. */
  private long flush(int end) throws IOException {
    output.set(encoded.clear());
    long left = checked(zstd.ZSTD_compressStream2(context, output, input, end));
    pass(encoded, (int) output.pos);
    return left;
  }

  @Override
  void free() {
    zstd.ZSTD_freeCCtx(context);
  }

  private long checked(long result) throws IOException {
    if (zstd.ZSTD_isError(result) != 0) {
      throw new IOException("libzstd says " + zstd.ZSTD_getErrorName(result));
    }
    return result;
  }
}
