package io.pgproof.evidence;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.proof.HumanFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Evidence that belongs to no run, one type for each {@link ServerEventKind}. */
public sealed interface ServerEvent {
  /** Returns one line for a person to read; it continues the name of the actor. */
  String describe();

  /** Returns the kind of the entry as it is stored in the table. */
  static String kind(Class<? extends ServerEvent> type) {
    return ServerEventKind.of(type).code();
  }

  /** Adds this to the evidence log, in the transaction of the caller. */
  default void record(EvidenceLog evidenceLog, String actor) {
    ServerEventKind kind = ServerEventKind.of(getClass());
    evidenceLog.recordServer(kind.code(), kind.schema(), actor, this);
  }

  /**
   * A person logged in.
   *
   * @param name what pages show of the person
   * @param groups the groups of the person at that time
   * @param address the network address that the log-in came from
   * @param way what proved who the person is
   * @param provider who vouched for the person; null if it was pgproof itself
   */
  record LoggedIn(
      String name,
      List<String> groups,
      String address,
      String way,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable OpenId provider)
      implements ServerEvent {
    /** A password that pgproof itself checked. */
    public static final String PASSWORD = "password";

    /** The word of an OpenID provider. */
    public static final String OPENID = "OpenID Connect";

    /** A person at an OpenID provider: the two together are unique, and never given to another. */
    public record OpenId(String issuer, String subject) {}

    public LoggedIn {
      groups = List.copyOf(groups);
    }

    @Override
    public String describe() {
      return "logged in from "
          + address
          + " with "
          + way
          + (provider == null
              ? ""
              : " (issuer " + provider.issuer() + ", subject " + provider.subject() + ")")
          + (groups.isEmpty() ? ", in no group" : ", in " + String.join(", ", groups));
    }
  }

  /** A person's session ended, other than by a pause. */
  record LoggedOut(String because) implements ServerEvent {
    public static final LoggedOut BY_PERSON = new LoggedOut("the person logged out");
    public static final LoggedOut TOO_OLD =
        new LoggedOut("the provider vouched for the person too long ago");
    public static final LoggedOut DELETED = new LoggedOut("the user has been deleted");

    @Override
    public String describe() {
      return "session ended: " + because;
    }
  }

  /**
   * Somebody could not log in.
   *
   * @param user the user who was named; null if there is no such user, because the name may be a
   *     password that was typed into the wrong field
   */
  record LogInRefused(@Nullable String user, String address, String because)
      implements ServerEvent {
    @Override
    public String describe() {
      return "refused a log-in"
          + (user == null ? "" : " as " + user)
          + " from "
          + address
          + ": "
          + because;
    }
  }

  /** A person who is logged in was refused what he asked for. */
  record RequestRefused(String request, String because) implements ServerEvent {
    @Override
    public String describe() {
      return "was refused " + request + ": " + because;
    }
  }

  /**
   * Events that came too fast for an entry each.
   *
   * @param events how many there were of each kind
   * @param since when the first of them happened
   */
  record OnlyCounted(SortedMap<String, Long> events, Instant since) implements ServerEvent {
    public OnlyCounted(Map<String, Long> events, Instant since) {
      this(new TreeMap<>(events), since);
    }

    @Override
    public String describe() {
      return "only counted, since "
          + HumanFormat.time(since)
          + ": "
          + events.entrySet().stream()
              .map(event -> event.getValue() + " " + event.getKey())
              .collect(Collectors.joining(", "));
    }
  }

  /**
   * A server began to keep the schedules.
   *
   * @param lastAlive the last sign of life of the server before it, to a minute; null if there is
   *     none
   */
  record ServerStarted(@Nullable Instant lastAlive) implements ServerEvent {
    @Override
    public String describe() {
      return "started the server"
          + (lastAlive == null
              ? ""
              : ", the last one was last alive at " + HumanFormat.time(lastAlive));
    }
  }

