package io.pgproof.backup.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.archive.ExpectedFinding;
import io.pgproof.backup.restore.Backups;
import io.pgproof.backup.restore.CraftedBackup;
import io.pgproof.proof.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncrementalChainTest {
  @TempDir Path directory;

  @Test
  void chainsOfTwoClustersAreToldApartAtTheSamePosition() throws Exception {
    ofOtherCluster(full("a-full")).write();
    CraftedBackup full = full("b-full").write();
    CraftedBackup newest = incremental("b-newest").write();

    assertThat(ancestors(newest.directory)).containsExactly(full.directory);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFullBackupOfAnotherClusterIsNotAnAncestor(boolean plain) throws Exception {
    CraftedBackup other = ofOtherCluster(full("full"));
    if (plain) {
      other.files.put("global/pg_control", CraftedBackup.resource("control/14"));
      other.writePlain();
    } else {
      other.write();
    }
    CraftedBackup newest = incremental("newest").write();

    ExpectedFinding.expect(
        Reason.BACKUP_INCOMPLETE,
        "no backup beside it starts there and belongs to the cluster",
        () -> ancestors(newest.directory));
  }

  @Test
  void aBackupOfAnotherTimelineIsNotAnAncestor() throws Exception {
    label(full("a-full"), "START TIMELINE: 1", "START TIMELINE: 2").write();
    ExpectedFinding.expect(
        Reason.BACKUP_INCOMPLETE,
        "no backup beside it starts there",
        () -> ancestors(incremental("newest").write().directory));

    CraftedBackup full = full("b-full").write();
    assertThat(ancestors(directory.resolve("newest"))).containsExactly(full.directory);
  }

  @Test
  void ancestorsAreFoundBesideTheTargetOfALink() throws Exception {
    CraftedBackup full = full("full").write();
    CraftedBackup newest = incremental("newest").write();
    Path link = Files.createDirectory(directory.resolve("elsewhere")).resolve("latest");
    Files.createSymbolicLink(link, newest.directory);

    assertThat(ancestors(link)).containsExactly(full.directory);
  }

  @Test
  void aDirectoryOfLinksIsAChain() throws Exception {
    CraftedBackup full = full("monday/backup").write();
    CraftedBackup newest = incremental("tuesday/backup").write();
    Path links = Files.createDirectory(directory.resolve("links"));
    Files.createSymbolicLink(links.resolve("1"), full.directory);
    Files.createSymbolicLink(links.resolve("2"), newest.directory);

    assertThat(ancestors(links.resolve("2"))).containsExactly(links.resolve("1"));
  }

  @Test
  void thePositionDecidesIfTheClusterIsUnknown() throws Exception {
    CraftedBackup full = full("full");
    full.wal.clear();
    full.write();

    assertThat(ancestors(incremental("newest").write().directory)).containsExactly(full.directory);
  }

  private static List<Path> ancestors(Path newest) throws Exception {
    Backup backup = Backups.find(newest);
    return IncrementalChain.ancestors(backup, new Inspection(backup, Optional.empty()).label())
        .stream()
        .map(Backup::directory)
        .toList();
  }

  private CraftedBackup full(String name) {
    return new CraftedBackup(directory.resolve(name));
  }

  private CraftedBackup incremental(String name) {
    CraftedBackup backup =
        label(
            full(name),
            "START WAL LOCATION: 0/1000028 (file 000000010000000000000001)",
            "START WAL LOCATION: 0/3000028 (file 000000010000000000000003)");
    return label(
        backup,
        "LABEL: nightly",
        "LABEL: nightly\nINCREMENTAL FROM LSN: 0/1000028\nINCREMENTAL FROM TLI: 1");
  }

  private static CraftedBackup label(CraftedBackup backup, String from, String to) {
    String label = new String(backup.files.get("backup_label"), StandardCharsets.UTF_8);
    backup.files.put("backup_label", CraftedBackup.utf8(label.replace(from, to)));
    return backup;
  }

  private static CraftedBackup ofOtherCluster(CraftedBackup backup) {
    backup.wal.get(CraftedBackup.SEGMENT)[24] ^= 1;
    return backup;
  }
}
