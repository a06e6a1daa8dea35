package io.pgproof.backup.archive;

import io.pgproof.backup.binding.Liblz4;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Writes one lz4 frame as {@code pg_basebackup} does. */
final class Lz4Encoder extends FrameEncoder {
  private static final int PIECE = 64 * 1024;
  private static final int HEADER = 64;

  private final Liblz4 lz4 = Liblz4.load();
  private final ByteBuffer encoded;
  private final long context;

  Lz4Encoder(OutputStream into) throws IOException {
    super(into, PIECE);
    long[] made = new long[1];
    checked(lz4.LZ4F_createCompressionContext(made, Liblz4.LZ4F_VERSION));
    context = made[0];
    encoded =
        ByteBuffer.allocateDirect(Math.max(HEADER, checked(lz4.LZ4F_compressBound(PIECE, 0))));
    pass(encoded, checked(lz4.LZ4F_compressBegin(context, encoded, encoded.capacity(), 0)));
  }

  @Override
  void encode(ByteBuffer piece) throws IOException {
    pass(
        encoded,
        checked(
            lz4.LZ4F_compressUpdate(
                context, encoded, encoded.capacity(), piece, piece.remaining(), 0)));
  }

  @Override
  void end() throws IOException {
    pass(encoded, checked(lz4.LZ4F_compressEnd(context, encoded, encoded.capacity(), 0)));
  }

  @Override
  void free() {
    lz4.LZ4F_freeCompressionContext(context);
  }

  private int checked(long result) throws IOException {
    if (lz4.LZ4F_isError(result) != 0) {
      throw new IOException("liblz4 says " + lz4.LZ4F_getErrorName(result));
    }
    return (int) result;
  }
}