  /**
   * A server stopped as it should.
   *
   * @param startedAt when it had started
   */
  record ServerStopped(Instant startedAt) implements ServerEvent {
    @Override
    public String describe() {
      return "stopped the server, which had started at " + HumanFormat.time(startedAt);
    }
  }

  /**
   * Another configuration is in force.
   *
   * @param sha256 of the file, in hexadecimal
   * @param changes one line each
   */
  record ConfigurationChanged(String file, String sha256, List<String> changes)
      implements ServerEvent {
    private static final int MOST_TOLD = 5;

    public ConfigurationChanged {
      changes = List.copyOf(changes);
    }

    @Override
    public String describe() {
      int more = changes.size() - MOST_TOLD;
      return "applied the changed configuration "
          + file
          + ": "
          + String.join("; ", changes.subList(0, Math.min(changes.size(), MOST_TOLD)))
          + (more > 0 ? "; and " + more + " more" : "");
    }
  }

  /**
   * Somebody created a token for calls of the API.
   *
   * @param token id of the token; not its secret
   * @param name what the token is for
   * @param user in whose name the token acts
   */
  record TokenCreated(
      String token, String name, String user, List<String> scopes, Instant expiresAt)
      implements ServerEvent {
    public TokenCreated {
      scopes = List.copyOf(scopes);
    }

    @Override
    public String describe() {
      return "created token "
          + token
          + " ("
          + name
          + ") of "
          + user
          + " for "
          + String.join(", ", scopes)
          + ", valid until "
          + HumanFormat.time(expiresAt);
    }
  }

  /** Somebody revoked a token, see {@link TokenCreated}. */
  record TokenRevoked(String token, String name, String user) implements ServerEvent {
    @Override
    public String describe() {
      return "revoked token " + token + " (" + name + ") of " + user;
    }
  }

  /**
   * A key signs the checkpoints of the evidence log from now on.
   *
   * @param key id of the key
   * @param verifierKey its public half, by c2sp.org/signed-note
   * @param validFrom when it was created
   * @param validUntil when the next key takes its place
   * @param former id of the key before; null for the first
   */
  record LogKeyCreated(
      String key,
      String verifierKey,
      Instant validFrom,
      Instant validUntil,
      @Nullable String former,
      String because)
      implements ServerEvent {
    @Override
    public String describe() {
      return "created key "
          + key
          + " of the evidence log, valid until "
          + HumanFormat.time(validUntil)
          + (former == null ? "" : ", in place of key " + former)
          + ": "
          + because;
    }
  }

  /**
   * A key signs certificates from now on.
   *
   * @param key id of the key: the first 16 digits of {@code sha256}
   * @param sha256 of its public half in X.509 form, in hexadecimal
   * @param publicKey the public half in X.509 form, in Base64
   * @param identity who signs with it, such as {@code pgproof@db-proof-1}
   * @param validFrom when it was created
   * @param validUntil when the next key takes its place
   * @param former id of the key before; null for the first
   */
  record CertificateKeyCreated(
      String key,
      String sha256,
      String publicKey,
      String identity,
      Instant validFrom,
      Instant validUntil,
      @Nullable String former,
      String because)
      implements ServerEvent {
    @Override
    public String describe() {
      return "created key "
          + key
          + " with which "
          + identity
          + " signs certificates, valid until "
          + HumanFormat.time(validUntil)
          + (former == null ? "" : ", in place of key " + former)
          + ": "
          + because;
    }
  }

  /**
   * The evidence log on disk has entries that the database has lost. Their hashes stay in the log.
   *
   * @param from first position that the database did not have
   * @param to last position that the database did not have
   * @param lost how many of them belong to no entry of the database
   */
  record LogEntriesLost(long from, long to, long lost) implements ServerEvent {
    @Override
    public String describe() {
      return "found that the database had lost the positions "
          + from
          + " to "
          + to
          + " of the evidence log, and with them "
          + lost
          + (lost == 1 ? " entry" : " entries");
    }
  }

  /** The evidence log takes no entries, because something in it is missing or does not fit. */
  record LogDamaged(String what) implements ServerEvent {
    @Override
    public String describe() {
      return "found the evidence log damaged: " + what;
    }
  }

