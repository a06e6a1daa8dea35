package io.pgproof.workflow.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgproof.evidence.Evidence;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.target.Plan;
import io.pgproof.target.Settings;
import io.pgproof.target.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class BackupWatcherTest {
  @TempDir Path place;

  private final NightOnEngine night = new NightOnEngine();
  private BackupWatcher watch = night.watch;

  @BeforeEach
  void watched() {
    night.configure(1, target("shop", place));
  }

  @AfterEach
  void close() {
    night.close();
  }

  @Test
  void aNewBackupIsVerifiedWhenItIsTheSameTwice() throws Exception {
    look();
    backup("monday", "2026-03-01 00:10:00 UTC", true);
    look();
    assertThat(night.runs()).isEmpty();
    look();
    assertThat(night.runs()).hasSize(1);
    assertThat(night.told(night.runs().get(0)))
        .containsExactly(
            "requested verification of " + place, "found a new backup: " + place.resolve("monday"));
    assertThat(night.trail.of(night.runs().get(0)).get(0).actor()).isEqualTo("watch");
    look();
    assertThat(night.runs()).hasSize(1);
  }

  @Test
  void aDamagedNewBackupIsVerifiedInsteadOfAnOlderOne() throws Exception {
    backup("monday", "2026-03-01 00:10:00 UTC", true);
    backup("tuesday", "some time", true);
    look();
    look();
    assertThat(night.runs()).hasSize(1);
    assertThat(night.told(night.runs().get(0)))
        .contains("found a new backup: " + place.resolve("tuesday"));
  }

  @Test
  void aBackupWithAMissingPartIsVerifiedAfterAWait() throws Exception {
    backup("monday", "2026-03-01 00:10:00 UTC", true);
    Files.createDirectory(place.resolve("monday/pg_tblspc"));
    Files.createSymbolicLink(place.resolve("monday/pg_tblspc/16385"), Path.of("/no/such/space"));
    for (int looks = 1; looks < 10; looks++) {
      look();
    }
    assertThat(night.runs()).isEmpty();
    look();
    assertThat(night.runs()).hasSize(1);
  }

  @Test
  void aGrowingBackupIsWaitedFor() throws Exception {
    backup("monday", "2026-03-01 00:10:00 UTC", true);
    look();
    Files.writeString(place.resolve("monday/16384"), "more");
    look();
    Files.writeString(place.resolve("monday/16384"), "more and more");
    look();
    assertThat(night.runs()).isEmpty();
    look();
    assertThat(night.runs()).hasSize(1);
  }

  @Test
  void aBackupWithoutAManifestIsWaitedForLonger() throws Exception {
    backup("monday", "2026-03-01 00:10:00 UTC", false);
    for (int looks = 1; looks < 10; looks++) {
      look();
    }
    assertThat(night.runs()).isEmpty();
    look();
    assertThat(night.runs()).hasSize(1);
  }

  @Test
  void theNextBackupWaitsForTheVerdictOfTheRunBefore() throws Exception {
    backup("monday", "2026-03-01 00:10:00 UTC", true);
    look();
    look();
    RunId first = night.runs().get(0);
    backup("tuesday", "2026-03-01 00:20:00 UTC", true);
    look();
    look();
    look();
    assertThat(night.runs()).containsExactly(first);
    night.workOn(first);
    night.prove(first);
    look();
    assertThat(night.runs()).hasSize(2);
    assertThat(night.told(night.runs().get(1)))
        .contains("found a new backup: " + place.resolve("tuesday"));
  }

  @Test
  void aVerifiedBackupIsNotVerifiedAgainAfterARestart() throws Exception {
    backup("monday", "2026-03-01 00:10:00 UTC", true);
    look();
    look();
    RunId first = night.runs().get(0);
    night.workOn(first);
    night.prove(first);
    restart();
    look();
    look();
    assertThat(night.runs()).containsExactly(first);
  }

  @Test
  void aBackupThatAPersonVerifiedIsNotNew() throws Exception {
    backup("monday", "2026-03-01 00:10:00 UTC", true);
    RunId asked = night.ask("shop");
    long bytes = io.pgproof.backup.restore.Backups.snapshot(place).orElseThrow().bytes();
    new Evidence.Inspected(
            new Report.BackupFacts(
                place.resolve("monday").toString(),
                "plain",
                "15",
                null,
                Instant.parse("2026-03-01T00:10:00Z"),
                "0/1000028",
                bytes,
                List.of(),
                null),
            1)
        .record(night.trail, asked);
    night.workOn(asked);
    night.prove(asked);
    look();
    look();
    assertThat(night.runs()).containsExactly(asked);
    night.configure(1, target("crm", place));
    look();
    look();
    assertThat(night.runs()).as("new for another target").hasSize(2);
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void aHangingMountBlocksNeitherOtherTargetsNorTheDaemon() throws Exception {
    Path hanging = place.resolve("hanging/base.tar");
    Files.createDirectories(hanging.getParent());
    assertThat(new ProcessBuilder("mkfifo", hanging.toString()).start().waitFor()).isZero();
    Path sound = Files.createDirectory(place.resolve("sound"));
    backup("sound/monday", "2026-03-01 00:10:00 UTC", true);
    night.configure(1, target("hanging", hanging.getParent()), target("sound", sound));
    await()
        .untilAsserted(
            () -> {
              watch.check();
              assertThat(night.runs()).hasSize(1);
            });
    // Lets go of whoever reads there.
    assertThat(
            new ProcessBuilder("sh", "-c", ": > " + hanging).start().waitFor(1, TimeUnit.MINUTES))
        .isTrue();
  }

  @Test
  void onlyConfiguredTargetsAreWatched() throws Exception {
    backup("monday", "2026-03-01 00:10:00 UTC", true);
    night.configure(1, new Target("shop", place, Settings.NONE, Plan.NONE));
    look();
    look();
    assertThat(night.runs()).isEmpty();
  }

  private void restart() {
    night.beginAnew();
    watch =
        new BackupWatcher(
            night.trail,
            night.verdicts,
            night.configuration,
            night.verifications,
            Duration.ofMinutes(1));
  }

  /** Looks, and waits until that has ended. */
  private void look() {
    watch.check();
    await().pollInterval(Duration.ofMillis(5)).until(watch::isIdle);
  }

  private static Target target(String name, Path path) {
    return new Target(name, path, Settings.NONE, new Plan(Optional.empty(), true, List.of()));
  }

  private void backup(String name, String began, boolean manifest) throws IOException {
    Path directory = Files.createDirectories(place.resolve(name));
    Files.writeString(directory.resolve("PG_VERSION"), "15\n");
    Files.writeString(directory.resolve("16384"), "data");
    Files.writeString(
        directory.resolve("backup_label"),
        "START WAL LOCATION: 0/1000028 (file 000000010000000000000001)\n"
            + "CHECKPOINT LOCATION: 0/1000060\nSTART TIME: "
            + began
            + "\nLABEL: nightly\n");
    if (manifest) {
      Files.writeString(directory.resolve("backup_manifest"), "{}");
    }
  }
}
