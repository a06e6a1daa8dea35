package io.pgproof.backup.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;

/**
 * Adapts a source to {@link InputStream}; an interrupt becomes an {@link InterruptedIOException}.
 */
public final class DecodedStream extends InputStream {
  private final ByteSource source;
  private final ByteBuffer window = ByteBuffer.allocateDirect(64 * 1024).limit(0);

  public DecodedStream(ByteSource source) {
    this.source = source;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (!window.hasRemaining() && !fill()) {
      return -1;
    }
    int count = Math.min(length, window.remaining());
    window.get(into, offset, count);
    return count;
  }

  private boolean fill() throws IOException {
    try {
      int count = source.read(window.clear());
      window.flip();
      return count >= 0;
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }

  @Override
  public void close() {
    source.close();
  }
}
