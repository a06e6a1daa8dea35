package io.pgproof.proof;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Identifies one verification: the second of the request in UTC and four random letters or digits,
 * such as {@code 20261122-193012-k3f9}.
 *
 * <p>It is the name of a directory below {@code runs/} and part of the container's name, so no
 * other form is allowed.
 */
public record RunId(String value) {
  private static final Pattern FORM = Pattern.compile("[0-9]{8}-[0-9]{6}-[0-9a-z]{4}");
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
  private static final String LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz";
  private static final SecureRandom RANDOM = new SecureRandom();

  public RunId {
    if (!isOne(value)) {
      throw new IllegalArgumentException(value + " is not a run id such as 20261122-193012-k3f9");
    }
  }

  /** Returns whether the text is a run id; it can be {@code null}. */
  public static boolean isOne(@Nullable String value) {
    return value != null && FORM.matcher(value).matches();
  }

  /** Creates a new id for a run requested at this time. */
  public static RunId at(Instant asked) {
    StringBuilder id = new StringBuilder(SECOND.format(asked)).append('-');
    for (int i = 0; i < 4; i++) {
      id.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
    }
    return new RunId(id.toString());
  }

  @Override
  public String toString() {
    return value;
  }
}
