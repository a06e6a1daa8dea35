package io.pgproof.backup.source;

import io.pgproof.backup.format.BackupIdentity.Label;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A backup as it lies at one moment: two of them that are equal, a while apart, tell that nobody
 * wrote to it meanwhile.
 *
 * @param label what {@code backup_label} says; empty where it cannot be read or a part is missing,
 *     which is for a verification to find
 * @param manifest whether it has {@code backup_manifest} and no part is missing
 * @param bytes of all its parts
 * @param stamps changes when a file is written, replaced or touched
 */
public record BackupSnapshot(
    Path directory, Optional<Label> label, boolean manifest, long bytes, long stamps) {

  /**
   * Tells this backup from others of its target, wherever it lies; where it says nothing of itself,
   * by its files.
   */
  public String identity() {
    return label
        .map(words -> words.startLsn() + " " + words.startTime() + " " + bytes)
        .orElse(directory + " " + stamps);
  }
}
