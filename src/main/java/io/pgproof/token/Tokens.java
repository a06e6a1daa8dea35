package io.pgproof.token;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The tokens in the database, which keeps a digest of each secret and never a secret. Evidence says
 * who created and revoked each.
 */
public final class Tokens {
  /** Maximum number of valid tokens of one user. */
  public static final int MOST_OF_ONE_USER = 50;

  /** A use is recorded only if the last one is older, so that most calls write nothing. */
  private static final Duration USE_RECORDED_EVERY = Duration.ofMinutes(1);

  private static final String ID_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz";
  private static final int ID_LENGTH = 8;
  private static final int LONGEST_ADDRESS = 64;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;
  private final EvidenceLog evidenceLog;
  private final Clock clock;

  public Tokens(DataSource database, EvidenceLog evidenceLog, Clock clock) {
    this.jdbc = new JdbcTemplate(database);
    this.transactions = new TransactionTemplate(new JdbcTransactionManager(database));
    this.evidenceLog = evidenceLog;
    this.clock = clock;
  }

  /** A token that was just created, with its secret, which cannot be read again. */
  public record Created(Token token, TokenSecret secret) {}

  /**
   * Creates a token.
   *
   * @param by who creates it; the caller has checked that the person may do this for the user
   * @throws UsageException {@code bad-option} when the request is wrong, or the user has too many
   *     valid tokens
   */
  public Created create(TokenRequest request, String by) {
    request.check();
    Instant now = now();
    if (valid(request.user(), now) >= MOST_OF_ONE_USER) {
      throw new UsageException(
          Reason.BAD_OPTION,
          request.user() + " has " + MOST_OF_ONE_USER + " valid tokens, which is the maximum",
          "revoke a token that nobody uses any more");
    }
    TokenSecret secret = TokenSecret.create();
    Token token =
        new Token(
            newId(),
            request.name(),
            request.user(),
            request.scopes(),
            new Token.Act(now, by),
            now.plus(request.lifetime()),
            Optional.empty(),
            Optional.empty());
    transactions.executeWithoutResult(transaction -> record(token, secret));
    return new Created(token, secret);
  }

  private void record(Token token, TokenSecret secret) {
    List<String> scopes = token.scopes().stream().map(Scope::word).toList();
    jdbc.update(
        "insert into pgproof_token (id, secret_sha256, name, user_id, scopes, created_at, created_by,"
            + " expires_at) values (?, ?, ?, ?, ?, ?, ?, ?)",
        token.id(),
        secret.sha256(),
        token.name(),
        token.user(),
        String.join(" ", scopes),
        time(token.created().at()),
        token.created().by(),
        time(token.expiresAt()));
    new ServerEvent.TokenCreated(token.id(), token.name(), token.user(), scopes, token.expiresAt())
        .record(evidenceLog, token.created().by());
  }

  private long valid(String user, Instant now) {
    Long count =
        jdbc.queryForObject(
            "select count(*) from pgproof_token where user_id = ? and revoked_at is null"
                + " and expires_at > ?",
            Long.class,
            user,
            time(now));
    return count == null ? 0 : count;
  }

  private static String newId() {
    StringBuilder id = new StringBuilder(ID_LENGTH);
    for (int i = 0; i < ID_LENGTH; i++) {
      id.append(ID_LETTERS.charAt(RANDOM.nextInt(ID_LETTERS.length())));
    }
    return id.toString();
  }

  /** Returns the token with this secret, valid or not; empty if there is none. */
  public Optional<Token> find(TokenSecret secret) {
    return jdbc
        .query("select * from pgproof_token where secret_sha256 = ?", Tokens::read, secret.sha256())
        .stream()
        .findFirst();
  }

  /** Returns the token with this id, valid or not; empty if there is none. */
  public Optional<Token> find(String id) {
    return jdbc.query("select * from pgproof_token where id = ?", Tokens::read, id).stream()
        .findFirst();
  }

  /** Returns all tokens, valid or not, the newest first. */
  public List<Token> all() {
    return jdbc.query("select * from pgproof_token order by created_at desc, id", Tokens::read);
  }

  /** Returns the tokens of one user, valid or not, the newest first. */
  public List<Token> of(String user) {
    return jdbc.query(
        "select * from pgproof_token where user_id = ? order by created_at desc, id",
        Tokens::read,
        user);
  }

  /**
   * Revokes a token; calls with it are refused from now on.
   *
   * @param by who revokes it; the caller has checked that the person may
   * @return the token; empty if it was revoked before, or does not exist
   */
  public Optional<Token> revoke(String id, String by) {
    return Objects.requireNonNull(transactions.execute(transaction -> revoked(id, by)));
  }

  private Optional<Token> revoked(String id, String by) {
    int changed =
        jdbc.update(
            "update pgproof_token set revoked_at = ?, revoked_by = ?"
                + " where id = ? and revoked_at is null",
            time(now()),
            by,
            id);
    Optional<Token> token = changed == 0 ? Optional.empty() : find(id);
    token.ifPresent(
        revoked ->
            new ServerEvent.TokenRevoked(revoked.id(), revoked.name(), revoked.user())
                .record(evidenceLog, by));
    return token;
  }

  /**
   * Records that a call with the token was accepted.
   *
   * @param from address of the caller
   */
  public void recordUse(Token token, String from) {
    Instant now = now();
    Optional<Instant> last = token.lastUse().map(Token.Use::at);
    if (last.isPresent()
        && Duration.between(last.get(), now).abs().compareTo(USE_RECORDED_EVERY) < 0) {
      return;
    }
    jdbc.update(
        "update pgproof_token set used_at = ?, used_from = ? where id = ?",
        time(now),
        from.substring(0, Math.min(from.length(), LONGEST_ADDRESS)),
        token.id());
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static Token read(ResultSet row, int number) throws SQLException {
    Instant usedAt = instant(row, "used_at");
    Instant revokedAt = instant(row, "revoked_at");
    return new Token(
        row.getString("id"),
        row.getString("name"),
        row.getString("user_id"),
        scopes(row.getString("scopes")),
        new Token.Act(
            row.getObject("created_at", OffsetDateTime.class).toInstant(),
            row.getString("created_by")),
        row.getObject("expires_at", OffsetDateTime.class).toInstant(),
        usedAt == null
            ? Optional.empty()
            : Optional.of(new Token.Use(usedAt, row.getString("used_from"))),
        revokedAt == null
            ? Optional.empty()
            : Optional.of(new Token.Act(revokedAt, row.getString("revoked_by"))));
  }

  private static SortedSet<Scope> scopes(String words) {
    return Arrays.stream(words.split(" "))
        .map(Scope::of)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
