package io.pgproof.backup.damage;

import java.nio.file.Path;

/** What became of the wish for a damaged copy. */
public sealed interface DamagedCopy {

  /**
   * A copy that a verification must not call proven.
   *
   * @param directory the backup to verify
   * @param damage what was changed, in words that name the file
   * @param files how many were damaged; if more than one, each is in another database
   * @param bytes that were written to the file system; blocks shared with the backup do not count
   */
  record Made(Path directory, String damage, int files, long bytes) implements DamagedCopy {}

  /**
   * This backup has no such layer, or nothing in it that can be damaged in the way that only one
   * check finds.
   *
   * @param why in words
   */
  record NotApplicable(String why) implements DamagedCopy {}
}
