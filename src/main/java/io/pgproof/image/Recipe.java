package io.pgproof.image;

import io.pgproof.proof.Digests;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Everything that determines the contents of an image. Two equal recipes have the same key.
 *
 * @param files SHA-256 of each of the source's files
 * @param firstHostId the host ID that the image's root is shifted to
 * @param revision version of the steps that this program adds to the source
 */
record Recipe(
    ImageSource source, List<String> files, String architecture, int firstHostId, int revision) {
  private static final int REVISION = 1;
  private static final int DIGITS = 12;
  private static final Pattern KEY =
      Pattern.compile("([0-9]{1,3})-([a-z][a-z0-9.-]*)-[0-9a-f]{" + DIGITS + "}");

  Recipe {
    files = List.copyOf(files);
  }

  /**
   * Returns the current recipe.
   *
   * @throws io.pgproof.proof.FindingException {@code no-image} if a file of the source cannot be
   *     read
   */
  static Recipe of(ImageSource source, int firstHostId) {
    List<String> sums = new ArrayList<>();
    for (Path file : source.files()) {
      try {
        sums.add(KnownDigests.of(file));
      } catch (NoSuchFileException e) {
        throw source.notBuilt(
            file + " does not exist",
            "put it there, or correct images.yaml in the state directory",
            null);
      } catch (IOException e) {
        throw source.notBuilt(
            file + " cannot be read",
            "make it readable, or correct images.yaml in the state directory",
            e.toString());
      }
    }
    return new Recipe(source, sums, System.getProperty("os.arch"), firstHostId, REVISION);
  }

  int major() {
    return source.major();
  }

  /**
   * Returns the key of the image: {@code 15-bookworm-} and the first 12 digits of the recipe's
   * SHA-256.
   */
  String key() {
    List<List<String>> all = new ArrayList<>();
    all.add(
        List.of(
            String.valueOf(major()),
            source.label(),
            architecture,
            String.valueOf(firstHostId),
            String.valueOf(revision)));
    all.addAll(source.parts());
    all.add(files);
    // Each part is preceded by its length, so that two different recipes never give the same text.
    StringBuilder whole = new StringBuilder();
    for (List<String> part : all) {
      whole.append(part.size()).append(';');
      part.forEach(text -> whole.append(text.length()).append(':').append(text));
    }
    String sha256 = Digests.sha256(whole.toString());
    return major() + "-" + source.label() + "-" + sha256.substring(0, DIGITS);
  }

  /** Returns the version that a key names; empty if the text is not a key. */
  static OptionalInt majorOf(String key) {
    Matcher parts = KEY.matcher(key);
    return parts.matches() ? OptionalInt.of(Integer.parseInt(parts.group(1))) : OptionalInt.empty();
  }
}
