package io.pgproof.evidence;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.ServerEntry;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads what happened to the server from the evidence log. */
public final class ServerHistory {
  private final EvidenceLog evidenceLog;

  public ServerHistory(EvidenceLog evidenceLog) {
    this.evidenceLog = evidenceLog;
  }

  /**
   * One event, for people.
   *
   * @param kind the code of its kind
   */
  public record Line(Instant at, String actor, String kind, String what) {}

  /** Returns the latest events, newest first. */
  public List<Line> latest(int limit) {
    List<Line> lines =
        evidenceLog.latestServer(limit).stream()
            .map(
                entry ->
                    new Line(
                        entry.at(),
                        entry.actor(),
                        entry.kind(),
                        ServerEventKind.read(entry).describe()))
            .toList();
    evidenceLog.awaitDurable();
    return lines;
  }

  /** Returns the configuration that came into force last. */
  public Optional<ServerEvent.ConfigurationChanged> lastConfiguration() {
    return evidenceLog
        .lastServer(ServerEventKind.CONFIGURATION_CHANGED.code())
        .map(entry -> (ServerEvent.ConfigurationChanged) ServerEventKind.read(entry));
  }

  /** Returns the keys of the evidence log, in the order in which they were created. */
  public List<ServerEvent.LogKeyCreated> logKeys() {
    return evidenceLog.ofServer(ServerEventKind.LOG_KEY_CREATED.code()).stream()
        .map(entry -> (ServerEvent.LogKeyCreated) ServerEventKind.read(entry))
        .toList();
  }

  /**
   * The key that signs certificates, as it was recorded last.
   *
   * @param entry id of the entry
   */
  public record RecordedCertificateKey(long entry, ServerEvent.CertificateKeyCreated key) {}

  /** Returns the last recorded key that signs certificates. */
  public Optional<RecordedCertificateKey> certificateKey() {
    return evidenceLog
        .lastServer(ServerEventKind.CERTIFICATE_KEY_CREATED.code())
        .map(
            entry ->
                new RecordedCertificateKey(
                    entry.id(), (ServerEvent.CertificateKeyCreated) ServerEventKind.read(entry)));
  }

  /**
   * A damage of the evidence log as it was recorded.
   *
   * @param entry id of the entry
   */
  public record RecordedDamage(long entry, ServerEvent.LogDamaged damage) {}

  /** Returns the damage of the evidence log that was found last. */
  public Optional<RecordedDamage> lastLogDamage() {
    return evidenceLog
        .lastServer(ServerEventKind.LOG_DAMAGED.code())
        .map(
            entry ->
                new RecordedDamage(
                    entry.id(), (ServerEvent.LogDamaged) ServerEventKind.read(entry)));
  }

  /** Returns when the database was last found to have lost entries of the evidence log. */
  public Optional<Instant> lastLoss() {
    return evidenceLog.lastServer(ServerEventKind.LOG_ENTRIES_LOST.code()).map(ServerEntry::at);
  }

  /**
   * An export of the evidence log as it was recorded.
   *
   * @param entry id of the entry
   */
  public record RecordedExport(long entry, Instant at, String by, ServerEvent.LogExported export) {}

  /** Returns the last recorded export of the evidence log. */
  public Optional<RecordedExport> lastExport() {
    return evidenceLog
        .lastServer(ServerEventKind.LOG_EXPORTED.code())
        .map(
            entry ->
                new RecordedExport(
                    entry.id(),
                    entry.at(),
                    entry.actor(),
                    (ServerEvent.LogExported) ServerEventKind.read(entry)));
  }

  /** A start or a stop of the server. */
  public record StartOrStop(Instant at, ServerEvent event) {}

  /** Returns all starts and stops of the server, in the order in which they were recorded. */
  public List<StartOrStop> startsAndStops() {
    return Stream.of(ServerEventKind.SERVER_STARTED, ServerEventKind.SERVER_STOPPED)
        .flatMap(kind -> evidenceLog.ofServer(kind.code()).stream())
        .sorted(Comparator.comparingLong(ServerEntry::id))
        .map(entry -> new StartOrStop(entry.at(), ServerEventKind.read(entry)))
        .toList();
  }
}
