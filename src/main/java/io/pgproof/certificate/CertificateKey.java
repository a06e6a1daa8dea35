package io.pgproof.certificate;

import io.pgproof.proof.Digests;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.tlog.Pem;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The public half of a key that signs certificates: ECDSA on the curve P-256.
 *
 * <p>As text it is PEM that openssl reads, with lines for people and programs before it, which
 * openssl skips.
 *
 * @param identity who signs, such as {@code pgproof@db-proof-1}; without spaces
 */
record CertificateKey(String identity, ECPublicKey key, Instant validFrom, Instant validUntil) {
  /** How long a new key signs before it is replaced. */
  static final Duration VALIDITY = Duration.ofDays(730);

  private static final Pattern TEXT =
      Pattern.compile(
          """
          Key with which (?<identity>\\S+) signs certificates
          Id: (?<id>[0-9a-f]{16})
          Valid from: (?<from>\\S+)
          Valid until: (?<until>\\S+)
          -----BEGIN PUBLIC KEY-----
          (?<key>[A-Za-z0-9+/=\n]+)-----END PUBLIC KEY-----
          """);
  private static final Pattern SECRET =
      Pattern.compile(
          "(?<key>.+)-----BEGIN PRIVATE KEY-----\n(?<secret>.+)-----END PRIVATE KEY-----\n",
          Pattern.DOTALL);

  /** A key with its private half. */
  record Signing(CertificateKey key, PrivateKey secret) {
    /** Makes a key that is valid from now on. */
    static Signing create(String identity, Instant now) {
      try {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        Instant from = now.truncatedTo(ChronoUnit.SECONDS);
        return new Signing(
            new CertificateKey(identity, (ECPublicKey) pair.getPublic(), from, from.plus(VALIDITY)),
            pair.getPrivate());
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this Java lacks ECDSA on P-256", e);
      }
    }

    /** Returns the signature of the bytes: ECDSA over SHA-256, in DER. */
    byte[] sign(byte[] bytes) {
      try {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(secret);
        signature.update(bytes);
        return signature.sign();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }

    String text() {
      return key.text() + Pem.of("PRIVATE KEY", secret.getEncoded());
    }

    /**
     * Reads what {@link #text} returned.
     *
     * @param where names its place in the message
     */
    static Signing parse(String text, String where) {
      Matcher parts = SECRET.matcher(text);
      if (!parts.matches()) {
        throw damaged(where, "not a private key with its public half");
      }
      try {
        Signing signing =
            new Signing(
                CertificateKey.parse(parts.group("key"), where),
                KeyFactory.getInstance("EC")
                    .generatePrivate(
                        new PKCS8EncodedKeySpec(
                            Base64.getMimeDecoder().decode(parts.group("secret")))));
        byte[] test = {1};
        if (!signing.key().verifies(test, signing.sign(test))) {
          throw damaged(where, "its halves do not belong together");
        }
        return signing;
      } catch (GeneralSecurityException | IllegalArgumentException e) {
        throw damaged(where, String.valueOf(e.getMessage()));
      }
    }
  }

  /** Returns the SHA-256 of the key in X.509 form, in hexadecimal. */
  String sha256() {
    return Digests.sha256(key.getEncoded());
  }

  /** Returns the first 16 digits of {@link #sha256}. */
  String id() {
    return sha256().substring(0, 16);
  }

  private boolean verifies(byte[] bytes, byte[] signed) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initVerify(key);
    signature.update(bytes);
    return signature.verify(signed);
  }

  String text() {
    return "Key with which "
        + identity
        + " signs certificates\nId: "
        + id()
        + "\nValid from: "
        + validFrom
        + "\nValid until: "
        + validUntil
        + "\n"
        + Pem.of("PUBLIC KEY", key.getEncoded());
  }

  private static CertificateKey parse(String text, String where) throws GeneralSecurityException {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw damaged(where, "not a public key with its validity");
    }
    try {
      CertificateKey key =
          new CertificateKey(
              parts.group("identity"),
              (ECPublicKey)
                  KeyFactory.getInstance("EC")
                      .generatePublic(
                          new X509EncodedKeySpec(
                              Base64.getMimeDecoder().decode(parts.group("key")))),
              Instant.parse(parts.group("from")),
              Instant.parse(parts.group("until")));
      if (!key.text().equals(text)) {
        throw damaged(where, "its lines do not fit each other");
      }
      return key;
    } catch (DateTimeException e) {
      throw damaged(where, String.valueOf(e.getMessage()));
    }
  }

  private static FindingException damaged(String where, String why) {
    return new FindingException(
        new Finding(
            Reason.ENVIRONMENT,
            where + " is damaged: " + why,
            "move it to another place and keep it; pgproof then signs with a new key",
            null));
  }
}
