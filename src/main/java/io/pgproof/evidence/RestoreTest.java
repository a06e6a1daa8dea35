package io.pgproof.evidence;

import java.util.List;

/** What the restore test of a backup does not show, whatever its result. */
public final class RestoreTest {
  /** One sentence each, which continues "It does not show". */
  public static final List<String> DOES_NOT_SHOW =
      List.of(
          "That other backups of the retention are good: each run is about one backup.",
          "That the place where the backups lie survives, or cannot be changed.",
          "That production hardware restores as fast as the machine that restored here.",
          "That applications start with the restored database, and that the keys they need are at"
              + " hand.",
          "That the data were right when they were backed up.",
          "That rows are readable which the depth of a run did not read.");

  private RestoreTest() {}
}
