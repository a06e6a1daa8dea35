package io.pgproof.sandbox.lxc.binding;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides which versions of liblxc match the mirrored structure.
 *
 * <p>The header promises that {@code struct lxc_container} only grows at its end, and the library
 * allocates it, so newer versions match as well. Releases before 5 also match, but they do not
 * support {@code idmap=} in mount entries, which pgproof needs.
 */
final class LxcAbi {
  static final int POINTER_BYTES = 8;
  static final int STRUCTURE_BYTES = 568;
  private static final int OLDEST_MAJOR = 5;
  private static final int NEWEST_MAJOR = 6;
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\..*");

  private LxcAbi() {}

  static void require(@Nullable String version, int pointerBytes, int structureBytes) {
    if (pointerBytes != POINTER_BYTES || structureBytes != STRUCTURE_BYTES) {
      throw new LiblxcUnavailableException(
          "the structure of liblxc has "
              + structureBytes
              + " bytes with pointers of "
              + pointerBytes
              + " here, but pgproof supports only "
              + STRUCTURE_BYTES
              + " bytes with pointers of "
              + POINTER_BYTES,
          "run pgproof with a 64-bit Java on a 64-bit system",
          null);
    }
    Matcher matcher = VERSION.matcher(version == null ? "" : version);
    int major = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    if (major < OLDEST_MAJOR || major > NEWEST_MAJOR) {
      throw new LiblxcUnavailableException(
          "liblxc has version "
              + version
              + ", but pgproof supports only the versions "
              + OLDEST_MAJOR
              + " and "
              + NEWEST_MAJOR,
          "install the lxc package of Debian 12 or 13",
          null);
    }
  }
}
