package io.pgproof.evidence.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgproof.audit.EvidenceJson;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.log.LogTable.Row;
import io.pgproof.evidence.log.LogTable.StoredCheckpoint;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.tlog.LogDamagedException;
import io.pgproof.tlog.MerkleTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The log as a file that is verified without the database: lines of JSON. The first line names the
 * format and the keys; then each position has the line of its entry, or the leaf of an entry that
 * is lost or was removed, and each checkpoint follows the last position that it is over.
 */
public final class LogExport {
  private static final int FORMAT = 1;
  private static final int BATCH = 1_000;
  private static final String FORMAT_MEMBER = "pgproofEvidenceLog";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ENTRY = "{\"v\":";
  private static final String CHECKPOINT = "{\"checkpoint\":";
  private static final String ANCHORED = ServerEvent.kind(ServerEvent.LogAnchored.class);
  private static final String LOST = "{\"lost\":";
  private static final String REMOVED = "{\"removed\":";
  private static final String KIND = "\"kind\":\"";

  private final LogTable table;
  private final LogDirectory directory;

  public LogExport(DataSource database, Path directory) {
    this.table = new LogTable(database);
    this.directory = new LogDirectory(directory);
  }

  /** Gets lines of the export, without newlines. */
  @FunctionalInterface
  public interface Sink {
    void write(List<String> lines) throws IOException;
  }

  private record Header(int pgproofEvidenceLog, long positions, List<String> keys) {}

  /**
   * Writes the export; the first call of the sink has the first line only.
   *
   * @return number of positions
   * @throws LogDamagedException when a public key of the log is damaged, or an entry is missing
   * @throws FindingException when evidence was removed meanwhile, by an entry that the export does
   *     not have
   */
  public long write(Sink sink) throws IOException {
    long size = table.lastCheckpoint().map(StoredCheckpoint::size).orElse(0L);
    List<String> keys = new ArrayList<>();
    if (directory.exists()) {
      directory.publicKeys().forEach(key -> keys.add(key.text()));
    }
    sink.write(List.of(EvidenceJson.write(new Header(FORMAT, size, keys))));
    Deque<StoredCheckpoint> checkpoints = new ArrayDeque<>();
    Positions named = new Positions();
    long next = 0;
    while (next < size) {
      List<String> lines = new ArrayList<>();
      for (Row row : table.rows(next, size, BATCH)) {
        lines.add(line(row, next, size, named));
        next++;
        if (checkpoints.isEmpty()) {
          checkpoints.addAll(table.checkpoints(next - 1, BATCH));
        }
        StoredCheckpoint checkpoint = checkpoints.peek();
        if (checkpoint != null && checkpoint.size() == next) {
          checkpoints.remove();
          lines.add(EvidenceJson.write(Map.of("checkpoint", checkpoint.note())));
        }
      }
      if (lines.isEmpty()) {
        throw new LogDamagedException("position " + next + " was removed from pgproof_log");
      }
      sink.write(lines);
    }
    return size;
  }

  private String line(Row row, long expected, long size, Positions named) {
    if (row.position() != expected) {
      throw new LogDamagedException("position " + expected + " was removed from pgproof_log");
    }
    if (row.entry() == null) {
      return EvidenceJson.write(Map.of("lost", HexFormat.of().formatHex(row.leaf())));
    }
    if (row.stored() == null && isNamed(expected, size, named)) {
      return EvidenceJson.write(Map.of("removed", HexFormat.of().formatHex(row.leaf())));
    }
    if (row.stored() == null) {
      throw new LogDamagedException(
          "position " + expected + ": entry " + row.entry() + " was removed from pgproof_evidence");
    }
    return row.stored().line(row.version());
  }

  /**
   * Returns whether a removal names a position.
   *
   * @param size of the export
   * @param named those that removals in the export name, once they were looked for
   */
  private boolean isNamed(long position, long size, Positions named) {
    if (named.contains(position)) {
      return true;
    }
    boolean later = false;
    for (Removal removal : table.removals(unreadable -> {})) {
      if (removal.position() < size) {
        named.addAll(removal.positions());
      } else {
        later |= removal.positions().contains(position);
      }
    }
    if (!named.contains(position) && later) {
      throw new FindingException(
          new Finding(
              Reason.ENVIRONMENT,
              "evidence was removed while the log was exported, and the export does not have the entry that says so",
              "export again",
              null));
    }
    return named.contains(position);
  }

  /** Adds what an entry says about removals. */
  private static void readRemoval(String line, long number, AuditFindings findings) {
    if (!line.contains(KIND + Removal.KIND) && !line.contains(KIND + Removal.EXPORT_KIND)) {
      return;
    }
    JsonNode entry = json(line, number);
    long position = findings.size();
    if (!entry.path("run").isNull()) {
      return;
    }
    if (entry.path("kind").asText().equals(Removal.KIND)) {
      Instant at = time(entry, number);
      try {
        findings.removal(
            Removal.read(
                entry.path("id").asLong(),
                position,
                at,
                entry.path("actor").asText(),
                entry.path("body").toString()));
      } catch (LogDamagedException e) {
        findings.problem(String.valueOf(e.getMessage()));
      }
    } else if (entry.path("kind").asText().equals(Removal.EXPORT_KIND)) {
      Removal.Export.read(position, entry.path("body").toString()).ifPresent(findings::export);
    }
  }

