package io.pgproof.backup.archive;

import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.DataFormatException;

/**
 * Decodes all frames of an lz4 or zstd file. Before and between them it accepts only whole
 * skippable frames, whose content it drops; after them it accepts only zeros.
 */
final class FrameDecoder implements ByteSource {
  private static final int INPUT = 256 * 1024;
  private static final int MAGIC = Integer.BYTES;
  private static final int SKIPPABLE = 0x184D2A50;

  /** The part specific to one format; it owns a native context that {@link #close} frees. */
  interface Decoder extends AutoCloseable {
    /** Returns the name, such as {@code lz4}. */
    String format();

    /** Returns the number at the beginning of a frame, little-endian. */
    int magic();

    /** Returns the maximum length of a frame header in bytes, magic number included. */
    int longestHeader();

    /**
     * Starts a new frame.
     *
     * @param header its first bytes, fewer than {@link #longestHeader} if the file ends
     * @throws DataFormatException when it cannot be a frame
     * @throws FindingException when this machine cannot decode it
     */
    void beginFrame(ByteBuffer header, String name) throws DataFormatException;

    /**
     * Decodes from one direct buffer into another until one of them is exhausted.
     *
     * @return whether a frame has ended
     * @throws DataFormatException with the library's message
     * @throws OutOfMemoryError when the library cannot allocate memory
     */
    boolean decode(ByteBuffer from, ByteBuffer into) throws DataFormatException;

    @Override
    void close();
  }

  private final ByteSource raw;
  private final Decoder decoder;
  private final ByteBuffer input =
      ByteBuffer.allocateDirect(INPUT).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  private boolean inFrame;
  private boolean closed;
  private long frames;
  private Optional<String> note = Optional.empty();

  FrameDecoder(ByteSource raw, Decoder decoder) {
    this.raw = raw;
    this.decoder = decoder;
  }

  @Override
  public int read(ByteBuffer into) throws InterruptedException {
    if (closed) {
      throw new IllegalStateException(name() + " was closed");
    }
    while (true) {
      if (!inFrame && !beginFrame()) {
        return -1;
      }
      int before = into.position();
      int unused = input.remaining();
      if (decode(into)) {
        inFrame = false;
        frames++;
      }
      if (into.position() > before) {
        return into.position() - before;
      }
      // The decoder may hold decoded bytes back. The end of the file therefore counts only when the
      // decoder neither consumes nor produces bytes.
      if (inFrame && input.remaining() == unused && !more()) {
        throw truncated();
      }
    }
  }

  private boolean decode(ByteBuffer into) {
    try {
      return decoder.decode(input, into);
    } catch (DataFormatException e) {
      throw invalid(e);
    } catch (OutOfMemoryError e) {
      throw new FindingException(
          new Finding(
              Reason.ENVIRONMENT,
              name() + " cannot be decoded: " + e.getMessage(),
              "free memory and verify again",
              null),
          e);
    }
  }

  private boolean beginFrame() throws InterruptedException {
    while (input.remaining() < decoder.longestHeader() && more()) {}
    if (!input.hasRemaining()) {
      if (frames == 0) {
        throw new FindingException(Reason.ARCHIVE_TRUNCATED, name() + " is empty");
      }
      return false;
    }
    if (frames > 0 && input.get(input.position()) == 0) {
      skipPadding();
      return false;
    }
    if (input.remaining() < MAGIC && canBeginFrame()) {
      throw truncated();
    }
    int magic = input.remaining() < MAGIC ? 0 : input.getInt(input.position());
    boolean skippable = (magic & ~0xF) == SKIPPABLE;
    if (!skippable && magic != decoder.magic()) {
      throw noFrame();
    }
    if (!skippable) {
      readHeader();
    }
    inFrame = true;
    return true;
  }

  /**
   * Skips the zeros with which tapes and block devices fill their last block, whatever the file's
   * format.
   */
  private void skipPadding() throws InterruptedException {
    long start = position();
    do {
      while (input.hasRemaining()) {
        if (input.get() != 0) {
          throw corrupt("bytes follow the zeros after its last " + decoder.format() + " frame");
        }
      }
    } while (more());
    note =
        Optional.of(
            name()
                + " is followed by "
                + (position() - start)
                + " bytes of zeros, as tapes and block devices leave them");
  }

  private void readHeader() {
    try {
      decoder.beginFrame(input.duplicate().order(ByteOrder.LITTLE_ENDIAN), name());
    } catch (DataFormatException e) {
      throw invalid(e);
    }
  }

  /** Returns whether the few bytes left are the beginning of a magic number. */
  private boolean canBeginFrame() {
    for (int i = 0; i < input.remaining(); i++) {
      int one = input.get(input.position() + i) & 0xFF;
      boolean skippable = i == 0 ? (one & 0xF0) == 0x50 : one == (SKIPPABLE >>> (8 * i) & 0xFF);
      if (one != (decoder.magic() >>> (8 * i) & 0xFF) && !skippable) {
        return false;
      }
    }
    return true;
  }

  private boolean more() throws InterruptedException {
    input.compact();
    int count = raw.read(input);
    input.flip();
    return count > 0;
  }

  private FindingException noFrame() {
    StringBuilder bytes = new StringBuilder();
    for (int i = 0; i < Math.min(MAGIC, input.remaining()); i++) {
      bytes.append(String.format(" %02x", input.get(input.position() + i)));
    }
    return frames == 0
        ? new FindingException(
            Reason.ARCHIVE_CORRUPT,
            name() + " is not a " + decoder.format() + " archive: it begins with" + bytes)
        : corrupt(
            "the bytes that follow are not a "
                + decoder.format()
                + " frame; they begin with"
                + bytes);
  }

  private FindingException truncated() {
    return new FindingException(
        Reason.ARCHIVE_TRUNCATED,
        name() + " ends at byte " + raw.position() + " within its compressed data");
  }

  private FindingException invalid(DataFormatException e) {
    return corrupt("its " + decoder.format() + " data are invalid: " + e.getMessage());
  }

  private FindingException corrupt(String what) {
    return new FindingException(
        Reason.ARCHIVE_CORRUPT, name() + " is damaged at byte " + position() + ": " + what);
  }

  @Override
  public long position() {
    return raw.position() - input.remaining();
  }

  @Override
  public Optional<String> note() {
    return note;
  }

  @Override
  public String name() {
    return raw.name();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      decoder.close();
      raw.close();
    }
  }
}
