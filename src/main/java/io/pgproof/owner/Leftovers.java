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
   * What came of it.
   *
   * @param removed what is gone now
   * @param failed what could not be removed and why; the rest was removed all the same
   */
  record Outcome(List<Path> removed, List<String> failed) {}

  /** Removes all that no running verification owns. */
  Outcome removeUnowned() {
    Outcome outcome = new Outcome(new ArrayList<>(), new ArrayList<>());
    try (Stream<Path> runs = Files.list(state.runs())) {
      for (Path run : runs.filter(path -> !inhabitants.own(path.getFileName().toString())).toList()) {
        try {
          destroy(run);
          outcome.removed().add(run);
        } catch (IOException | RuntimeException e) {
          outcome.failed().add(run + " cannot be removed: " + e);
        }
      }
      outcome.removed().addAll(KeptCopy.reap(state, clock.instant()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sandbox.reap(state.machinePrefix()).forEach(name -> outcome.removed().add(Path.of(name)));
    return outcome;
  }

  /** The same, and what interrupted image builds left; only at the owner's start, before anything runs. */
  Outcome removeAll() {
    Outcome outcome = removeUnowned();
    outcome.removed().addAll(images.reap());
    return outcome;
  }

  private void destroy(Path run) throws IOException {
    String name = state.machinePrefix() + run.getFileName();
    if (Files.isDirectory(run)) {
      sandbox.destroy(new MachineId(name, run.resolve("machine")));
    }
    Trees.remove(run);
  }
}
