package io.pgproof.backup.wal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.pgproof.backup.archive.ByteSource;
import io.pgproof.backup.archive.Compression;
import io.pgproof.backup.archive.RawArchive;
import io.pgproof.backup.format.WalPage;
import io.pgproof.backup.format.WalSegment;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of a WAL archive whose name begins with that of a segment or of a timeline history. Its
 * first bytes decide its format, because many an {@code archive_command} compresses but keeps the
 * plain name.
 *
 * @param file a regular file below the archive
 * @param name of the segment or the history
 * @param ending text after the name, such as {@code .gz}; empty when there is none
 */
public record StoredWal(Path file, String name, String ending) {
  private static final Pattern NAME =
      Pattern.compile("([0-9A-F]{24}|[0-9A-F]{8}\\.history)((?:[.-].*)?)");

  /** Endings of files that pg_receivewal, a promoted server or a copy program did not finish. */
  private static final Pattern UNFINISHED =
      Pattern.compile(".*\\.(?:partial|part|tmp|temp|filepart|incomplete|wip)(?:\\..*)?");

  /** Endings of files that tools put beside a segment and that hold no WAL. */
  private static final Set<String> BESIDE =
      Set.of(
          "backup", "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sum", "sig", "done",
          "ready", "ok", "json", "meta", "par2");

  private static final int HEAD = 512;
  private static final int SAMPLES = 64;
  private static final int PAGE = 8192;

  /** First bytes of formats that pgproof cannot read. */
  private static final Map<String, String> FOREIGN =
      Map.of(
          "\u00FD7zXZ\0", "is compressed with xz",
          "BZh", "is compressed with bzip2",
          "\u001F\u009D", "is compressed with compress",
          "\u0089LZO", "is compressed with lzop",
          "LZIP", "is compressed with lzip",
          "7z\u00BC\u00AF", "is a 7-Zip archive",
          "PK\u0003\u0004", "is a ZIP archive",
          "Salted__", "is encrypted with OpenSSL",
          "age-encryption.org", "is encrypted with age",
          "-----BEGIN PGP", "is encrypted with PGP");

  /** Returns empty when the name is neither that of a segment nor that of a history. */
  static Optional<StoredWal> of(Path file) {
    Matcher name = NAME.matcher(file.getFileName().toString());
    if (!name.matches()) {
      return Optional.empty();
    }
    String ending = name.group(2);
    String last = ending.substring(ending.lastIndexOf('.') + 1);
    return BESIDE.contains(last.toLowerCase(Locale.ROOT))
            || ending.matches("\\.[0-9A-F]{8}\\.backup(?:\\..*)?")
        ? Optional.empty()
        : Optional.of(new StoredWal(file, name.group(1), ending));
  }

  /** Returns whether the writer of this file may not have finished it. */
  public boolean partial() {
    return UNFINISHED.matcher(ending).matches();
  }

  boolean segment() {
    return WalSegment.isName(name);
  }

  /** Returns the order in which files of one name are tried. */
  int rank() {
    return (partial() ? 2 : 0)
        + (ending.isEmpty() || Compression.of(file.getFileName().toString()) != Compression.NONE
            ? 0
            : 1);
  }

  /**
   * Returns the compression of the file, if any.
   *
   * @throws FindingException {@code wal-unreadable} for an unknown format, {@code
   *     backup-unreadable} when the file cannot be read
   */
  public Compression coding() throws InterruptedException {
    byte[] head = head();
    String begin = new String(head, ISO_8859_1);
    Compression named =
        Compression.of(
            ending.replaceFirst("\\.(?:partial|part|tmp|temp|filepart|incomplete|wip)$", ""));
    if (begin.startsWith("\u001F\u008B")) {
      return Compression.GZIP;
    } else if (begin.startsWith("(\u00B5/\u00FD")) {
      return Compression.ZSTD;
    } else if (begin.startsWith("\u0004\"M\u0018")) {
      return Compression.LZ4;
    } else if (begin.matches("(?s)[P-_]\\*M\u0018.*")) {
      return named == Compression.LZ4 ? Compression.LZ4 : Compression.ZSTD;
    } else if (WalPage.parse(head).isPresent()) {
      return Compression.NONE;
    } else if (named != Compression.NONE) {
      // A file that is not what its name promises is damaged. Its decoder finds the damage and
      // describes it best.
      return named;
    }
    for (Map.Entry<String, String> foreign : FOREIGN.entrySet()) {
      if (begin.startsWith(foreign.getKey())) {
        throw unreadable(foreign.getValue());
      }
    }
    if (!ending.isEmpty() && !partial()) {
      throw unreadable("has a file name extension that pgproof does not support");
    }
    if (segment()
        ? holdsPagesOrNothing()
        : begin.chars().allMatch(c -> (c >= 0x20 && c != 0x7F) || (c >= 0x09 && c <= 0x0D))) {
      return Compression.NONE;
    }
    throw unreadable(
        "begins with bytes that are neither WAL nor a compression format that pgproof supports");
  }

  public ByteSource open() throws InterruptedException {
    return coding().decode(new RawArchive(file, read -> {}));
  }

  /** Returns the first page, if the file begins with a known one. */
  public Optional<WalPage> page() throws InterruptedException {
    ByteBuffer head = ByteBuffer.allocateDirect(WalPage.HEADER);
    try (ByteSource bytes = open()) {
      while (head.hasRemaining() && bytes.read(head) >= 0) {}
    } catch (FindingException e) {
      if (!partial() || e.finding().reason() != Reason.ARCHIVE_TRUNCATED) {
        throw e;
      }
    }
    byte[] read = new byte[head.flip().remaining()];
    head.get(read);
    return WalPage.parse(read);
  }

  public long size() {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw RawArchive.unreadable(file, 0, e);
    }
  }

  FindingException unreadable(String why) {
    return new FindingException(
        new Finding(
            Reason.WAL_UNREADABLE,
            file + " " + why,
            "store the segments in the archive uncompressed, or compressed with gzip, lz4 or zstd, and not encrypted; for others, name a"
                + " directory with decoded copies",
            null));
  }

  private byte[] head() throws InterruptedException {
    return read(0, HEAD);
  }

  /**
   * Returns whether the file holds WAL pages or only zeros: WAL with a damaged first page has
   * others, and a file that was created but never written holds zeros.
   */
  private boolean holdsPagesOrNothing() throws InterruptedException {
    boolean zeros = true;
    for (int sample = 0; sample < SAMPLES; sample++) {
      byte[] bytes = read((long) sample * PAGE, HEAD);
      if (WalPage.isFirstPage(bytes)) {
        return true;
      }
      for (byte each : bytes) {
        zeros &= each == 0;
      }
    }
    return zeros;
  }

  private byte[] read(long offset, int length) throws InterruptedException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) {}
    } catch (ClosedByInterruptException e) {
      throw new InterruptedException();
    } catch (IOException e) {
      throw RawArchive.unreadable(file, offset, e);
    }
    byte[] read = new byte[bytes.flip().remaining()];
    bytes.get(read);
    return read;
  }
}
