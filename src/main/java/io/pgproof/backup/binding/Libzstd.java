package io.pgproof.backup.binding;

import com.sun.jna.Library;

/**
 * The functions of {@code zstd.h} that pgproof calls, all in its stable part since 1.4. Names and
 * order of arguments are those of C; a context is its address.
 */
public interface Libzstd extends Library {
  /** {@code ZSTD_d_windowLogMax} of {@code enum ZSTD_dParameter}. */
  int ZSTD_d_windowLogMax = 100;

  /** {@code ZSTD_c_compressionLevel} of {@code enum ZSTD_cParameter}. */
  int ZSTD_c_compressionLevel = 100;

  /** {@code ZSTD_e_continue} of {@code enum ZSTD_EndDirective}. */
  int ZSTD_e_continue = 0;

  /** {@code ZSTD_e_end} of {@code enum ZSTD_EndDirective}. */
  int ZSTD_e_end = 2;

  /** {@code ZSTD_error_memory_allocation} of {@code enum ZSTD_ErrorCode}. */
  int ZSTD_error_memory_allocation = 64;

  /**
   * {@code ZSTD_DCtx* ZSTD_createDCtx(void)}: returns 0 when memory is short; free the context with
   * {@link #ZSTD_freeDCtx}.
   */
  long ZSTD_createDCtx();

  /** {@code size_t ZSTD_freeDCtx(ZSTD_DCtx* dctx)}. */
  long ZSTD_freeDCtx(long dctx);

  /**
   * {@code size_t ZSTD_DCtx_setParameter(ZSTD_DCtx* dctx, ZSTD_dParameter param, int value)}: call
   * it only between frames.
   */
  long ZSTD_DCtx_setParameter(long dctx, int param, int value);

  /**
   * {@code size_t ZSTD_decompressStream(ZSTD_DStream* zds, ZSTD_outBuffer* output, ZSTD_inBuffer*
   * input)}: advances both positions; returns 0 when a frame is decoded to its end and flushed
   * completely.
   */
  long ZSTD_decompressStream(long zds, ZstdBuffer output, ZstdBuffer input);

  /**
   * {@code ZSTD_CCtx* ZSTD_createCCtx(void)}: returns 0 when memory is short; free the context with
   * {@link #ZSTD_freeCCtx}.
   */
  long ZSTD_createCCtx();

  /** {@code size_t ZSTD_freeCCtx(ZSTD_CCtx* cctx)}. */
  long ZSTD_freeCCtx(long cctx);

  /**
   * {@code size_t ZSTD_CCtx_setParameter(ZSTD_CCtx* cctx, ZSTD_cParameter param, int value)}: call
   * it only between frames.
   */
  long ZSTD_CCtx_setParameter(long cctx, int param, int value);

  /**
   * {@code size_t ZSTD_compressStream2(ZSTD_CCtx* cctx, ZSTD_outBuffer* output, ZSTD_inBuffer*
   * input, ZSTD_EndDirective endOp)}: advances both positions; returns the number of bytes that are
   * still to be flushed.
   */
  long ZSTD_compressStream2(long cctx, ZstdBuffer output, ZstdBuffer input, int endOp);

  /** {@code unsigned ZSTD_isError(size_t code)}: returns a value other than 0 for an error code. */
  int ZSTD_isError(long code);

  /** {@code const char* ZSTD_getErrorName(size_t code)}. */
  String ZSTD_getErrorName(long code);

  /** {@code ZSTD_ErrorCode ZSTD_getErrorCode(size_t functionResult)} of {@code zstd_errors.h}. */
  int ZSTD_getErrorCode(long functionResult);

  /**
   * Loads {@code libzstd.so.1}; no development package is needed.
   *
   * @throws LibraryMissingException when it is not installed
   */
  static Libzstd load() {
    return load("libzstd.so.1");
  }

  /**
   * @param library file name for the dynamic linker, or a path
   */
  static Libzstd load(String library) {
    return Loading.load(library, Libzstd.class, "libzstd1");
  }
}
