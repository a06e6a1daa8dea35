package io.pgproof.backup.binding;

import com.sun.jna.Library;
import com.sun.jna.Native;

/** The gate: a library is loaded, or it is said what to install. */
final class Loading {
  private Loading() {}

  /**
   * @param library file name for the dynamic linker, or a path
   * @throws LibraryMissingException when it cannot be loaded, or pointers have not the 8 bytes that
   *     the bindings take them for
   */
  static <T extends Library> T load(String library, Class<T> binding, String debianPackage) {
    if (Native.POINTER_SIZE != Long.BYTES) {
      throw new LibraryMissingException(
          library + " cannot be used with pointers of " + Native.POINTER_SIZE + " bytes",
          "run pgproof with a 64-bit Java on a 64-bit system",
          null);
    }
    try {
      return Native.load(library, binding);
    } catch (UnsatisfiedLinkError e) {
      throw new LibraryMissingException(
          library + " cannot be loaded: " + e.getMessage().lines().findFirst().orElse(""),
          "apt-get install -y " + debianPackage,
          e);
    }
  }
}
