package io.pgproof.evidence.log;

import io.pgproof.tlog.LogDamagedException;
import io.pgproof.tlog.NoteKey;
import io.pgproof.tlog.Pem;
import io.pgproof.tlog.SignedNote;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The public half of a key that signs checkpoints of the log, with its validity.
 *
 * <p>As text it is PEM that openssl reads, with lines for people and programs before it, which
 * openssl skips.
 */
record LogKey(NoteKey note, Instant validFrom, Instant validUntil) {
  /** How long a new key signs before it is replaced. */
  static final Duration VALIDITY = Duration.ofDays(730);

  private static final Pattern TEXT =
      Pattern.compile(
          "Key of the evidence log (?<log>\\S+)\nId: (?<id>[0-9a-f]{8})\nValid from: (?<from>\\S+)\n"
              + "Valid until: (?<until>\\S+)\nVerifier key: (?<verifier>\\S+)\n(?<pem>-----BEGIN PUBLIC KEY-----\n.+"
              + "-----END PUBLIC KEY-----\n)",
          Pattern.DOTALL);
  private static final Pattern SECRET =
      Pattern.compile(
          "(?<key>.+)-----BEGIN PRIVATE KEY-----\n(?<secret>.+)-----END PRIVATE KEY-----\n",
          Pattern.DOTALL);

  /** A key with its private half. */
  record Signing(LogKey key, PrivateKey secret) {
    /** Makes a key that is valid from now on. */
    static Signing create(String log, Instant now) {
      try {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Instant from = now.truncatedTo(ChronoUnit.SECONDS);
        return new Signing(
            new LogKey(new NoteKey(log, pair.getPublic()), from, from.plus(VALIDITY)),
            pair.getPrivate());
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this Java lacks Ed25519", e);
      }
    }

    String text() {
      return key.text() + Pem.of("PRIVATE KEY", secret.getEncoded());
    }

    /**
     * Reads what {@link #text} returned.
     *
     * @throws LogDamagedException when it is none, or its halves do not belong together
     */
    static Signing parse(String text) {
      Matcher parts = SECRET.matcher(text);
      if (!parts.matches()) {
        throw new LogDamagedException("not a private key with its public half");
      }
      try {
        Signing signing =
            new Signing(
                LogKey.parse(parts.group("key")),
                KeyFactory.getInstance("Ed25519")
                    .generatePrivate(
                        new PKCS8EncodedKeySpec(
                            Base64.getMimeDecoder().decode(parts.group("secret")))));
        signing.requireMatchingHalves();
        return signing;
      } catch (GeneralSecurityException | IllegalArgumentException e) {
        throw new LogDamagedException("not an Ed25519 key: " + e.getMessage());
      }
    }

    private void requireMatchingHalves() {
      SignedNote.parse(SignedNote.sign("test\n", key.note(), secret)).requireSigned(key.note());
    }
  }

  String id() {
    return note.idText();
  }

  String text() {
    return "Key of the evidence log "
        + note.name()
        + "\nId: "
        + id()
        + "\nValid from: "
        + validFrom
        + "\nValid until: "
        + validUntil
        + "\nVerifier key: "
        + note.verifierKey()
        + "\n"
        + Pem.of("PUBLIC KEY", note.key().getEncoded());
  }

  /**
   * Reads what {@link #text} returned.
   *
   * @throws LogDamagedException when it is none
   */
  static LogKey parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new LogDamagedException("not a public key of a log with its validity");
    }
    try {
      LogKey key =
          new LogKey(
              NoteKey.parse(parts.group("verifier")),
              Instant.parse(parts.group("from")),
              Instant.parse(parts.group("until")));
      if (!key.text().equals(text)) {
        throw new LogDamagedException("its lines do not fit each other");
      }
      return key;
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new LogDamagedException(String.valueOf(e.getMessage()));
    }
  }
}
