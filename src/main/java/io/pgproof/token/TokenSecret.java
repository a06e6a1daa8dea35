package io.pgproof.token;

import io.pgproof.proof.Digests;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * The secret of a token: {@code pgproof_}, 40 random letters and digits, and 6 that are computed
 * from them.
 *
 * <p>Scanners for secrets find the prefix, and tell a real secret from an example by the last 6
 * characters: the CRC-32 of the 40 characters in base 62, with leading zeros. The randomness is
 * about 238 bits, so a plain digest of it can be stored.
 */
public final class TokenSecret {
  public static final String PREFIX = "pgproof_";

  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int RANDOM_LENGTH = 40;
  private static final int CHECK_LENGTH = 6;
  private static final Pattern FORM =
      Pattern.compile(PREFIX + "[0-9A-Za-z]{" + (RANDOM_LENGTH + CHECK_LENGTH) + "}");
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String text;

  private TokenSecret(String text) {
    this.text = text;
  }

  static TokenSecret create() {
    StringBuilder random = new StringBuilder(RANDOM_LENGTH);
    for (int i = 0; i < RANDOM_LENGTH; i++) {
      random.append(DIGITS.charAt(RANDOM.nextInt(DIGITS.length())));
    }
    return new TokenSecret(PREFIX + random + check(random.toString()));
  }

  /** Reads a secret; empty for a text that cannot be one. */
  public static Optional<TokenSecret> parse(String text) {
    if (!FORM.matcher(text).matches()) {
      return Optional.empty();
    }
    int end = text.length() - CHECK_LENGTH;
    return check(text.substring(PREFIX.length(), end)).equals(text.substring(end))
        ? Optional.of(new TokenSecret(text))
        : Optional.empty();
  }

  private static String check(String random) {
    CRC32 crc = new CRC32();
    crc.update(random.getBytes(StandardCharsets.US_ASCII));
    char[] digits = new char[CHECK_LENGTH];
    long left = crc.getValue();
    for (int i = CHECK_LENGTH - 1; i >= 0; i--) {
      digits[i] = DIGITS.charAt((int) (left % DIGITS.length()));
      left /= DIGITS.length();
    }
    return new String(digits);
  }

  /** Returns the secret itself. Show it once, to the person who creates the token. */
  public String reveal() {
    return text;
  }

  /** Returns what is stored of the secret: its SHA-256 in lower-case hexadecimal digits. */
  String sha256() {
    return Digests.sha256(text);
  }

  /** Keeps the secret out of logs and messages. */
  @Override
  public String toString() {
    return PREFIX + "...";
  }
}
