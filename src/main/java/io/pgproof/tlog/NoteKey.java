package io.pgproof.tlog;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An Ed25519 key with the name under which it signs, by c2sp.org/signed-note.
 *
 * @param name the origin of the log, such as {@code pgproof.example.org/log}; without spaces and
 *     plus signs
 * @param key public half
 */
public record NoteKey(String name, PublicKey key) {
  private static final byte ED25519 = 1;
  private static final int RAW_LENGTH = 32;
  private static final int ID_LENGTH = 4;

  /** What precedes the 32 bytes of an Ed25519 key in its X.509 form (RFC 8410). */
  private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  public NoteKey {
    if (!name.matches("[^\\s\\p{Z}\\p{C}+]+")) {
      throw new IllegalArgumentException("not a name of a key: '" + name + "'");
    }
  }

  /**
   * Reads a verifier key: name, id and key, separated by plus signs.
   *
   * @throws IllegalArgumentException when it is none, or its id does not fit
   */
  public static NoteKey parse(String verifierKey) {
    String[] parts = verifierKey.strip().split("\\+", 3);
    if (parts.length != 3) {
      throw new IllegalArgumentException("not a verifier key: '" + verifierKey + "'");
    }
    byte[] typed;
    try {
      typed = StrictBase64.decode(parts[2]);
    } catch (LogDamagedException e) {
      throw new IllegalArgumentException("not a verifier key: '" + verifierKey + "'", e);
    }
    if (typed.length != 1 + RAW_LENGTH || typed[0] != ED25519) {
      throw new IllegalArgumentException("not an Ed25519 key: '" + verifierKey + "'");
    }
    ByteBuffer encoded = ByteBuffer.allocate(X509_PREFIX.length + RAW_LENGTH);
    encoded.put(X509_PREFIX).put(typed, 1, RAW_LENGTH);
    NoteKey key;
    try {
      key =
          new NoteKey(
              parts[0],
              KeyFactory.getInstance("Ed25519")
                  .generatePublic(new X509EncodedKeySpec(encoded.array())));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not an Ed25519 key: '" + verifierKey + "'", e);
    }
    if (!key.idText().equals(parts[1])) {
      throw new IllegalArgumentException("the id does not fit the key: '" + verifierKey + "'");
    }
    return key;
  }

  /** Returns the verifier key, which {@link #parse} reads. */
  public String verifierKey() {
    return name + "+" + idText() + "+" + StrictBase64.encode(typed());
  }

  /** Returns the id in hexadecimal: 8 digits. */
  public String idText() {
    return HexFormat.of().formatHex(id());
  }

  /** Returns the id: the first 4 bytes of a hash over name and key. */
  byte[] id() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((name + "\n").getBytes(StandardCharsets.UTF_8));
      return Arrays.copyOf(digest.digest(typed()), ID_LENGTH);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the type of the key and its 32 bytes. */
  private byte[] typed() {
    byte[] encoded = key.getEncoded();
    byte[] typed = Arrays.copyOfRange(encoded, encoded.length - RAW_LENGTH - 1, encoded.length);
    typed[0] = ED25519;
    return typed;
  }

  /** Returns the line that signs a text. */
  String sign(String text, PrivateKey secret) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(secret);
      signature.update(text.getBytes(StandardCharsets.UTF_8));
      byte[] signed = signature.sign();
      byte[] line = ByteBuffer.allocate(ID_LENGTH + signed.length).put(id()).put(signed).array();
      return "— " + name + " " + StrictBase64.encode(line) + "\n";
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns whether a line is this key's, by its name and its id. */
  boolean isOf(SignedNote.Line line) {
    return line.name().equals(name)
        && line.signature().length > ID_LENGTH
        && Arrays.equals(line.signature(), 0, ID_LENGTH, id(), 0, ID_LENGTH);
  }

  /** Returns whether a line of this key signs a text. */
  boolean signs(SignedNote.Line line, String text) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initVerify(key);
      signature.update(text.getBytes(StandardCharsets.UTF_8));
      return signature.verify(line.signature(), ID_LENGTH, line.signature().length - ID_LENGTH);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
