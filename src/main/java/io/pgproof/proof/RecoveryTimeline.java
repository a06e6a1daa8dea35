package io.pgproof.proof;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The timeline that recovery follows, as in PostgreSQL's {@code recovery_target_timeline} from
 * version 12 on.
 *
 * @param name {@code latest}, {@code current} (the backup's own timeline), or a decimal number from
 *     1 on
 */
public record RecoveryTimeline(String name) {
  public static final RecoveryTimeline LATEST = new RecoveryTimeline("latest");
  public static final RecoveryTimeline CURRENT = new RecoveryTimeline("current");

  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,9}");
  private static final long MOST = 0xFFFF_FFFFL;

  /**
   * @throws IllegalArgumentException for any other name
   */
  public RecoveryTimeline {
    boolean word = name.equals("latest") || name.equals("current");
    if (!word && (!NUMBER.matcher(name).matches() || Long.parseLong(name) > MOST)) {
      throw new IllegalArgumentException(name + " is not a timeline");
    }
  }

  /**
   * Returns the timeline for a request that names none. With an archive it is PostgreSQL's default,
   * the latest; without one it is the backup's own, because PostgreSQL finds a later timeline only
   * in an archive.
   */
  public static RecoveryTimeline standard(boolean walArchive) {
    return walArchive ? LATEST : CURRENT;
  }

  /** Returns the requested number, unsigned; empty if the name is a word. */
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
