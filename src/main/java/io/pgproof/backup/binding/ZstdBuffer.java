package io.pgproof.backup.binding;

import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** {@code ZSTD_inBuffer} and {@code ZSTD_outBuffer} of {@code zstd.h}, which have the same form. */
@FieldOrder({"buffer", "size", "pos"})
public final class ZstdBuffer extends Structure {
  public @Nullable Buffer buffer;
  public long size;
  public long pos;

  /**
   * Sets this to the bytes from a direct buffer's position to its limit, with none of them used
   * yet.
   */
  public void set(ByteBuffer bytes) {
    buffer = bytes.slice();
    size = bytes.remaining();
    pos = 0;
  }
}
