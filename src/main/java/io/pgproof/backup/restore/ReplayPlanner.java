package io.pgproof.backup.restore;

import io.pgproof.backup.format.BackupIdentity;
import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.Manifest;
import io.pgproof.backup.format.Manifest.WalRange;
import io.pgproof.backup.format.TimelineHistory;
import io.pgproof.backup.format.WalSegment;
import io.pgproof.backup.wal.ReplayPath;
import io.pgproof.backup.wal.ReplayPlan;
import io.pgproof.backup.wal.Timelines;
import io.pgproof.backup.wal.WalArchive;
import io.pgproof.backup.wal.WalRecords;
import io.pgproof.proof.FindingException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Chooses the way of recovery through the log, and finds out what it will replay. */
final class ReplayPlanner {
  private final RestoreRequest order;
  private final BackupIdentity identity;
  private final ControlFile control;
  private final Optional<Manifest> manifest;
  private final Optional<WalArchive> archive;

  ReplayPlanner(
      RestoreRequest order,
      BackupIdentity identity,
      ControlFile control,
      Optional<Manifest> manifest,
      Optional<WalArchive> archive) {
    this.order = order;
    this.identity = identity;
    this.control = control;
    this.manifest = manifest;
    this.archive = archive;
  }

  /**
   * Chooses the timelines along which the log is replayed, by the histories in the backup and in
   * the archive.
   */
  Timelines.Choice timelines(RestoredData data) throws IOException, InterruptedException {
    int first =
        WalSegment.parse(identity.label().startSegment(), control.walSegmentSize()).timeline();
    List<WalRange> ranges = manifest.map(Manifest::wal).orElse(List.of());
    int own =
        ranges.isEmpty()
            ? Integer.compareUnsigned(first, control.timeline()) < 0 ? control.timeline() : first
            : ranges.get(ranges.size() - 1).timeline();
    Lsn end = manifest.flatMap(Manifest::end).orElse(control.checkpointLsn());
    Timelines timelines = new Timelines(own, end, ReplayPath.of(ranges, first));
    if (archive.isPresent()) {
      for (String name : archive.get().files().keySet()) {
        if (TimelineHistory.timelineOf(name).isPresent()) {
          try {
            timelines.add(name, archive.get().history(name));
          } catch (FindingException e) {
            timelines.addUnreadable(name, e);
          }
        }
      }
    }
    for (Map.Entry<String, byte[]> history : data.histories().entrySet()) {
      timelines.add(history.getKey(), history.getValue());
    }
    return timelines.choose(order.timeline());
  }

  /** Gives the archive's WAL to the server, and finds out what recovery will replay. */
  ReplayPlan plan(AvailableWal wal, Timelines.Choice choice) throws InterruptedException {
    int size = control.walSegmentSize();
    long first = WalSegment.parse(identity.label().startSegment(), size).number();
    long needed =
        manifest
            .flatMap(Manifest::end)
            .map(end -> WalSegment.before(0, end, size).number())
            .orElse(first);
    WalRecords records = new WalRecords(identity.label().startLsn(), identity.version());
    wal.supply().provide(first, needed, order, records);
    return new ReplayPlan(
        choice.path(),
        choice.target(),
        wal.supply().requiredEnd(),
        wal.supply().lastWhole(),
        records.tablespaces(),
        records.raised());
  }
}
