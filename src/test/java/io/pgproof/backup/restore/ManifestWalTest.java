package io.pgproof.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.Manifest;
import io.pgproof.backup.format.Manifest.WalRange;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestWalTest {
  @TempDir Path directory;

  /** A backup of a standby that followed its primary's promotion needs WAL of two timelines. */
  @Test
  void walRangesAreSortedByPosition() throws Exception {
    Path manifest = directory.resolve(Manifest.NAME);
    Files.writeString(
        manifest,
        CraftedBackup.signed(
            """
        { "PostgreSQL-Backup-Manifest-Version": 1,
        "Files": [
        ],
        "WAL-Ranges": [
        { "Timeline": 2, "Start-LSN": "0/A000000", "End-LSN": "1/2000000" },
        { "Timeline": 1, "Start-LSN": "0/2000028", "End-LSN": "0/A000000" }
        ],
        """));

    assertThat(Manifest.read(manifest).wal())
        .containsExactly(
            new WalRange(1, Lsn.parse("0/2000028"), Lsn.parse("0/A000000")),
            new WalRange(2, Lsn.parse("0/A000000"), Lsn.parse("1/2000000")));
  }
}
