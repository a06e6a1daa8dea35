package io.pgproof.backup.archive;

import io.pgproof.backup.binding.Liblz4;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;

/**
 * Decodes lz4 frames. In the frames that pg_basebackup writes, blocks refer to the previous block,
 * and no checksum covers them.
 *
 * <p>Needs at most 8 MiB of memory. For one thread at a time.
 */
final class Lz4Decoder implements FrameDecoder.Decoder {
  private static final int FLAGS = Integer.BYTES;
  private static final int DICTIONARY = 1;
  private static final String NO_MEMORY = "ERROR_allocation_failed";

  private final Liblz4 lz4 = Liblz4.load();
  private final long[] took = new long[1];
  private final long[] gave = new long[1];
  private final long context;

  Lz4Decoder() {
    long[] made = new long[1];
    if (lz4.LZ4F_isError(lz4.LZ4F_createDecompressionContext(made, Liblz4.LZ4F_VERSION)) != 0) {
      throw new OutOfMemoryError("liblz4 could not create a context");
    }
    context = made[0];
  }

  @Override
  public String format() {
    return "lz4";
  }

  @Override
  public int magic() {
    return 0x184D2204;
  }

  @Override
  public int longestHeader() {
    return 19;
  }

  @Override
  public void beginFrame(ByteBuffer header, String name) throws DataFormatException {
    if (header.remaining() > FLAGS && (header.get(header.position() + FLAGS) & DICTIONARY) != 0) {
      throw new DataFormatException("they need a dictionary");
    }
  }

  @Override
  public boolean decode(ByteBuffer from, ByteBuffer into) throws DataFormatException {
    took[0] = from.remaining();
    gave[0] = into.remaining();
    long left = lz4.LZ4F_decompress(context, into.slice(), gave, from.slice(), took, 0);
    if (lz4.LZ4F_isError(left) != 0) {
      String words = lz4.LZ4F_getErrorName(left);
      if (words.equals(NO_MEMORY)) {
        throw new OutOfMemoryError("liblz4 says " + words);
      }
      throw new DataFormatException(words);
    }
    from.position(from.position() + (int) took[0]);
    into.position(into.position() + (int) gave[0]);
    return left == 0;
  }

  @Override
  public void close() {
    lz4.LZ4F_freeDecompressionContext(context);
  }
}
