package io.pgproof.owner;

import io.pgproof.image.ImageStore;
import io.pgproof.sandbox.MachineId;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.StateDirectory;
import io.pgproof.state.Trees;
import io.pgproof.workflow.KeptCopy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Finds by name alone what an earlier process left, and removes it. */
final class Leftovers {
  private final StateDirectory state;
  private final Sandbox sandbox;
  private final ImageStore images;
  private final Clock clock;
  private final Inhabitants inhabitants;

  Leftovers(StateDirectory state, Sandbox sandbox, ImageStore images, Clock clock, Inhabitants inhabitants) {
    this.state = state;
    this.sandbox = sandbox;
    this.images = images;
    this.clock = clock;
    this.inhabitants = inhabitants;
  }

  /**
   * Removes all that no running verification owns.
   *
   * @return what was removed
   */
  List<Path> removeUnowned() {
    List<Path> removed = new ArrayList<>();
    try (Stream<Path> runs = Files.list(state.runs())) {
      for (Path run : runs.filter(path -> !inhabitants.own(path.getFileName().toString())).toList()) {
        destroy(run);
        removed.add(run);
      }
      removed.addAll(KeptCopy.reap(state, clock.instant()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sandbox.reap(state.machinePrefix()).forEach(name -> removed.add(Path.of(name)));
    return removed;
  }

  /** The same, and what interrupted image builds left; only at the owner's start, before anything runs. */
  List<Path> removeAll() {
    List<Path> removed = removeUnowned();
    removed.addAll(images.reap());
    return removed;
  }

  private void destroy(Path run) throws IOException {
    String name = state.machinePrefix() + run.getFileName();
    if (Files.isDirectory(run)) {
      sandbox.destroy(new MachineId(name, run.resolve("machine")));
    }
    Trees.remove(run);
  }
}
