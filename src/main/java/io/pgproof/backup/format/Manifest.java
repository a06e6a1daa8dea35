package io.pgproof.backup.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.pgproof.backup.archive.Compression;
import io.pgproof.backup.archive.DecodedStream;
import io.pgproof.backup.archive.FileChecksum;
import io.pgproof.backup.archive.FileNames;
import io.pgproof.backup.archive.RawArchive;
import io.pgproof.proof.Digests;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A {@code backup_manifest} of version 1 or 2, verified against its own checksum (source: the
 * manual's "Backup Manifest Format").
 *
 * @param files by name, one character per byte
 * @param tablespaces OIDs of the tablespaces whose files it lists
 * @param wal the WAL that recovery needs, in order
 * @param systemIdentifier unsigned; empty in version 1
 * @param sha256 of the file as stored
 */
public record Manifest(
    ManifestFiles files,
    Set<String> tablespaces,
    List<WalRange> wal,
    Optional<String> systemIdentifier,
    String sha256) {
  public static final String NAME = "backup_manifest";

  private static final String CHECKSUM_FIELD = "Manifest-Checksum";

  /** One file: its size in bytes and its checksum, which is empty for {@link FileChecksum#NONE}. */
  public record Entry(long size, FileChecksum algorithm, byte[] checksum) {}

  /**
   * WAL on one timeline from a start position up to, but not including, an end position. PostgreSQL
   * lists the newest timeline first; here ranges are in log order.
   */
  public record WalRange(int timeline, Lsn start, Lsn end) {}

  /** Returns the end of the WAL that the backup needs; empty if the manifest does not say. */
  public Optional<Lsn> end() {
    return wal.isEmpty() ? Optional.empty() : Optional.of(wal.get(wal.size() - 1).end());
  }

  /** Returns the total size of all files in bytes. */
  public long bytes() {
    return files.bytes();
  }

  /** Returns the bytes of WAL that the backup needs. */
  public long walBytes() {
    return wal.stream()
        .mapToLong(range -> Math.max(range.end().position() - range.start().position(), 0))
        .sum();
  }

  /**
   * Reads and verifies the file, which may be compressed.
   *
   * @throws FindingException {@code manifest-mismatch} when it cannot be parsed or is not what
   *     PostgreSQL wrote, {@code backup-unreadable} when it cannot be read, {@code archive-corrupt}
   *     and similar reasons when it cannot be decoded
   */
  public static Manifest read(Path file) throws InterruptedException {
    try {
      Manifest manifest = parse(() -> open(file));
      if (!isCompressed(file)) {
        return manifest;
      }
      try (InputStream in = Files.newInputStream(file)) {
        return new Manifest(
            manifest.files,
            manifest.tablespaces,
            manifest.wal,
            manifest.systemIdentifier,
            Sums.of(in).whole());
      }
    } catch (InterruptedIOException e) {
      throw new InterruptedException();
    } catch (IOException e) {
      throw RawArchive.unreadable(file, 0, e);
    }
  }

  /** Opens the text of the manifest, decompressed if necessary. */
  public static InputStream open(Path file) throws IOException {
    try {
      return isCompressed(file)
          ? new DecodedStream(new RawArchive(file, bytes -> {}).decoded())
          : Files.newInputStream(file);
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }

  private static boolean isCompressed(Path file) throws InterruptedException {
    try (RawArchive raw = new RawArchive(file, bytes -> {})) {
      return raw.coding() != Compression.NONE;
    }
  }

  public static Manifest parse(byte[] text) {
    try {
      return parse(() -> new ByteArrayInputStream(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A text that is read twice because it may be too long to keep in memory. */
  @FunctionalInterface
  private interface Text {
    InputStream open() throws IOException;
  }

  private static Manifest parse(Text text) throws IOException {
    Sums sums;
    try (InputStream in = text.open()) {
      sums = Sums.of(in);
    }
    JsonFactory factory =
        JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try (InputStream in = text.open();
        JsonParser json = factory.createParser(in)) {
      return new Reading(json, sums).manifest();
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new FindingException(
          Finding.of(
              Reason.MANIFEST_MISMATCH,
              NAME + " cannot be parsed: " + String.valueOf(e.getMessage()).split("\n")[0]),
          e);
    }
  }

  /**
   * SHA-256 in lower-case hexadecimal of the whole text, and of all lines except the last.
   *
   * @param ended whether the last line ends with a line break
   */
  private record Sums(String whole, String lines, boolean ended) {
    private static final int AT_ONCE = 64 * 1024;

    static Sums of(InputStream in) throws IOException {
      MessageDigest whole = Digests.sha256();
      MessageDigest lines = Digests.sha256();
      // The bytes after the last but one line break may be the last line, which does not count.
      ByteArrayOutputStream last = new ByteArrayOutputStream();
      boolean ended = false;
      byte[] piece = new byte[AT_ONCE];
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        whole.update(piece, 0, count);
        int begin = count - 1;
        while (begin > 0 && piece[begin - 1] != '\n') {
          begin--;
        }
        if (ended || begin > 0) {
          lines.update(last.toByteArray());
          lines.update(piece, 0, begin);
          last.reset();
        }
        last.write(piece, begin, count - begin);
        ended = piece[count - 1] == '\n';
      }
      return new Sums(Digests.hex(whole.digest()), Digests.hex(lines.digest()), ended);
    }
  }

  /**
   * Parses the text once; throws {@link IllegalArgumentException} for anything that does not fit.
   */
  private static final class Reading {
    private final JsonParser json;
    private final Sums sums;
    private final ManifestFiles files = new ManifestFiles();
    private final Set<String> tablespaces = new TreeSet<>();
    private final List<WalRange> wal = new ArrayList<>();
    private Optional<String> systemIdentifier = Optional.empty();
    private @Nullable String checksum;

    Reading(JsonParser json, Sums sums) {
      this.json = json;
      this.sums = sums;
    }

    Manifest manifest() throws IOException {
      expect(json.nextToken(), JsonToken.START_OBJECT);
      if (!"PostgreSQL-Backup-Manifest-Version".equals(json.nextFieldName())) {
        throw new IllegalArgumentException(
            "it does not begin with PostgreSQL-Backup-Manifest-Version");
      }
      expect(json.nextToken(), JsonToken.VALUE_NUMBER_INT);
      List<Integer> known = PostgresVersion.manifestVersions();
      long version = json.getLongValue();
      if (known.stream().noneMatch(each -> each == version)) {
        throw new FindingException(
            new Finding(
                Reason.VERSION_UNSUPPORTED,
                NAME
                    + " has version "
                    + version
                    + ", which this version of pgproof does not support",
                "pgproof supports versions "
                    + known.stream().map(String::valueOf).collect(Collectors.joining(" and "))
                    + ", of "
                    + PostgresVersion.knownWithManifest(),
                null));
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        field(json.currentName());
      }
      expect(json.currentToken(), JsonToken.END_OBJECT);
      if (json.nextToken() != null) {
        throw new IllegalArgumentException("data follow its end");
      }
      verify();
      wal.sort(Comparator.comparing(WalRange::start).thenComparing(WalRange::end));
      return new Manifest(
          files,
          Collections.unmodifiableSet(tablespaces),
          List.copyOf(wal),
          systemIdentifier,
          sums.whole());
    }

    private void field(String name) throws IOException {
      JsonToken value = json.nextToken();
      switch (name) {
        case "System-Identifier" -> {
          expect(value, JsonToken.VALUE_NUMBER_INT);
          systemIdentifier =
              Optional.of(Long.toUnsignedString(Long.parseUnsignedLong(json.getText())));
        }
        case "Files" -> forEach(value, this::add);
        case "WAL-Ranges" ->
            forEach(
                value,
                range ->
                    wal.add(
                        new WalRange(
                            Integer.parseUnsignedInt(requireField(range, "Timeline")),
                            Lsn.parse(requireField(range, "Start-LSN")),
                            Lsn.parse(requireField(range, "End-LSN")))));
        case CHECKSUM_FIELD -> {
          expect(value, JsonToken.VALUE_STRING);
          checksum = json.getText();
        }
        default ->
            throw new IllegalArgumentException("it has an unknown field " + FileNames.shown(name));
      }
    }

    /** Passes on the flat objects of a list one at a time, because there may be millions. */
    private void forEach(JsonToken list, Consumer<Map<String, String>> taker) throws IOException {
      expect(list, JsonToken.START_ARRAY);
      Map<String, String> object = new HashMap<>();
      while (json.nextToken() == JsonToken.START_OBJECT) {
        object.clear();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String key = json.currentName();
          JsonToken value = json.nextToken();
          if (value == null || !value.isScalarValue()) {
            throw new IllegalArgumentException(
                "its field " + FileNames.shown(key) + " is not a single value");
          }
          object.put(key, json.getText());
        }
        expect(json.currentToken(), JsonToken.END_OBJECT);
        taker.accept(object);
      }
      expect(json.currentToken(), JsonToken.END_ARRAY);
    }

    private void add(Map<String, String> file) {
      String name =
          file.containsKey("Encoded-Path")
              ? new String(
                  HexFormat.of().parseHex(file.get("Encoded-Path")), StandardCharsets.ISO_8859_1)
              : FileNames.ofUtf8(requireField(file, "Path"));
      FileChecksum algorithm =
          FileChecksum.valueOf(file.getOrDefault("Checksum-Algorithm", "NONE"));
      byte[] sum = HexFormat.of().parseHex(file.getOrDefault("Checksum", ""));
      long size = Long.parseLong(requireField(file, "Size"));
      if (size < 0 || sum.length != algorithm.length()) {
        throw new IllegalArgumentException(
            "its entry for " + FileNames.shown(name) + " is invalid");
      }
      if (!files.add(name, new Entry(size, algorithm, sum))) {
        throw new IllegalArgumentException("it lists " + FileNames.shown(name) + " twice");
      }
      if (name.startsWith(BackupPart.TABLESPACES)) {
        int slash = name.indexOf('/', BackupPart.TABLESPACES.length());
        tablespaces.add(
            name.substring(BackupPart.TABLESPACES.length(), slash < 0 ? name.length() : slash));
      }
    }

    private static String requireField(Map<String, String> object, String key) {
      String value = object.get(key);
      if (value == null) {
        throw new IllegalArgumentException("an entry lacks " + key);
      }
      return value;
    }

    /** The checksum covers all lines except the last, which holds it. */
    private void verify() {
      if (checksum == null || !sums.ended()) {
        throw new IllegalArgumentException("it does not end with its own checksum");
      }
      if (!sums.lines().equalsIgnoreCase(checksum)) {
        throw new FindingException(
            Reason.MANIFEST_MISMATCH,
            NAME + " does not match its own checksum: it was changed or truncated");
      }
    }

    private static void expect(JsonToken found, JsonToken expected) {
      if (found != expected) {
        throw new IllegalArgumentException(
            "it ends or is malformed where " + expected + " is expected");
      }
    }
  }
}
