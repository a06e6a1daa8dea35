package io.pgproof.backup.source;

import io.pgproof.backup.format.BackupIdentity.Label;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A backup as stored at one moment: two equal snapshots, taken some time apart, show that nobody
 * wrote to it in between.
 *
 * @param label contents of {@code backup_label}; empty when it cannot be read or a part is missing,
 *     which a verification will find
 * @param manifest whether it has {@code backup_manifest} and no part is missing
 * @param bytes of all its parts
 * @param stamps changes when a file is written, replaced or touched
 */
public record BackupSnapshot(
    Path directory, Optional<Label> label, boolean manifest, long bytes, long stamps) {

  /**
   * Returns a text that distinguishes this backup from others of its target, independent of its
   * location; without a label, the text comes from its directory and files.
   */
  public String identity() {
    return label
        .map(words -> words.startLsn() + " " + words.startTime() + " " + bytes)
        .orElse(directory + " " + stamps);
  }
}
