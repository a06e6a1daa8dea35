package io.pgproof.evidence.log;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.ServerEvent.EvidenceRemoved;
import io.pgproof.evidence.ServerEvent.LogExported;
import io.pgproof.tlog.LogDamagedException;
import io.pgproof.tlog.SignedNote;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An entry of the log that says which entries were removed.
 *
 * @param position of the entry that says so
 * @param event what it says
 * @param positions of the removed entries
 */
record Removal(
    long entry, long position, Instant at, String by, EvidenceRemoved event, Positions positions) {
  static final String KIND = ServerEvent.kind(EvidenceRemoved.class);
  static final String EXPORT_KIND = ServerEvent.kind(LogExported.class);

  /** Events of the server that are removed like runs; nothing of pgproof reads old ones. */
  static final List<String> SERVER_KINDS =
      Stream.of(
              ServerEvent.LoggedIn.class,
              ServerEvent.LoggedOut.class,
              ServerEvent.LogInRefused.class,
              ServerEvent.RequestRefused.class,
              ServerEvent.OnlyCounted.class)
          .map(ServerEvent::kind)
          .toList();

  /**
   * An export that the log names.
   *
   * @param position of the entry that names it
   */
  record Export(long position, LogExported event) {
    static Optional<Export> read(long position, String body) {
      try {
        LogExported event = EvidenceJson.read(body, LogExported.class);
        return event == null || event.sha256() == null
            ? Optional.empty()
            : Optional.of(new Export(position, event));
      } catch (IllegalArgumentException e) {
        // It covers nothing.
        return Optional.empty();
      }
    }
  }

  /**
   * Reads the body of an entry.
   *
   * @throws LogDamagedException when it is none of a removal
   */
  static Removal read(long entry, long position, Instant at, String by, String body) {
    try {
      EvidenceRemoved event = EvidenceJson.read(body, EvidenceRemoved.class);
      if (event == null
          || Stream.of(event.before(), event.positions(), event.exportSha256(), event.signature())
              .anyMatch(Objects::isNull)) {
        throw new IllegalArgumentException("a member is missing");
      }
      return new Removal(entry, position, at, by, event, Positions.parse(event.positions()));
    } catch (IllegalArgumentException e) {
      throw new LogDamagedException(
          "position " + position + ": the removal entry cannot be read: " + e.getMessage());
    }
  }

  /**
   * Returns the text that the log signs. It never begins like a checkpoint, which begins with the
   * name of the log.
   */
  static String text(String log, EvidenceRemoved event) {
    return "pgproof evidence removal\nlog "
        + log
        + "\nbefore "
        + event.before()
        + "\nruns "
        + event.runs()
        + "\nentries "
        + event.entries()
        + "\npositions "
        + event.positions()
        + "\nexport "
        + event.exportSha256()
        + " "
        + event.exportPositions()
        + "\n";
  }

  /**
   * Returns what is wrong with what the entry says; nothing if it names only what it may.
   *
   * @param exports those that the log names
   * @param keys of the log
   */
  List<String> problems(List<Export> exports, List<LogKey> keys) {
    List<String> problems = new ArrayList<>();
    String where = "position " + position + ": the removal entry ";
    if (keys.stream().noneMatch(this::isSignedBy)) {
      problems.add(where + "is not signed by the log");
    }
    if (positions.size() != event.entries()) {
      problems.add(
          where
              + "says "
              + event.entries()
              + " entries, and names "
              + positions.size()
              + " positions");
    }
    if (positions.last() >= event.exportPositions()) {
      problems.add(
          where + "names position " + positions.last() + ", which its export does not have");
    }
    if (exports.stream().noneMatch(this::isCoveredBy)) {
      problems.add(
          where
              + "names an export that no entry before it names: SHA-256 "
              + event.exportSha256()
              + ", "
              + event.exportPositions()
              + " positions");
    }
    return problems;
  }

  private boolean isSignedBy(LogKey key) {
    try {
      SignedNote.parse(text(key.note().name(), event) + "\n" + event.signature())
          .requireSigned(key.note());
      return true;
    } catch (LogDamagedException e) {
      return false;
    }
  }

  private boolean isCoveredBy(Export export) {
    return export.position() < position
        && event.exportSha256().equals(export.event().sha256())
        && export.event().positions() == event.exportPositions()
        // An export has no position of entries that were recorded after it.
        && export.event().positions() <= export.position();
  }
}
