package io.pgproof.image;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The images below {@code images/} of one state directory, which the calling process owns.
 *
 * <p>Thread-safe.
 */
public interface ImageStore {

  /**
   * A version for which an image can be built.
   *
   * @param from one line that describes the source
   */
  record Buildable(int major, String from) {}

  /**
   * Returns the versions that can be built, in ascending order.
   *
   * @throws io.pgproof.proof.UsageException with all mistakes of {@code images.yaml}; find and
   *     build throw it too
   */
  List<Buildable> buildable();

  /**
   * Returns the image for the current recipe; empty if it has not been built yet.
   *
   * @throws io.pgproof.proof.FindingException {@code no-image} if a file of its source cannot be
   *     read
   */
  Optional<Image> find(int major);

  /**
   * Builds the image of this version, or returns the existing one. Two callers at the same time
   * build it only once.
   *
   * <p>The image is built in a separate directory and appears complete or not at all. An interrupt
   * of the calling thread ends the build.
   *
   * @param refresh build even if the image exists, and replace it
   * @param said receives progress messages, one line at a time, including the names of sources that
   *     did not respond
   * @throws io.pgproof.proof.FindingException {@code version-unsupported} or {@code no-image}, with
   *     the output of the program that failed
   */
  Image build(int major, boolean refresh, Consumer<String> said);

  /** Returns all complete images, sorted by key. */
  List<Image> list();

  /**
   * Removes an image.
   *
   * @throws io.pgproof.proof.UsageException if there is none with this key
   */
  void remove(String key);

  /**
   * Removes the remains of interrupted builds, and replaced or removed images that no machine uses.
   * Builds in progress are not touched.
   *
   * @param failed receives each path that could not be removed, and why; the rest is removed anyway
   * @return the removed paths
   */
  List<Path> reap(Consumer<String> failed);
}
