package io.pgproof.evidence;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.audit.ServerEntry;
import java.util.Arrays;

/**
 * The kinds of events that belong to no run. The rules are those of {@link EvidenceKind}, and no
 * code is in both.
 */
enum ServerEventKind {
  LOGGED_IN("LoggedIn", 1, ServerEvent.LoggedIn.class),
  LOGGED_OUT("LoggedOut", 1, ServerEvent.LoggedOut.class),
  LOG_IN_REFUSED("LogInRefused", 1, ServerEvent.LogInRefused.class),
  REQUEST_REFUSED("RequestRefused", 1, ServerEvent.RequestRefused.class),
  ONLY_COUNTED("OnlyCounted", 1, ServerEvent.OnlyCounted.class),
  CONFIGURATION_CHANGED("ConfigurationChanged", 1, ServerEvent.ConfigurationChanged.class),
  SERVER_STARTED("ServerStarted", 1, ServerEvent.ServerStarted.class),
  SERVER_STOPPED("ServerStopped", 1, ServerEvent.ServerStopped.class),
  TOKEN_CREATED("TokenCreated", 1, ServerEvent.TokenCreated.class),
  TOKEN_REVOKED("TokenRevoked", 1, ServerEvent.TokenRevoked.class),
  LOG_KEY_CREATED("LogKeyCreated", 1, ServerEvent.LogKeyCreated.class),
  CERTIFICATE_KEY_CREATED("CertificateKeyCreated", 1, ServerEvent.CertificateKeyCreated.class),
  LOG_ENTRIES_LOST("LogEntriesLost", 1, ServerEvent.LogEntriesLost.class),
  LOG_DAMAGED("LogDamaged", 1, ServerEvent.LogDamaged.class),
  LOG_ANCHORED("LogAnchored", 1, ServerEvent.LogAnchored.class),
  ANCHOR_FAILED("AnchorFailed", 1, ServerEvent.AnchorFailed.class),
  ANCHOR_LATE("AnchorLate", 1, ServerEvent.AnchorLate.class),
  LOG_EXPORTED("LogExported", 1, ServerEvent.LogExported.class),
  EVIDENCE_REMOVED("EvidenceRemoved", 1, ServerEvent.EvidenceRemoved.class),
  REVIEWS_BEGUN("ReviewsBegun", 1, ServerEvent.ReviewsBegun.class),
  REVIEW_OPENED("ReviewOpened", 1, ServerEvent.ReviewOpened.class),
  REVIEW_REMINDED("ReviewReminded", 1, ServerEvent.ReviewReminded.class),
  REVIEW_ESCALATED("ReviewEscalated", 1, ServerEvent.ReviewEscalated.class),
  REVIEW_DECIDED("ReviewDecided", 1, ServerEvent.ReviewDecided.class);

  private final String code;
  private final int schema;
  private final Class<? extends ServerEvent> type;

  ServerEventKind(String code, int schema, Class<? extends ServerEvent> type) {
    this.code = code;
    this.schema = schema;
    this.type = type;
  }

  String code() {
    return code;
  }

  int schema() {
    return schema;
  }

  Class<? extends ServerEvent> type() {
    return type;
  }

  static ServerEventKind of(Class<? extends ServerEvent> type) {
    return Arrays.stream(values())
        .filter(kind -> kind.type == type)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(type + " is not a kind of event"));
  }

  /**
   * Reads the body of an entry.
   *
   * @throws IllegalStateException for an entry that this version cannot read
   */
  static ServerEvent read(ServerEntry entry) {
    return Arrays.stream(values())
        .filter(kind -> kind.code.equals(entry.kind()) && entry.schema() <= kind.schema)
        .findFirst()
        .map(kind -> EvidenceJson.read(entry.body(), kind.type))
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "entry "
                        + entry.id()
                        + " has the unknown kind "
                        + entry.kind()
                        + " with schema "
                        + entry.schema()
                        + "\nHINT: a later version of pgproof wrote it; start that version"));
  }
}
