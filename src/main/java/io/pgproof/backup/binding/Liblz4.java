package io.pgproof.backup.binding;

import com.sun.jna.Library;
import java.nio.ByteBuffer;

/**
 * The functions of {@code lz4frame.h} that pgproof calls; names and order of arguments are those of
 * C. A pointer to a value is an array of one element, a context is its address, and buffers are
 * direct and used from their first byte.
 */
public interface Liblz4 extends Library {
  int LZ4F_VERSION = 100;

  /**
   * {@code LZ4F_errorCode_t LZ4F_createDecompressionContext(LZ4F_dctx** dctxPtr, unsigned
   * version)}: free the context with {@link #LZ4F_freeDecompressionContext}.
   */
  long LZ4F_createDecompressionContext(long[] dctxPtr, int version);

  /** {@code LZ4F_errorCode_t LZ4F_freeDecompressionContext(LZ4F_dctx* dctx)}. */
  long LZ4F_freeDecompressionContext(long dctx);

  /**
   * {@code size_t LZ4F_decompress(LZ4F_dctx* dctx, void* dstBuffer, size_t* dstSizePtr, const void*
   * srcBuffer, size_t* srcSizePtr, const LZ4F_decompressOptions_t* dOptPtr)}: sets the two sizes to
   * the bytes written and the bytes read; returns 0 at the end of a frame.
   */
  long LZ4F_decompress(
      long dctx,
      ByteBuffer dstBuffer,
      long[] dstSizePtr,
      ByteBuffer srcBuffer,
      long[] srcSizePtr,
      long dOptPtr);

  /**
   * {@code LZ4F_errorCode_t LZ4F_createCompressionContext(LZ4F_cctx** cctxPtr, unsigned version)}:
   * free the context with {@link #LZ4F_freeCompressionContext}.
   */
  long LZ4F_createCompressionContext(long[] cctxPtr, int version);

  /** {@code LZ4F_errorCode_t LZ4F_freeCompressionContext(LZ4F_cctx* cctx)}. */
  long LZ4F_freeCompressionContext(long cctx);

  /**
   * {@code size_t LZ4F_compressBound(size_t srcSize, const LZ4F_preferences_t* prefsPtr)}: returns
   * the capacity that {@link #LZ4F_compressUpdate} and {@link #LZ4F_compressEnd} need.
   */
  long LZ4F_compressBound(long srcSize, long prefsPtr);

  /**
   * {@code size_t LZ4F_compressBegin(LZ4F_cctx* cctx, void* dstBuffer, size_t dstCapacity, const
   * LZ4F_preferences_t* prefsPtr)}: writes a frame header; returns its length.
   */
  long LZ4F_compressBegin(long cctx, ByteBuffer dstBuffer, long dstCapacity, long prefsPtr);

  /**
   * {@code size_t LZ4F_compressUpdate(LZ4F_cctx* cctx, void* dstBuffer, size_t dstCapacity, const
   * void* srcBuffer, size_t srcSize, const LZ4F_compressOptions_t* cOptPtr)}: takes all of the
   * source; returns the number of bytes written, which may be 0.
   */
  long LZ4F_compressUpdate(
      long cctx,
      ByteBuffer dstBuffer,
      long dstCapacity,
      ByteBuffer srcBuffer,
      long srcSize,
      long cOptPtr);

  /**
   * {@code size_t LZ4F_compressEnd(LZ4F_cctx* cctx, void* dstBuffer, size_t dstCapacity, const
   * LZ4F_compressOptions_t* cOptPtr)}: writes what is left and ends the frame; returns the number
   * of bytes written.
   */
  long LZ4F_compressEnd(long cctx, ByteBuffer dstBuffer, long dstCapacity, long cOptPtr);

  /**
   * {@code unsigned LZ4F_isError(LZ4F_errorCode_t code)}: returns a value other than 0 for an error
   * code.
   */
  int LZ4F_isError(long code);

  /** {@code const char* LZ4F_getErrorName(LZ4F_errorCode_t code)}. */
  String LZ4F_getErrorName(long code);

  /**
   * Loads {@code liblz4.so.1}; no development package is needed.
   *
   * @throws LibraryMissingException when it is not installed
   */
  static Liblz4 load() {
    return load("liblz4.so.1");
  }

  /**
   * @param library file name for the dynamic linker, or a path
   */
  static Liblz4 load(String library) {
    return Loading.load(library, Liblz4.class, "liblz4-1");
  }
}
