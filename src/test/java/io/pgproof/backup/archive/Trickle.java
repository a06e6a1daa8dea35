package io.pgproof.backup.archive;

import java.nio.ByteBuffer;

/** Gives at most so many bytes at once, so that every seam between two reads is met. */
final class Trickle implements ByteSource {
  private final ByteBuffer bytes;
  private final int most;

  Trickle(byte[] bytes, int most) {
    this.bytes = ByteBuffer.wrap(bytes);
    this.most = most;
  }

  @Override
  public int read(ByteBuffer into) {
    int count = Math.min(most, Math.min(bytes.remaining(), into.remaining()));
    into.put(bytes.slice(bytes.position(), count));
    bytes.position(bytes.position() + count);
    return count == 0 ? -1 : count;
  }

  @Override
  public long position() {
    return bytes.position();
  }

  @Override
  public String name() {
    return "base.tar.gz";
  }

  @Override
  public void close() {}
}
