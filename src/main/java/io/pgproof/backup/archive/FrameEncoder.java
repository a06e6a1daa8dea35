package io.pgproof.backup.archive;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Writes one frame of a compressed format, with few bytes in memory; for one thread. */
abstract class FrameEncoder extends OutputStream {
  private final OutputStream into;
  private final ByteBuffer piece;
  private boolean closed;

  /**
   * @param most bytes that are encoded at once
   */
  FrameEncoder(OutputStream into, int most) {
    this.into = into;
    this.piece = ByteBuffer.allocateDirect(most);
  }

  /** Encodes the direct buffer's bytes from its first one on. */
  abstract void encode(ByteBuffer piece) throws IOException;

  /** Ends the frame. */
  abstract void end() throws IOException;

  /** Frees the native context. */
  abstract void free();

  /** Writes the first bytes of a buffer of encoded bytes. */
  final void pass(ByteBuffer encoded, int length) throws IOException {
    byte[] bytes = new byte[length];
    encoded.get(0, bytes);
    into.write(bytes);
  }

  @Override
  public final void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public final void write(byte[] bytes, int offset, int length) throws IOException {
    for (int at = offset; at < offset + length; at += piece.limit()) {
      piece.clear().put(bytes, at, Math.min(offset + length - at, piece.capacity())).flip();
      encode(piece);
    }
  }

  @Override
  public final void close() throws IOException {
    if (!closed) {
      closed = true;
      try (into) {
        end();
      } finally {
        free();
      }
    }
  }
}
