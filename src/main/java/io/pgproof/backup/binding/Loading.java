package io.pgproof.backup.binding;

import com.sun.jna.Library;
import com.sun.jna.Native;

/** Loads a native library, or says what to install. */
final class Loading {
  private Loading() {}

  /**
   * @param library file name for the dynamic linker, or a path
   * @throws LibraryMissingException when the library cannot be loaded, or pointers are not 8 bytes
   *     long as the bindings assume
   */
  static <T extends Library> T load(String library, Class<T> binding, String debianPackage) {
    if (Native.POINTER_SIZE != Long.BYTES) {
      throw new LibraryMissingException(
          library + " cannot be used with pointers of " + Native.POINTER_SIZE + " bytes",
          "run pgproof with a 64-bit Java on a 64-bit system",
          true,
          null);
    }
    try {
      return Native.load(library, binding);
    } catch (UnsatisfiedLinkError e) {
      throw new LibraryMissingException(
          library
              + " cannot be loaded: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
          "apt-get install -y " + debianPackage,
          false,
          e);
    }
  }
}
