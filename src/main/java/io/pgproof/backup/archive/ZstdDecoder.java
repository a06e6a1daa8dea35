package io.pgproof.backup.archive;

import io.pgproof.backup.binding.Libzstd;
import io.pgproof.backup.binding.ZstdBuffer;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.DataFormatException;

/**
 * Decodes zstd frames (RFC 8878).
 *
 * <p>Needs little more memory than the frame's window: up to 128 MiB for files from pg_basebackup,
 * {@code long} included, and up to 2 GiB for files compressed with a larger window, if this machine
 * has that much. For one thread at a time.
 */
final class ZstdDecoder implements FrameDecoder.Decoder {
  private static final int USUAL_WINDOW_LOG = 27;
  private static final int LARGEST_WINDOW_LOG = 31;
  private static final long KEPT_FREE = 256L << 20;
  private static final int SINGLE_SEGMENT = 0x20;
  private static final int DESCRIPTOR = Integer.BYTES;

  private final Libzstd zstd = Libzstd.load();
  private final ZstdBuffer input = new ZstdBuffer();
  private final ZstdBuffer output = new ZstdBuffer();
  private final long context;

  ZstdDecoder() {
    context = zstd.ZSTD_createDCtx();
    if (context == 0) {
      throw new OutOfMemoryError("libzstd could not create a context");
    }
  }

  @Override
  public String format() {
    return "zstd";
  }

  @Override
  public int magic() {
    return 0xFD2FB528;
  }

  @Override
  public int longestHeader() {
    return 18;
  }

  @Override
  public void beginFrame(ByteBuffer header, String name) throws DataFormatException {
    long window = window(header);
    if (window > 1L << LARGEST_WINDOW_LOG) {
      throw new DataFormatException(
          "they need a window of more than 2 GiB, which zstd never writes");
    }
    if (window > 1L << USUAL_WINDOW_LOG) {
      requireMemory(window, available(), name);
    }
    zstd.ZSTD_DCtx_setParameter(
        context,
        Libzstd.ZSTD_d_windowLogMax,
        window > 1L << USUAL_WINDOW_LOG ? LARGEST_WINDOW_LOG : USUAL_WINDOW_LOG);
  }

  /**
   * Returns the bytes that the decoder must remember; 0 when the header is cut or states nothing
   * possible.
   */
  private static long window(ByteBuffer header) {
    int at = header.position() + DESCRIPTOR;
    if (header.limit() < at + 2) {
      return 0;
    }
    int descriptor = header.get(at);
    if ((descriptor & SINGLE_SEGMENT) == 0) {
      int exponent = (header.get(at + 1) & 0xFF) >>> 3;
      long base = 1L << (10 + exponent);
      return base + base / 8 * (header.get(at + 1) & 7);
    }
    // The frame's own size is its window; the field follows the dictionary number.
    int dictionary = new int[] {0, 1, 2, 4}[descriptor & 3];
    int length = 1 << (descriptor >>> 6 & 3);
    if (length < Integer.BYTES || header.limit() < at + 1 + dictionary + length) {
      return 0;
    }
    return length == Long.BYTES
        ? Math.max(header.getLong(at + 1 + dictionary), 0)
        : Integer.toUnsignedLong(header.getInt(at + 1 + dictionary));
  }

  static void requireMemory(long window, long available, String name) {
    if (available - KEPT_FREE < window) {
      throw new FindingException(
          new Finding(
              Reason.ENVIRONMENT,
              String.format(
                  Locale.ROOT,
                  "%s was compressed with zstd and a window of %,d bytes, but this machine has %,d bytes of "
                      + "memory available",
                  name,
                  window,
                  available),
              "free memory, verify on a larger machine, or compress it again with a smaller window: "
                  + "zstd -dc --long=31 FILE | zstd -o NEW",
              null));
    }
  }

  private static long available() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith("MemAvailable:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
        }
      }
    } catch (IOException e) {
      // If the kernel does not say, the library's own allocation decides.
    }
    return Long.MAX_VALUE;
  }

  @Override
  public boolean decode(ByteBuffer from, ByteBuffer into) throws DataFormatException {
    input.set(from);
    output.set(into);
    long left = zstd.ZSTD_decompressStream(context, output, input);
    if (zstd.ZSTD_isError(left) != 0) {
      if (zstd.ZSTD_getErrorCode(left) == Libzstd.ZSTD_error_memory_allocation) {
        throw new OutOfMemoryError("libzstd says " + zstd.ZSTD_getErrorName(left));
      }
      throw new DataFormatException(zstd.ZSTD_getErrorName(left));
    }
    from.position(from.position() + (int) input.pos);
    into.position(into.position() + (int) output.pos);
    return left == 0;
  }

  @Override
  public void close() {
    zstd.ZSTD_freeDCtx(context);
  }
}
