package io.pgproof.backup.archive;

import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.nio.ByteBuffer;

/** A window that moves forward over the bytes of a tar. */
final class TarWindow {
  private final ByteSource source;
  private final ByteBuffer bytes = ByteBuffer.allocateDirect(MemberSource.WINDOW).limit(0);
  private long start;

  TarWindow(ByteSource source) {
    this.source = source;
  }

  /** Returns the position in the tar of the next byte. */
  long position() {
    return start + bytes.position();
  }

  boolean isEmpty() {
    return !bytes.hasRemaining();
  }

  /** Loads this many bytes into the window, at most a block; returns whether enough came. */
  boolean fill(int count) throws InterruptedException {
    while (bytes.remaining() < count) {
      start += bytes.position();
      bytes.compact();
      int got = source.read(bytes);
      bytes.flip();
      if (got < 0) {
        return false;
      }
    }
    return true;
  }

  /** Reads exactly this many bytes. */
  byte[] read(int count) throws InterruptedException {
    byte[] read = new byte[count];
    for (int got = 0; got < count; ) {
      ByteBuffer piece = readSlice(count - got);
      int length = piece.remaining();
      piece.get(read, got, length);
      got += length;
    }
    return read;
  }

  /** Reads the next bytes without a copy, valid until the next read: at least one if any may be. */
  ByteBuffer readSlice(int most) throws InterruptedException {
    if (isEmpty() && most > 0 && !fill(1)) {
      throw truncated();
    }
    int count = Math.min(most, bytes.remaining());
    ByteBuffer piece = bytes.duplicate();
    piece.limit(piece.position() + count);
    bytes.position(bytes.position() + count);
    return piece;
  }

  void skip(long count) throws InterruptedException {
    for (long toSkip = count; toSkip > 0; ) {
      toSkip -= readSlice((int) Math.min(toSkip, Integer.MAX_VALUE)).remaining();
    }
  }

  /** Reads the tar to its end; returns whether only zeros were left. */
  boolean endsInZeros() throws InterruptedException {
    do {
      while (bytes.remaining() >= Long.BYTES) {
        if (bytes.getLong() != 0) {
          return false;
        }
      }
      while (bytes.hasRemaining()) {
        if (bytes.get() != 0) {
          return false;
        }
      }
    } while (fill(1));
    return true;
  }

  /** Reads the tar to its end, whatever it holds. */
  void readToEnd() throws InterruptedException {
    do {
      bytes.position(bytes.limit());
    } while (fill(1));
  }

  FindingException truncated() {
    return new FindingException(
        Reason.ARCHIVE_TRUNCATED,
        start + bytes.limit() == 0
            ? source.name() + " is empty"
            : source.name() + " ends at byte " + source.position() + " before the end of its tar");
  }
}
