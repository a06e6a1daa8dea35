package io.pgproof.image;

import io.pgproof.command.HostPrograms;
import io.pgproof.command.ProgramInterruptedException;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Launcher;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** Images built from recipes, one for each major version that has a source. */
public final class BuiltImages implements ImageStore {
  private static final String BUILDING = ".building-";
  private static final String OLD = ".old-";
  private static final String REMOVED = ".removed-";
  private static final long NEEDED_BYTES = 1536L << 20;
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS").withZone(ZoneOffset.UTC);

  // All stores of this process share the locks, because two of them can use the same directory.
  private static final Map<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();
  private static final Set<Path> UNDER_WAY = ConcurrentHashMap.newKeySet();
  private static final Object SWAP = new Object();

  private final Path images;
  private final Supplier<ImageSources> sources;
  private final IntSupplier firstHostId;
  private final ImageBuild build;
  private final Clock clock;

  /**
   * @param images directory of all images, created for the first build
   * @param configured {@code images.yaml}, read again whenever its contents matter; it need not
   *     exist
   * @param firstHostId {@link io.pgproof.sandbox.Sandbox#firstHostId()} of the sandbox that will
   *     use the images. It is called late, because it throws a finding if the machine has no ID
   *     range
   */
  public BuiltImages(
      Path images, Path configured, IntSupplier firstHostId, HostPrograms programs, Clock clock) {
    this(
        images,
        () -> ImageSources.read(configured),
        firstHostId,
        new Mmdebstrap(programs),
        programs,
        clock);
  }

  BuiltImages(
      Path images,
      Supplier<ImageSources> sources,
      IntSupplier firstHostId,
      Mmdebstrap mmdebstrap,
      HostPrograms programs,
      Clock clock) {
    this.images = images.toAbsolutePath().normalize();
    this.sources = sources;
    this.firstHostId = firstHostId;
    this.build = new ImageBuild(mmdebstrap, programs, clock);
    this.clock = clock;
  }

  @Override
  public List<Buildable> buildable() {
    return sources.get().buildable();
  }

  @Override
  public Optional<Image> find(int major) {
    return recipe(major, sources.get()).flatMap(recipe -> find(recipe.key()));
  }

  private Optional<Recipe> recipe(int major, ImageSources today) {
    return today.of(major).map(source -> Recipe.of(source, firstHostId.getAsInt()));
  }

  private Optional<Image> find(String key) {
    synchronized (SWAP) {
      return ImageRecord.read(images.resolve(key));
    }
  }

  @Override
  public Image build(int major, boolean refresh, Consumer<String> said) {
    ImageSources today = sources.get();
    Recipe recipe = recipe(major, today).orElseThrow(() -> today.unsupported(major));
    ReentrantLock lock =
        LOCKS.computeIfAbsent(images.resolve(recipe.key()), key -> new ReentrantLock());
    boolean locked = false;
    try {
      if (!lock.tryLock()) {
        said.accept("waiting for another build of " + recipe.key());
        lock.lockInterruptibly();
      }
      locked = true;
      Optional<Image> there = refresh ? Optional.empty() : find(recipe.key());
      return there.isPresent() ? there.get() : build(recipe, said);
    } catch (InterruptedException | ProgramInterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FindingException(
          Finding.of(
              Reason.INTERRUPTED, "the build of the image " + recipe.key() + " was interrupted"),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the image " + recipe.key() + " could not be built in " + images, e);
    } finally {
      if (locked) {
        lock.unlock();
      }
    }
  }

  private Image build(Recipe recipe, Consumer<String> said)
      throws IOException, InterruptedException {
    Files.createDirectories(images);
    long free = Files.getFileStore(images).getUsableSpace();
    if (free < NEEDED_BYTES) {
      throw recipe
          .source()
          .notBuilt(
              images
                  + " has "
                  + (free >> 20)
                  + " MiB free, but a build needs "
                  + (NEEDED_BYTES >> 20),
              "free space there, or move the state directory with --state",
              null);
    }
    Path aside = createStagingDirectory(recipe.key());
    try {
      build.buildInto(aside, recipe, said);
      return publish(aside, recipe.key());
    } finally {
      clear(aside, said);
      UNDER_WAY.remove(aside);
    }
  }

  /**
   * Creates a directory for a new build and registers the build before a reaper can see the
   * directory.
   */
  private Path createStagingDirectory(String key) throws IOException {
    synchronized (SWAP) {
      Path aside = Files.createTempDirectory(images, BUILDING + key + "-");
      UNDER_WAY.add(aside);
      return aside;
    }
  }

  /**
   * Removes a build directory. A failure here must not hide the result of the build; the directory
   * is reaped later.
   */
  private void clear(Path aside, Consumer<String> said) {
    try {
      RootfsCleanup.remove(aside);
    } catch (IOException e) {
      said.accept("warning: " + aside + " could not be removed: " + e.getMessage());
    }
  }

  private Image publish(Path aside, String key) throws IOException {
    Path place = images.resolve(key);
    synchronized (SWAP) {
      if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
        // A machine can still use the old image. It is removed when no machine can use it any more.
        Files.move(place, retired(OLD, key));
      }
      Files.move(aside, place);
      return ImageRecord.read(place)
          .orElseThrow(() -> new IOException(place + " contains no image after its build"));
    }
  }

