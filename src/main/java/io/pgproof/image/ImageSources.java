package io.pgproof.image;

import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.command.HostPrograms;
import io.pgproof.image.ImageSource.Packages;
import io.pgproof.image.ImageSource.Tarball;
import io.pgproof.image.ImageStore.Buildable;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.sandbox.Sandbox.Lack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The sources of images: those in {@code images.yaml}, and a suite of Debian for some versions that
 * the file does not mention.
 */
public final class ImageSources {
  private static final Map<Integer, String> SUITES =
      Map.of(13, "bullseye", 15, "bookworm", 17, "trixie", 18, "sid");

  private final Path file;
  private final SortedMap<Integer, ImageSource> sources = new TreeMap<>();
  private final List<ImageSource> configured = new ArrayList<>();

  private ImageSources(Path file) {
    this.file = file;
  }

  /**
   * @param file need not exist
   * @throws UsageException with every mistake in it
   */
  static ImageSources read(Path file) {
    ImageSources sources = new ImageSources(file);
    SUITES.keySet().forEach(major -> sources.sources.put(major, debian(major)));
    if (Files.exists(file)) {
      sources.configured.addAll(new ImageSourcesReader(file).sources());
      sources.configured.forEach(source -> sources.sources.put(source.major(), source));
    }
    return sources;
  }

  /** Returns exactly these sources. */
  static ImageSources of(ImageSource... sources) {
    ImageSources these = new ImageSources(Path.of("images.yaml"));
    Arrays.stream(sources).forEach(source -> these.sources.put(source.major(), source));
    return these;
  }

  /** Returns the suite of Debian that contains this version; empty if no known suite does. */
  static Optional<String> suite(int major) {
    return Optional.ofNullable(SUITES.get(major));
  }

  /**
   * Returns Debian's own packages of a version that a suite contains.
   *
   * @throws java.util.NoSuchElementException for any other version
   */
  static Packages debian(int major) {
    return Packages.of(
        major,
        suite(major).orElseThrow(),
        List.of(),
        Optional.empty(),
        Packages.standard(major),
        ImageSource.debianBinDirectory(major),
        ImageSource.USER);
  }

  Optional<ImageSource> of(int major) {
    return Optional.ofNullable(sources.get(major));
  }

  /** Returns the versions that can be built, in ascending order. */
  List<Buildable> buildable() {
    return sources.values().stream()
        .map(
            source ->
                new Buildable(
                    source.major(),
                    source.describe()
                        + (source instanceof Packages packages
                            ? ": " + String.join(", ", packages.packages())
                            : "")
                        + (configured.contains(source) ? " (" + file + ")" : "")))
        .toList();
  }

  /** Returns what this machine lacks to build images, as far as the sources show. */
  public static List<Lack> lacks(Path file, HostPrograms programs) {
    ImageSources read;
    try {
      read = read(file);
    } catch (UsageException e) {
      return List.of(
          Lack.byHand(
              e.finding().message(),
              Objects.requireNonNullElse(e.finding().hint(), Reason.BAD_OPTION.hint())));
    }
    List<Lack> lacks = new ArrayList<>();
    for (ImageSource source : read.sources.values()) {
      for (Path needed : source.files()) {
        if (!Files.isReadable(needed)) {
          lacks.add(
              Lack.byHand(
                  needed
                      + " is missing: the image of PostgreSQL "
                      + source.major()
                      + " cannot be built",
                  "put it there, or correct " + file));
        }
      }
      if (source instanceof Tarball tarball) {
        tarball
            .decoder()
            .filter(decoder -> !programs.has(decoder.program))
            .ifPresent(
                decoder ->
                    lacks.add(
                        new Lack(
                            "the program "
                                + decoder.program
                                + " is missing: "
                                + tarball.file()
                                + " cannot be unpacked",
                            "apt-get install -y " + decoder.debianPackage)));
      }
    }
    return lacks;
  }

  /**
   * Creates the error that this version has no source, with the lines that would add one; or that
   * it cannot have one.
   */
  RuntimeException unsupported(int major) {
    if (PostgresVersion.of(major).isEmpty()) {
      return new UsageException(
          Reason.BAD_OPTION,
          "no image of PostgreSQL " + major + " can be built",
          "name " + ImageSourcesReader.MAJOR_ALLOWED);
    }
    String known = sources.keySet().stream().map(String::valueOf).collect(Collectors.joining(", "));
    return new FindingException(
        new Finding(
            Reason.VERSION_UNSUPPORTED,
            "no image of PostgreSQL "
                + major
                + " can be built: no suite of Debian that pgproof knows contains it, and "
                + file
                + " names no source for it; there are sources for PostgreSQL "
                + known,
            lines(major),
            null));
  }

  private String lines(int major) {
    return """
        name a source for it in %1$s, such as
        images:
          - postgres: %2$d
            suite: bookworm
            sources:
              - deb http://packages.example.org/debian bookworm main
              - deb [signed-by=/etc/apt/keyrings/example.asc] http://packages.example.org/postgresql bookworm main
        or
        images:
          - postgres: %2$d
            rootfs: /srv/images/postgresql-%2$d.tar.zst"""
        .formatted(file, major);
  }
}
