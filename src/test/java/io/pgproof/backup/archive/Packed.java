package io.pgproof.backup.archive;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/**
 * Compresses as pg_basebackup does: lz4 in blocks that refer to the one before, zstd without the
 * content's size, no checksums.
 */
public final class Packed {
  private static final int ZSTD_c_windowLog = 101;
  private static final int ZSTD_c_contentSizeFlag = 200;
  private static final int ZSTD_c_checksumFlag = 201;

  private static final Lz4 LZ4 = Native.load("liblz4.so.1", Lz4.class);
  private static final Zstd ZSTD = Native.load("libzstd.so.1", Zstd.class);

  private Packed() {}

  /** The other direction of the libraries that are bound in the program. */
  interface Lz4 extends Library {
    long LZ4F_compressFrameBound(long srcSize, long preferences);

    long LZ4F_compressFrame(
        byte[] dst, long dstCapacity, byte[] src, long srcSize, long preferences);
  }

  interface Zstd extends Library {
    long ZSTD_compressBound(long srcSize);

    long ZSTD_createCCtx();

    long ZSTD_freeCCtx(long context);

    long ZSTD_CCtx_setParameter(long context, int parameter, int value);

    long ZSTD_compress2(long context, byte[] dst, long dstCapacity, byte[] src, long srcSize);
  }

  public static byte[] by(Compression compression, byte[] content) throws IOException {
    return switch (compression) {
      case NONE -> content;
      case GZIP -> gzip(content);
      case LZ4 -> lz4(content);
      case ZSTD -> zstd(content, 0, false);
    };
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    }
    return bytes.toByteArray();
  }

  private static byte[] lz4(byte[] content) {
    byte[] frame = new byte[(int) LZ4.LZ4F_compressFrameBound(content.length, 0)];
    return Arrays.copyOf(
        frame, (int) LZ4.LZ4F_compressFrame(frame, frame.length, content, content.length, 0));
  }

  /**
   * @param windowLog of the frame's window; 0 for the usual one
   */
  static byte[] zstd(byte[] content, int windowLog, boolean checksum) {
    long context = ZSTD.ZSTD_createCCtx();
    try {
      ZSTD.ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
      ZSTD.ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, windowLog);
      ZSTD.ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, checksum ? 1 : 0);
      byte[] frame = new byte[(int) ZSTD.ZSTD_compressBound(content.length)];
      return Arrays.copyOf(
          frame, (int) ZSTD.ZSTD_compress2(context, frame, frame.length, content, content.length));
    } finally {
      ZSTD.ZSTD_freeCCtx(context);
    }
  }

  /** A frame that both formats skip. */
  static byte[] skippable(byte[] content) {
    byte[] frame = new byte[8 + content.length];
    frame[0] = 0x5A;
    frame[1] = 0x2A;
    frame[2] = 0x4D;
    frame[3] = 0x18;
    frame[4] = (byte) content.length;
    frame[5] = (byte) (content.length >> 8);
    System.arraycopy(content, 0, frame, 8, content.length);
    return frame;
  }
}