  /**
   * Verifies an export: its leaves, and each checkpoint in it.
   *
   * @param pinned texts of the public keys of which one must have signed each checkpoint; none to
   *     believe the keys that the export names
   * @param kept a signed checkpoint that somebody kept elsewhere; null for none
   */
  public static LogAudit verify(Path file, List<String> pinned, @Nullable String kept)
      throws IOException {
    AuditFindings findings = new AuditFindings();
    AnchorClaims claims = new AnchorClaims(findings);
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      List<LogKey> keys = new ArrayList<>();
      long positions = header(lines.readLine(), keys);
      if (!pinned.isEmpty()) {
        keys = pinned.stream().map(LogKey::parse).toList();
      }
      findings.keys(keys);
      addAnchors(file, claims);
      @Nullable Long keptSize =
          kept == null
              ? null
              : Long.valueOf(
                  LogDirectory.verified(kept, keys, "the checkpoint that was kept").size());
      boolean signed = false;
      boolean keptFound = false;
      long number = 1;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (line.startsWith(ENTRY)) {
          readRemoval(line, number, findings);
          findings.leaf(MerkleTree.leaf(line.getBytes(StandardCharsets.UTF_8)));
          signed = false;
        } else if (line.startsWith(LOST)) {
          findings.lost(hash(line, "lost", number));
          signed = false;
        } else if (line.startsWith(REMOVED)) {
          findings.removed(hash(line, "removed", number));
          signed = false;
        } else if (line.startsWith(CHECKPOINT)) {
          findings.checkpoint(
              member(line, "checkpoint", number),
              "line " + number + ": the checkpoint over " + findings.size() + " positions");
          signed = true;
        } else {
          throw new LogDamagedException("line " + number + " is no line of an export");
        }
        claims.compare();
        if (keptSize != null && !keptFound && keptSize == findings.size() && kept != null) {
          keptFound = true;
          findings.checkpoint(kept, "the checkpoint that was kept");
        }
      }
      claims.end();
      if (findings.size() != positions) {
        findings.problem(
            "the export has "
                + findings.size()
                + " positions, and its first line says "
                + positions);
      }
      if (!signed && findings.size() > 0) {
        findings.problem(
            "no checkpoint is over the last positions: the end of the export is missing");
      }
      if (keptSize != null && !keptFound) {
        findings.problem(
            "the checkpoint that was kept is over "
                + keptSize
                + " positions, and the export has "
                + findings.size());
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (IllegalArgumentException e) {
      throw new LogDamagedException(String.valueOf(e.getMessage()));
    }
    return findings.audit(0, claims.lines());
  }

  /** Reads the file before it is verified, because an anchor is over entries before it. */
  private static void addAnchors(Path file, AnchorClaims claims) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      long position = 0;
      long number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (line.startsWith(ENTRY) && line.contains(KIND + ANCHORED)) {
          JsonNode entry = json(line, number);
          if (entry.path("kind").asText().equals(ANCHORED)) {
            claims.add(position, time(entry, number), entry.path("body").toString());
          }
        }
        position +=
            line.startsWith(ENTRY) || line.startsWith(LOST) || line.startsWith(REMOVED) ? 1 : 0;
      }
    }
  }

  private static long header(@Nullable String line, List<LogKey> keys) {
    JsonNode header = json(line == null ? "" : line, 1);
    if (header.path(FORMAT_MEMBER).asInt() != FORMAT
        || !header.path("positions").canConvertToLong()) {
      throw new LogDamagedException(
          "line 1 is not the first line of an export of the evidence log, format " + FORMAT);
    }
    header.path("keys").forEach(key -> keys.add(LogKey.parse(key.asText())));
    return header.path("positions").asLong();
  }

  private static String member(String line, String name, long number) {
    JsonNode value = json(line, number).path(name);
    if (!value.isTextual()) {
      throw new LogDamagedException("line " + number + " is no line of an export");
    }
    return value.asText();
  }

  private static byte[] hash(String line, String name, long number) {
    String text = member(line, name, number);
    if (!text.matches("[0-9a-f]{64}")) {
      throw new LogDamagedException("line " + number + " has no SHA-256 in '" + name + "'");
    }
    return HexFormat.of().parseHex(text);
  }

  private static Instant time(JsonNode entry, long number) {
    String text = entry.path("at").asText();
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new LogDamagedException("line " + number + " has no time in 'at': '" + text + "'");
    }
  }

  private static JsonNode json(String line, long number) {
    try {
      JsonNode node = JSON.readTree(line);
      if (node != null && node.isObject()) {
        return node;
      }
    } catch (JsonProcessingException e) {
      // Told below.
    }
    throw new LogDamagedException("line " + number + " is no line of an export");
  }
}
