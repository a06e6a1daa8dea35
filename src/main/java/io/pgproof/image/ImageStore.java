package io.pgproof.image;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The images below {@code images/} of one state directory, which the calling process owns.
 *
 * <p>All methods may be called from any thread.
 */
public interface ImageStore {

  /**
   * A version that an image can be built for.
   *
   * @param from one line that says what of
   */
  record Buildable(int major, String from) {}

  /**
   * What can be built, ascending.
   *
   * @throws io.pgproof.proof.UsageException with all mistakes of {@code images.yaml}; so do find
   *     and build
   */
  List<Buildable> buildable();

  /**
   * The image that the recipe of today asks for; empty when it was not built yet.
   *
   * @throws io.pgproof.proof.FindingException {@code no-image} when a file that it is built from
   *     cannot be read
   */
  Optional<Image> find(int major);

  /**
   * Builds the image of this version, or returns it if it is there; two callers at once build it
   * once.
   *
   * <p>It is built aside and appears whole or not at all. An interrupt of the calling thread ends
   * the build.
   *
   * @param refresh build even if it is there, and replace it
   * @param said hears what is being done, a line at a time; a source that did not answer is named
   *     here
   * @throws io.pgproof.proof.FindingException {@code version-unsupported} or {@code no-image}, with
   *     the words of the program that failed
   */
  Image build(int major, boolean refresh, Consumer<String> said);

  /** All finished images, by key. */
  List<Image> list();

  /**
   * Removes an image.
   *
   * @throws io.pgproof.proof.UsageException when there is none with this key
   */
  void remove(String key);

  /**
   * Removes what interrupted builds left, and replaced or removed images that no machine stands on;
   * builds that are under way are spared.
   *
   * @param failed hears what could not be removed and why; the rest is removed all the same
   * @return what was removed
   */
  List<Path> reap(Consumer<String> failed);
}
