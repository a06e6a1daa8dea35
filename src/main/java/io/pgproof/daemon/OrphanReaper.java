package io.pgproof.daemon;

import io.pgproof.command.Trees;
import io.pgproof.image.ImageStore;
import io.pgproof.sandbox.MachineId;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.StateDirectory;
import io.pgproof.workflow.attempt.KeptCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Finds what an earlier process left, by name alone, and removes it. */
final class OrphanReaper implements Leftovers {
  private final StateDirectory state;
  private final Sandbox sandbox;
  private final ImageStore images;
  private final Clock clock;
  private final Duration removal;
  private final ActiveNames activeNames;
  private volatile int left;

  /** Tells which names below {@code runs/} and {@code controls/} are in use by this process. */
  @FunctionalInterface
  interface ActiveNames {

    /** Returns whether the directory of this name belongs to something that runs now. */
    boolean isActive(String directory);
  }

  /**
   * @param removal how long the removal of one tree may take
   */
  OrphanReaper(
      StateDirectory state,
      Sandbox sandbox,
      ImageStore images,
      Clock clock,
      Duration removal,
      ActiveNames activeNames) {
    this.state = state;
    this.sandbox = sandbox;
    this.images = images;
    this.clock = clock;
    this.removal = removal;
    this.activeNames = activeNames;
  }

  /**
   * The result of a removal.
   *
   * @param removed what was removed
   * @param failed what could not be removed, and why; everything else was removed
   */
  record Outcome(List<Path> removed, List<String> failed) {

    private void attempt(Path place, Removal removal) {
      try {
        removal.run();
      } catch (IOException | RuntimeException e) {
        failed.add(place + " cannot be removed: " + e);
      }
    }
  }

  @FunctionalInterface
  private interface Removal {
    void run() throws IOException;
  }

  /**
   * Removes everything that does not belong to a running verification, a source database, or an
   * image build.
   */
  Outcome remove() {
    Outcome outcome = new Outcome(new ArrayList<>(), new ArrayList<>());
    outcome.attempt(
        state.runs(),
        () ->
            list(state.runs())
                .forEach(
                    run ->
                        outcome.attempt(
                            run,
                            () -> {
                              if (!activeNames.isActive(run.getFileName().toString())) {
                                destroy(run);
                                outcome.removed().add(run);
                              }
                            })));
    outcome.attempt(
        state.controls(),
        () ->
            list(state.controls())
                .forEach(
                    copies ->
                        outcome.attempt(
                            copies,
                            () -> {
                              if (!activeNames.isActive(copies.getFileName().toString())) {
                                Trees.remove(copies, removal);
                                outcome.removed().add(copies);
                              }
                            })));
    outcome.attempt(
        state.kept(),
        () ->
            KeptCopy.expired(list(state.kept()), clock.instant())
                .forEach(
                    copy ->
                        outcome.attempt(
                            copy,
                            () -> {
                              Trees.remove(copy, removal);
                              outcome.removed().add(copy);
                            })));
    outcome.attempt(
        state.images(), () -> outcome.removed().addAll(images.reap(outcome.failed()::add)));
    outcome.attempt(
        state.path(),
        () ->
            sandbox
                .reap(state.machinePrefix())
                .forEach(name -> outcome.removed().add(Path.of(name))));
    left = outcome.failed().size();
    return outcome;
  }

  @Override
  public int count() {
    return left;
  }

  private void destroy(Path run) throws IOException {
    String name = state.machinePrefix() + run.getFileName();
    if (Files.isDirectory(run)) {
      sandbox.destroy(new MachineId(name, run.resolve("machine")));
    }
    Trees.remove(run, removal);
  }

  private static List<Path> list(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    }
  }
}