  /**
   * A checkpoint of the evidence log was given away, so that nobody can rewrite what it is over
   * unnoticed.
   *
   * @param way how it was given away, such as {@link #MAIL}
   * @param where who has it now
   * @param checkpoint as the log signed it
   * @param program how the program ended that got it; null for another way
   * @param timestamp what a time-stamping authority answered; null for another way
   */
  record LogAnchored(
      String way,
      String where,
      String checkpoint,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Program program,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Stamp timestamp)
      implements ServerEvent {
    /** In a mail; {@code where} is the name of the recipient. */
    public static final String MAIL = "mail";

    /** In the JSON of a web hook; {@code where} is the name of the recipient. */
    public static final String WEB_HOOK = "web-hook";

    /** To a program; {@code where} is its path. */
    public static final String COMMAND = "command";

    /** Its hash to a time-stamping authority; {@code where} is its address without the path. */
    public static final String TSA = "tsa";

    /** In a message. */
    public LogAnchored(String way, String where, String checkpoint) {
      this(way, where, checkpoint, null, null);
    }

    /**
     * What a time-stamping authority (RFC 3161) answered.
     *
     * @param time when the authority saw the hash, by its own clock
     * @param authority the subject of its certificate
     * @param serial number of the time stamp, in hexadecimal
     * @param answer the whole answer in DER, in Base64
     * @param trusted the certificates that the authority's led to, in PEM; null if that was not
     *     checked
     */
    public record Stamp(
        Instant time,
        String authority,
        String serial,
        String answer,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String trusted) {}

    /**
     * How a program ended.
     *
     * @param status its exit status
     * @param output its first lines
     * @param millis how long it ran
     */
    public record Program(int status, List<String> output, long millis) {
      public Program {
        output = List.copyOf(output);
      }
    }

    /** Returns the number of positions that the checkpoint is over; 0 if it is none. */
    public long size() {
      return checkpoint
          .lines()
          .skip(1)
          .findFirst()
          .filter(line -> line.matches("[0-9]{1,18}"))
          .map(Long::valueOf)
          .orElse(0L);
    }

    static String words(String way, String where) {
      return switch (way) {
        case MAIL -> "mail to " + where;
        case WEB_HOOK -> "web hook " + where;
        case TSA -> "time-stamping authority " + where;
        default -> where;
      };
    }

    @Override
    public String describe() {
      return "anchored the evidence log over "
          + size()
          + " positions: "
          + words(way, where)
          + (timestamp == null
              ? ""
              : " (" + timestamp.authority() + ", " + HumanFormat.time(timestamp.time()) + ")");
    }
  }

  /**
   * A checkpoint of the evidence log could not be given away. It is tried again.
   *
   * @param way as of {@link LogAnchored}
   * @param because a sentence without a full stop
   * @param program how the program ended; null if none did
   */
  record AnchorFailed(
      String way,
      String where,
      String because,
      @JsonInclude(JsonInclude.Include.NON_NULL) LogAnchored.@Nullable Program program)
      implements ServerEvent {
    @Override
    public String describe() {
      return "could not anchor the evidence log: " + LogAnchored.words(way, where) + ": " + because;
    }
  }

  /**
   * No checkpoint could be given away in this way for too long, so that what was recorded since can
   * be rewritten unnoticed.
   *
   * @param since when the log was last anchored in this way; null if it never was
   */
  record AnchorLate(String way, String where, @Nullable Instant since, String because)
      implements ServerEvent {
    @Override
    public String describe() {
      return "found the anchor of the evidence log late: "
          + LogAnchored.words(way, where)
          + ", "
          + (since == null ? "never anchored" : "last anchored at " + HumanFormat.time(since))
          + ": "
          + because;
    }
  }

