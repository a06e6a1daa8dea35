package io.pgproof.workflow.control;

import io.pgproof.backup.damage.DamagedCopies;
import io.pgproof.backup.damage.DamagedCopy;
import io.pgproof.backup.damage.Layer;
import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.restore.Backups;
import io.pgproof.backup.restore.DiskSpace;
import io.pgproof.backup.restore.SpreadDirectory;
import io.pgproof.backup.source.Backup;
import io.pgproof.command.Trees;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.proof.UsageException;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.model.NegativeControl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Makes and removes the damaged copies of controls, each beside the engine. */
final class ControlCopies {
  private final StateDirectory state;
  private final BackgroundWork work;
  private final long reserve;
  private final Duration removal;

  /**
   * @param reserve bytes of free space that a copy leaves
   * @param removal how long the removal of one copy may take
   */
  ControlCopies(StateDirectory state, BackgroundWork work, long reserve, Duration removal) {
    this.state = state;
    this.work = work;
    this.reserve = reserve;
    this.removal = removal;
  }

  boolean isBegun(RunId control) {
    return work.isBegun(control, NegativeControl.Message.COPY_ENDED);
  }

  /** Begins to make the copy of a layer; what an earlier process left of it is removed. */
  void start(
      RunId control, Layer layer, VerificationRequest request, Evidence.ControlChosen backup) {
    work.startOnce(
        control,
        NegativeControl.Message.COPY_ENDED,
        new BackgroundWork.Limit(
            request.limits().timeouts().restore(),
            Reason.RESTORE_TIMEOUT,
            "the copy of " + backup.path()),
        () -> make(control, layer, request, backup));
  }

  private DamagedCopy make(
      RunId control, Layer layer, VerificationRequest request, Evidence.ControlChosen chosen)
      throws IOException, InterruptedException {
    Path directory = directory(control);
    Trees.remove(directory, removal);
    SpreadDirectory.create(state.controls());
    Files.createDirectory(directory);
    Backup backup;
    try {
      backup = Backups.find(Path.of(chosen.path()));
    } catch (UsageException e) {
      throw new FindingException(e.finding(), e);
    }
    Lsn start = Backups.inspect(backup).label().startLsn();
    if (!start.toString().equals(chosen.startLsn())) {
      throw new FindingException(
          new Finding(
              Reason.BACKUP_CHANGED,
              chosen.path()
                  + " holds a backup that starts at "
                  + start
                  + ", not the one that was proven, which starts at "
                  + chosen.startLsn(),
              "verify the target, then control it again",
              null));
    }
    return new DamagedCopies(backup, request.replay().walArchive().isPresent())
        .make(
            layer,
            directory.resolve(layer.word()),
            new DiskSpace(reserve, request.resources().diskBytes()));
  }

  /**
   * Returns the copy, or empty while it is being made.
   *
   * @throws FindingException when it cannot be made
   */
  Optional<DamagedCopy> poll(RunId control) {
    return work.poll(control, NegativeControl.Message.COPY_ENDED);
  }

  /** Stops making a copy, and removes what there is of it. */
  void remove(RunId control) throws IOException {
    work.stop(control);
    Trees.remove(directory(control), removal);
  }

  private Path directory(RunId control) {
    return state.controls().resolve(control.value());
  }
}
