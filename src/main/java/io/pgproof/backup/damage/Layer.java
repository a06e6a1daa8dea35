package io.pgproof.backup.damage;

import io.pgproof.proof.Depth;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What is damaged in a copy of a sound backup, from the outside to the inside, and the check that
 * must find it. The two last ones damage nothing: they turn what is asked of a sound backup round.
 */
public enum Layer {
  ARCHIVE("archive", Depth.QUICK, true),
  MANIFEST("manifest", Depth.STANDARD, true),
  PAGE("pages", Depth.STANDARD, true),
  WAL("recovery", Depth.QUICK, true),
  INDEX("indexes", Depth.STANDARD, true),
  ROW("rows", Depth.DEEP, true),
  FRESHNESS("freshness", Depth.QUICK, false),
  ASSERTION("assertion:1", Depth.QUICK, false);

  private final String check;
  private final Depth from;
  private final boolean copied;

  Layer(String check, Depth from, boolean copied) {
    this.check = check;
    this.from = from;
    this.copied = copied;
  }

  /** Returns the name in reports, in lower case. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns all layers, the outermost first. */
  public static List<Layer> all() {
    return List.of(values());
  }

  /** Returns the layer with this {@link #word}. */
  public static Optional<Layer> of(String word) {
    return Arrays.stream(values()).filter(layer -> layer.word().equals(word)).findFirst();
  }

  /** Returns the name of the check that must find the damage. */
  public String check() {
    return check;
  }

  /** Returns whether a copy is damaged; otherwise the backup itself is verified. */
  public boolean isCopied() {
    return copied;
  }

  /** Returns why a verification of this depth cannot find the damage; empty if it must find it. */
  public Optional<String> beyond(Depth depth) {
    return depth.atLeast(from)
        ? Optional.empty()
        : Optional.of(
            "the depth "
                + depth.name().toLowerCase(Locale.ROOT)
                + " does not make the check "
                + check);
  }
}