  /**
   * Somebody exported the evidence log to a file, which was then read again and verified.
   *
   * @param file absolute path on this machine
   * @param sha256 of the file, in hexadecimal
   * @param bytes size of the file
   * @param positions how many positions of the log it has, from the first on
   */
  record LogExported(String file, String sha256, long bytes, long positions)
      implements ServerEvent {
    @Override
    public String describe() {
      return "exported the first "
          + positions
          + " positions of the evidence log to "
          + file
          + " (SHA-256 "
          + sha256
          + ")";
    }
  }

  /**
   * Evidence was removed after its time. The hashes of the removed entries stay in the log.
   *
   * @param before all of it was recorded before this time
   * @param runs how many runs it was about
   * @param entries how many entries there were
   * @param positions where they are in the log: ranges with both ends, such as {@code 0-41,43-43}
   * @param exportSha256 of an export that has them, see {@link LogExported}
   * @param exportPositions how many positions of the log that export has
   * @param signature of the log over all of this: the last line of a signed note
   */
  record EvidenceRemoved(
      Instant before,
      long runs,
      long entries,
      String positions,
      String exportSha256,
      long exportPositions,
      String signature)
      implements ServerEvent {
    @Override
    public String describe() {
      return "removed "
          + entries
          + (entries == 1 ? " entry" : " entries")
          + " from before "
          + HumanFormat.time(before)
          + ", of "
          + runs
          + (runs == 1 ? " run" : " runs")
          + "; an export with the SHA-256 "
          + exportSha256
          + " has them";
    }
  }

  /** Auditors are asked for reviews of the results from this day on, in UTC. */
  record ReviewsBegun(LocalDate firstDay, String schedule) implements ServerEvent {
    @Override
    public String describe() {
      return "began to ask for reviews of the results from " + firstDay + " on (" + schedule + ")";
    }
  }

  /**
   * The group was asked to review the results of a period.
   *
   * @param figures what the form showed
   */
  record ReviewOpened(DayPeriod period, String group, Figures figures) implements ServerEvent {
    /**
     * What the report said about the period when the review was opened.
     *
     * @param targets all that the report is about
     * @param proven targets that were proven at least once
     * @param runs runs with a verdict
     * @param provenRuns runs that were proven
     * @param undecidedFailures runs that were not proven, and wait for a decision
     * @param dueTimesMissed due times without a run of their own in time
     * @param longestUnprovenSeconds the longest time that a target was unproven; null without one
     * @param longestUnproven that target
     */
    public record Figures(
        int targets,
        int proven,
        int runs,
        int provenRuns,
        int undecidedFailures,
        int dueTimesMissed,
        @Nullable Long longestUnprovenSeconds,
        @Nullable String longestUnproven) {}

    @Override
    public String describe() {
      return "asked "
          + group
          + " to review the results of "
          + period
          + ": "
          + figures.proven()
          + " of "
          + figures.targets()
          + " targets proven, "
          + figures.provenRuns()
          + " of "
          + figures.runs()
          + " runs";
    }
  }

  /** The group was reminded of an open review. */
  record ReviewReminded(DayPeriod period, String group, Instant openedAt) implements ServerEvent {
    @Override
    public String describe() {
      return "reminded "
          + group
          + " of the review of "
          + period
          + ", open since "
          + HumanFormat.time(openedAt);
    }
  }

  /** Nobody decided in a review in time; it stays open. */
  record ReviewEscalated(DayPeriod period, Instant openedAt, Duration after)
      implements ServerEvent {
    @Override
    public String describe() {
      return "escalated the review of "
          + period
          + ": nobody decided within "
          + HumanFormat.duration(after);
    }
  }

  /**
   * A person decided in a review.
   *
   * @param decision {@link #SIGNED} or {@link #ACTION}
   * @param reason a remark, or what must be done; null if the person gave none
   */
  record ReviewDecided(DayPeriod period, String decision, @Nullable String reason)
      implements ServerEvent {
    /** The person has reviewed the results. */
    public static final String SIGNED = "sign";

    /** The person asks for action. */
    public static final String ACTION = "askForAction";

    @Override
    public String describe() {
      return (decision.equals(SIGNED) ? "signed the results of " : "asked for action about ")
          + period
          + (reason == null ? "" : ": " + reason);
    }
  }
}
