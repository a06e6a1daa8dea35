package io.pgproof.evidence.log;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.evidence.ServerEvent.LogAnchored;
import io.pgproof.proof.HumanFormat;
import io.pgproof.timestamp.Authorities;
import io.pgproof.timestamp.Timestamp;
import io.pgproof.timestamp.TimestampException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints that were given away, as entries of the log and files on the disk name them. The
 * leaves must be those that were anchored, and each time stamp must be one of its checkpoint.
 */
final class AnchorClaims {
  /** Clocks that differ by more are worth a word. */
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(10);

  private final AuditFindings findings;

  /** By the number of positions: checkpoints, each with what names it first. */
  private final TreeMap<Long, Map<String, String>> checkpoints = new TreeMap<>();

  /** By way and place: the last anchor in words. */
  private final Map<String, String> last = new LinkedHashMap<>();

  AnchorClaims(AuditFindings findings) {
    this.findings = findings;
  }

  /**
   * Adds an entry of the log.
   *
   * @param position of the entry
   * @param at when it was recorded
   * @param body JSON of a {@link LogAnchored}
   */
  void add(long position, Instant at, String body) {
    Optional<LogAnchored> read = read(body);
    if (read.isEmpty()) {
      findings.problem("position " + position + ": the entry about an anchor cannot be read");
      return;
    }
    LogAnchored anchored = read.get();
    LogAnchored.Stamp stamp = anchored.timestamp();
    Instant time = stamp == null ? at : stamp.time();
    String where = "position " + position + ": the anchor of " + HumanFormat.time(time);
    addCheckpoint(anchored.checkpoint(), where + ", with " + anchored.where());
    if (stamp != null) {
      checkStamp(stamp, anchored.checkpoint(), where);
    }
    String key = anchored.way() + " " + anchored.where();
    last.remove(key);
    last.put(
        key,
        "last anchored over "
            + anchored.size()
            + " positions at "
            + HumanFormat.time(time)
            + ": "
            + anchored.way()
            + " "
            + anchored.where()
            + (stamp == null ? "" : " (" + stamp.authority() + ")")
            + (Duration.between(at, time).abs().compareTo(CLOCKS_DIFFER) > 0
                ? ", when the clock of pgproof said " + HumanFormat.time(at)
                : ""));
  }

  /** Returns what an entry says; empty if something is missing in it. */
  private static Optional<LogAnchored> read(String body) {
    try {
      LogAnchored anchored = EvidenceJson.read(body, LogAnchored.class);
      if (anchored == null || anchored.checkpoint() == null) {
        return Optional.empty();
      }
      LogAnchored.Stamp stamp = anchored.timestamp();
      return stamp != null && (stamp.time() == null || stamp.answer() == null)
          ? Optional.empty()
          : Optional.of(anchored);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Adds the time stamps in a directory.
   *
   * @param directory need not exist
   */
  void addFiles(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    List<Path> kept;
    try (Stream<Path> all = Files.list(directory)) {
      kept = all.filter(Files::isDirectory).sorted().toList();
    }
    for (Path each : kept) {
      Path answer = each.resolve("checkpoint.tsr");
      // It is written last; without it, a crash came between.
      if (Files.exists(answer)) {
        addFile(each, Files.readAllBytes(answer));
      }
    }
  }

  private void addFile(Path kept, byte[] answer) throws IOException {
    Path trusted = kept.resolve("tsa.pem");
    if (!Files.exists(kept.resolve("checkpoint"))) {
      findings.problem(kept.resolve("checkpoint") + " is missing");
      return;
    }
    String checkpoint =
        new String(Files.readAllBytes(kept.resolve("checkpoint")), StandardCharsets.UTF_8);
    checkStamp(
        answer,
        checkpoint,
        Files.exists(trusted)
            ? new String(Files.readAllBytes(trusted), StandardCharsets.UTF_8)
            : null,
        kept.toString());
    addCheckpoint(checkpoint, kept.toString());
  }

  private void addCheckpoint(String checkpoint, String where) {
    long size = new LogAnchored(LogAnchored.TSA, "", checkpoint).size();
    if (size == 0) {
      findings.problem(where + " has a text that is no checkpoint");
      return;
    }
    checkpoints.computeIfAbsent(size, any -> new LinkedHashMap<>()).putIfAbsent(checkpoint, where);
  }

  private void checkStamp(LogAnchored.Stamp stamp, String checkpoint, String where) {
    byte[] answer;
    try {
      answer = Base64.getDecoder().decode(stamp.answer());
    } catch (IllegalArgumentException e) {
      findings.problem(where + " has a time stamp that is not Base64: " + e.getMessage());
      return;
    }
    checkStamp(answer, checkpoint, stamp.trusted(), where);
  }

  private void checkStamp(
      byte[] answer, String checkpoint, @Nullable String trusted, String where) {
    try {
      Timestamp.read(
          answer,
          checkpoint.getBytes(StandardCharsets.UTF_8),
          trusted == null ? Authorities.ANY : Authorities.of(trusted));
    } catch (TimestampException e) {
      findings.problem(
          where + ": the time stamp of its checkpoint could not be verified: " + e.getMessage());
    }
  }

  /** Compares the checkpoints over all leaves so far with them. */
  void compare() {
    Map<String, String> here = checkpoints.remove(findings.size());
    if (here != null) {
      here.forEach(findings::anchor);
    }
  }

  /** Tells of checkpoints over more leaves than there are. */
  void end() {
    checkpoints.forEach(
        (size, claims) ->
            claims
                .values()
                .forEach(
                    where ->
                        findings.problem(
                            where
                                + " is over "
                                + size
                                + " positions, and the log has "
                                + findings.size()
                                + ": its newest entries were removed, or an older database was restored")));
  }

  /** Returns when the log was last anchored in each way, one line each, the latest last. */
  List<String> lines() {
    return new ArrayList<>(last.values());
  }
}
