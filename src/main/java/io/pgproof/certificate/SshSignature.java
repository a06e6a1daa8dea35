package io.pgproof.certificate;

import io.pgproof.proof.Digests;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;

/**
 * Signatures and keys in the formats of OpenSSH: PROTOCOL.sshsig, RFC 5656 for keys and signatures
 * of ECDSA, and the allowed signers of ssh-keygen(1).
 */
final class SshSignature {
  static final String NAMESPACE = "pgproof-certificate";
  private static final String KEY_TYPE = "ecdsa-sha2-nistp256";
  private static final String CURVE = "nistp256";
  private static final String HASH = "sha512";
  private static final String MAGIC = "SSHSIG";
  private static final int VERSION = 1;
  private static final int COORDINATE = 32;
  private static final int LINE = 70;

  private SshSignature() {}

  /** Returns the signature of a file, armored, as {@code ssh-keygen -Y sign} writes it. */
  static String sign(byte[] file, CertificateKey.Signing key) {
    Wire signed = new Wire().raw(MAGIC).string(NAMESPACE).string("").string(HASH);
    signed.string(Digests.start("SHA-512").digest(file));
    byte[] blob =
        new Wire()
            .raw(MAGIC)
            .number(VERSION)
            .string(publicKey(key.key().key()))
            .string(NAMESPACE)
            .string("")
            .string(HASH)
            .string(new Wire().string(KEY_TYPE).string(ofDer(key.sign(signed.bytes()))).bytes())
            .bytes();
    String lines =
        Base64.getMimeEncoder(LINE, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(blob);
    return "-----BEGIN SSH SIGNATURE-----\n" + lines + "\n-----END SSH SIGNATURE-----\n";
  }

  /**
   * Returns the line of {@code allowed_signers} for a key. ssh-keygen reads days in the time zone
   * of its machine, so its validity there is a day wider at both ends.
   */
  static String allowedSigner(CertificateKey key) {
    return key.identity()
        + " namespaces=\""
        + NAMESPACE
        + "\",valid-after=\""
        + day(key.validFrom().minus(Duration.ofDays(1)))
        + "\",valid-before=\""
        + day(key.validUntil().plus(Duration.ofDays(2)))
        + "\" "
        + KEY_TYPE
        + " "
        + Base64.getEncoder().encodeToString(publicKey(key.key()))
        + "\n";
  }

  /** Returns the day in UTC as ssh-keygen reads it. */
  static String day(Instant at) {
    return DateTimeFormatter.ofPattern("uuuuMMdd", Locale.ROOT).withZone(ZoneOffset.UTC).format(at);
  }

  private static byte[] publicKey(ECPublicKey key) {
    ByteBuffer point = ByteBuffer.allocate(1 + 2 * COORDINATE).put((byte) 4);
    point.put(coordinate(key.getW().getAffineX())).put(coordinate(key.getW().getAffineY()));
    return new Wire().string(KEY_TYPE).string(CURVE).string(point.array()).bytes();
  }

  private static byte[] coordinate(BigInteger value) {
    byte[] bytes = value.toByteArray();
    byte[] padded = new byte[COORDINATE];
    int length = Math.min(bytes.length, COORDINATE);
    System.arraycopy(bytes, bytes.length - length, padded, COORDINATE - length, length);
    return padded;
  }

  /**
   * Returns the two numbers of a signature as SSH writes them. In DER they are two INTEGERs in a
   * SEQUENCE, each of at most 33 bytes, so each length is one byte.
   */
  private static byte[] ofDer(byte[] der) {
    int first = 4;
    int second = first + der[3] + 2;
    return new Wire()
        .string(Arrays.copyOfRange(der, first, first + der[3]))
        .string(Arrays.copyOfRange(der, second, der.length))
        .bytes();
  }

  /** Bytes in the encoding of RFC 4251. */
  private static final class Wire {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Wire raw(String text) {
      out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
      return this;
    }

    Wire number(int value) {
      out.writeBytes(ByteBuffer.allocate(4).putInt(value).array());
      return this;
    }

    Wire string(byte[] bytes) {
      number(bytes.length);
      out.writeBytes(bytes);
      return this;
    }

    Wire string(String text) {
      return string(text.getBytes(StandardCharsets.US_ASCII));
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
