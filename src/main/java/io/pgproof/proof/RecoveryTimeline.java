package io.pgproof.proof;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which timeline recovery follows, as PostgreSQL's {@code recovery_target_timeline} from version 12
 * on.
 *
 * @param name {@code latest}, {@code current}, which is the backup's own, or a number from 1 in
 *     decimal
 */
public record RecoveryTimeline(String name) {
  public static final RecoveryTimeline LATEST = new RecoveryTimeline("latest");
  public static final RecoveryTimeline CURRENT = new RecoveryTimeline("current");

  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,9}");
  private static final long MOST = 0xFFFF_FFFFL;

  /**
   * @throws IllegalArgumentException for another name
   */
  public RecoveryTimeline {
    boolean word = name.equals("latest") || name.equals("current");
    if (!word && (!NUMBER.matcher(name).matches() || Long.parseLong(name) > MOST)) {
      throw new IllegalArgumentException(name + " is no timeline");
    }
  }

  /**
   * Without a word of the user: as PostgreSQL by default, which needs an archive to find a later
   * one.
   */
  public static RecoveryTimeline standard(boolean walArchive) {
    return walArchive ? LATEST : CURRENT;
  }

  /** The number that was asked for, unsigned; empty for a word. */
  public Optional<Integer> number() {
    return NUMBER.matcher(name).matches()
        ? Optional.of(Integer.parseUnsignedInt(name))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return name;
  }
}
