package io.pgproof.backup.archive;

import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads a tar from any program, as GNU tar does: V7, ustar, pax, GNU's long names and sparse files.
 *
 * <p>This is our own reader, not a library's, because a verdict depends on how it fails: it
 * distinguishes truncated, damaged, hostile and unknown input, keeps names as bytes, bounds memory
 * whatever a header says, and passes content on from the window without a copy. Two zero blocks end
 * the archive, and only zeros may follow.
 */
public final class TarReader implements MemberSource {
  private static final int BLOCK = TarHeader.BLOCK;

  /**
   * Size limit in bytes for a header that holds a name or records: far more than any path, yet
   * small enough to keep in memory.
   */
  private static final int LONGEST_EXTENSION = 1 << 20;

  /** Limit for the headers before one member; a few are usual. */
  private static final int MOST_EXTENSIONS = 64;

  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(64 * 1024).asReadOnlyBuffer();

  private final ByteSource source;
  private final TarWindow window;
  private final SparseMapReader sparseMaps;
  private final PaxHeaders pax = new PaxHeaders();

  /** Stored bytes of the member not read yet; {@code padding} is the fill of its last block. */
  private long left;

  private long padding;

  /**
   * The member's content; {@code at} is the position reached in it, {@code part} the current part.
   */
  private SparseMap map = SparseMap.withoutHoles(0);

  private long at;
  private int part;
  private boolean first = true;
  private boolean endMark;

  public TarReader(ByteSource source) {
    this.source = source;
    this.window = new TarWindow(source);
    this.sparseMaps = new SparseMapReader(window);
  }

  @Override
  public Optional<Member> next() throws InterruptedException {
    window.skip(left + padding);
    beginContent(0);
    pax.nextMember();
    Optional<String> longName = Optional.empty();
    Optional<String> longLink = Optional.empty();
    for (int extensions = 0; ; extensions++) {
      if (extensions > MOST_EXTENSIONS) {
        throw unsafe("more than " + MOST_EXTENSIONS + " headers before one member");
      }
      long offset = window.position();
      Optional<TarHeader> next = header();
      if (next.isEmpty()) {
        if (extensions > 0) {
          throw corrupt("it ends after a header that names a member, without the member");
        }
        return Optional.empty();
      }
      TarHeader header = next.get();
      switch (header.type()) {
        case 'L' -> longName = Optional.of(untilNul(extension(header)));
        case 'K' -> longLink = Optional.of(untilNul(extension(header)));
        case 'x', 'X' -> readPax(extension(header), false);
        case 'g' -> readPax(extension(header), true);
        case 'V' -> window.skip(blocks(size(header, offset)));
        default -> {
          return Optional.of(member(header, offset, longName, longLink));
        }
      }
    }
  }

  /** Returns the next header; empty after the last member, when the archive was read to its end. */
  private Optional<TarHeader> header() throws InterruptedException {
    long offset = window.position();
    if (!window.fill(BLOCK)) {
      if (!window.isEmpty() || first) {
        throw truncated();
      }
      return Optional.empty();
    }
    TarHeader header = new TarHeader(window.read(BLOCK));
    if (header.isZero()) {
      finish();
      return Optional.empty();
    }
    if (!header.isSound()) {
      throw first
          ? new FindingException(
              Reason.ARCHIVE_CORRUPT,
              source.name() + " is not a tar: it begins with " + header.beginning())
          : corrupt(
              "the member's header at byte " + offset + " of the tar does not match its checksum");
    }
    first = false;
    return Optional.of(header);
  }

  private Member member(
      TarHeader header, long offset, Optional<String> longName, Optional<String> longLink)
      throws InterruptedException {
    String name =
        pax.sparseName()
            .or(() -> pax.value(PaxHeaders.PATH))
            .or(() -> longName)
            .orElseGet(header::name);
    String link = pax.value(PaxHeaders.LINK).or(() -> longLink).orElseGet(header::link);
    Type type =
        switch (header.type()) {
          // Before directories had their own type, they were files whose names end with a slash.
          case '0', '7', 'S' -> name.endsWith("/") ? Type.DIRECTORY : Type.FILE;
          case '1' -> Type.HARD_LINK;
          case '2' -> Type.SYMBOLIC_LINK;
          case '5', 'D' -> Type.DIRECTORY;
          case '3', '4', '6' -> Type.OTHER;
          case 'M' ->
              throw unsupported(
                  name,
                  "continues from another volume of its tar",
                  "join the volumes into one tar, as tar --multi-volume reads them, and verify again");
          default ->
              throw unsupported(
                  name,
                  "has a type that pgproof does not support: "
                      + FileNames.shown("" + header.type()),
                  "unpack the archive and pack it again by tar --format=pax, then verify again");
        };
    long size = size(header, offset);
    boolean dumped = header.type() == 'D';
    if (size > 0 && type != Type.FILE && type != Type.OTHER && !dumped) {
      throw unsupported(
          name,
          "has a size, and programs do not agree whether content follows",
          "unpack the archive and pack it again by tar --format=pax, then verify again");
    }
    beginContent(size);
    if (type == Type.FILE) {
      readMap(header, offset, name);
    }
    return new Member(
        FileNames.normal(name), type, type == Type.FILE ? map.size() : 0, FileNames.normal(link));
  }

  private void beginContent(long stored) {
    left = stored;
    padding = -stored & BLOCK - 1;
    map = SparseMap.withoutHoles(stored);
    at = 0;
    part = 0;
  }