  private Path retired(String prefix, String key) {
    return images.resolve(prefix + key + "-" + MOMENT.format(clock.instant()));
  }

  @Override
  public List<Image> list() {
    synchronized (SWAP) {
      return entries().stream()
          .filter(entry -> Recipe.majorOf(entry.getFileName().toString()).isPresent())
          .flatMap(entry -> ImageRecord.read(entry).stream())
          .sorted(Comparator.comparingInt(Image::major).thenComparing(Image::key))
          .toList();
    }
  }

  @Override
  public void remove(String key) {
    Path removed;
    synchronized (SWAP) {
      Path place = images.resolve(key);
      if (Recipe.majorOf(key).isEmpty() || ImageRecord.read(place).isEmpty()) {
        throw new UsageException(
            Reason.BAD_OPTION,
            "there is no image " + key + " in " + images,
            "see " + Launcher.COMMAND + " images list");
      }
      removed = retired(REMOVED, key);
      move(place, removed);
    }
    if (!standsUnderAMachine(removed)) {
      removeDirectory(removed);
    }
  }

  @Override
  public List<Path> reap(Consumer<String> failed) {
    List<Path> removed = new ArrayList<>();
    for (Path entry : entries()) {
      try {
        if (isLeftOver(entry)) {
          removeDirectory(entry);
          removed.add(entry);
        }
      } catch (UncheckedIOException e) {
        failed.accept(e.getMessage() + ": " + Objects.requireNonNull(e.getCause()).getMessage());
      }
    }
    return removed;
  }

  private boolean isLeftOver(Path entry) {
    String name = entry.getFileName().toString();
    if (name.startsWith(BUILDING)) {
      synchronized (SWAP) {
        return !UNDER_WAY.contains(entry);
      }
    }
    if (name.startsWith(OLD)) {
      return !restorePrevious(entry) && !standsUnderAMachine(entry);
    }
    if (name.startsWith(REMOVED)) {
      return !standsUnderAMachine(entry);
    }
    return Recipe.majorOf(name).isPresent() && find(name).isEmpty();
  }

  /**
   * Undoes a refresh that was killed between its two renames: the old image is complete and has no
   * successor.
   */
  private boolean restorePrevious(Path old) {
    synchronized (SWAP) {
      Path place = placeOf(old);
      if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
        return false;
      }
      move(old, place);
      return true;
    }
  }

  private boolean standsUnderAMachine(Path retired) {
    return LowerLayers.inUse(retired, placeOf(retired));
  }

  /** Returns the original path of a retired image: its name without the prefix and the time. */
  private Path placeOf(Path retired) {
    String name = retired.getFileName().toString();
    return images.resolve(name.substring(name.indexOf('-') + 1, name.lastIndexOf('-')));
  }

  private List<Path> entries() {
    if (!Files.isDirectory(images)) {
      return List.of();
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(images, Files::isDirectory)) {
      List<Path> entries = new ArrayList<>();
      all.forEach(entries::add);
      entries.sort(Comparator.naturalOrder());
      return entries;
    } catch (IOException e) {
      throw new UncheckedIOException(images + " cannot be listed", e);
    }
  }

  private void removeDirectory(Path directory) {
    try {
      RootfsCleanup.remove(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " cannot be removed", e);
    }
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException(from + " cannot be renamed", e);
    }
  }
}