  private long size(TarHeader header, long offset) {
    long size;
    try {
      size = pax.value(PaxHeaders.SIZE).map(SparseMap::parseNumber).orElseGet(header::size);
    } catch (IllegalArgumentException e) {
      size = -1;
    }
    if (size < 0 || size > Long.MAX_VALUE - BLOCK) {
      throw corrupt("the member's header at byte " + offset + " of the tar has an impossible size");
    }
    return size;
  }

  /** Returns the bytes of the blocks that hold this many bytes. */
  static long blocks(long size) {
    return size + BLOCK - 1 & -BLOCK;
  }

  private byte[] extension(TarHeader header) throws InterruptedException {
    // The size that pax headers state for a member does not apply to this header.
    long size = header.size();
    if (size < 0 || size > LONGEST_EXTENSION) {
      throw unsafe("a header that says that it is " + size + " bytes long");
    }
    byte[] content = window.read((int) size);
    window.skip(-size & BLOCK - 1);
    return content;
  }

  private void readPax(byte[] header, boolean all) {
    try {
      pax.read(header, all);
    } catch (IllegalArgumentException e) {
      throw corrupt("a pax header is malformed: " + e.getMessage());
    }
  }

  private static String untilNul(byte[] text) {
    String name = new String(text, StandardCharsets.ISO_8859_1);
    int end = name.indexOf('\0');
    return end < 0 ? name : name.substring(0, end);
  }

  private void readMap(TarHeader header, long offset, String name) throws InterruptedException {
    if (pax.sparseUnknown() || (header.type() == 'S' && !header.isGnu())) {
      throw unsupported(
          name,
          "is a sparse file in a format that pgproof does not support",
          "pack the files again by tar without --sparse, then verify again");
    }
    try {
      if (pax.sparseMapComesFirst()) {
        long before = window.position();
        map = sparseMaps.inContent(sparseSize(), left);
        left -= window.position() - before;
      } else if (pax.sparseMap().isPresent()) {
        map = SparseMap.of(pax.sparseMap().get(), sparseSize(), left);
      } else if (header.type() == 'S') {
        map = sparseMaps.inHeaders(header, left);
      }
    } catch (IllegalArgumentException e) {
      throw corrupt("the member's header at byte " + offset + " of the tar has " + e.getMessage());
    }
  }

  private long sparseSize() {
    return SparseMap.parseNumber(pax.sparseSize().orElse(""));
  }

  /**
   * Returns the position in the tar of the content of the member that {@link #next} returned, as
   * long as none of it was read; empty for a sparse file, whose content is not stored in one piece.
   */
  public OptionalLong contentPosition() {
    return map.isWhole() ? OptionalLong.of(window.position()) : OptionalLong.empty();
  }

  @Override
  public void copyContent(Sink sink) throws IOException, InterruptedException {
    for (ByteBuffer piece = piece(Integer.MAX_VALUE);
        piece.hasRemaining();
        piece = piece(Integer.MAX_VALUE)) {
      sink.write(piece);
    }
  }

  @Override
  public void start(ByteBuffer into) throws InterruptedException {
    for (ByteBuffer piece = piece(into.remaining());
        piece.hasRemaining();
        piece = piece(into.remaining())) {
      into.put(piece);
    }
  }

  /**
   * Returns the next bytes of the member's content, valid until the next read; none after the last.
   */
  private ByteBuffer piece(int most) throws InterruptedException {
    while (part < map.offsets().length && at == map.offsets()[part] + map.lengths()[part]) {
      part++;
    }
    long hole = (part < map.offsets().length ? map.offsets()[part] : map.size()) - at;
    if (hole > 0 || part == map.offsets().length) {
      int count = (int) Math.min(hole, Math.min(most, ZEROS.capacity()));
      at += count;
      return ZEROS.duplicate().limit(count);
    }
    long data = map.offsets()[part] + map.lengths()[part] - at;
    ByteBuffer piece = window.readSlice((int) Math.min(data, most));
    left -= piece.remaining();
    at += piece.remaining();
    return piece;
  }

  /** Reads everything after the first of the two zero blocks that end the archive. */
  private void finish() throws InterruptedException {
    long end = window.position() - BLOCK;
    if (window.fill(BLOCK)) {
      if (!new TarHeader(window.read(BLOCK)).isZero()) {
        throw corrupt("its end mark is broken: data follow a single block of zeros");
      }
      endMark = true;
    }
    if (!window.endsInZeros()) {
      throw corrupt(
          "data before byte "
              + window.position()
              + " of the tar follow its end mark at byte "
              + end);
    }
  }

  /**
   * Returns whether the archive ended with the two zero blocks that show that no member is lost.
   * Call it after {@link #next} has returned all members. GNU tar accepts an archive without them
   * as complete.
   */
  public boolean hasEndMark() {
    return endMark;
  }

  /**
   * Reads the archive to its end without looking at its members.
   *
   * @throws FindingException {@code archive-corrupt} or {@code archive-truncated} if the compressed
   *     data are damaged
   */
  public void readToEnd() throws InterruptedException {
    window.readToEnd();
  }

  public FindingException truncated() {
    return window.truncated();
  }

  private FindingException corrupt(String what) {
    return new FindingException(
        Reason.ARCHIVE_CORRUPT,
        source.name() + " is damaged before byte " + source.position() + ": " + what);
  }

  private FindingException unsafe(String what) {
    return new FindingException(
        Reason.UNSAFE_ARCHIVE, source.name() + " contains " + what + ", which no program writes");
  }

  private FindingException unsupported(String name, String what, String hint) {
    return new FindingException(
        new Finding(
            Reason.FORMAT_UNSUPPORTED,
            FileNames.shown(name) + " in " + source.name() + " " + what,
            hint,
            null));
  }

  @Override
  public void close() {
    source.close();
  }
}
