package io.pgproof.sandbox.lxc.binding;

import com.sun.jna.Library;
import com.sun.jna.Native;

/**
 * The functions of {@code lxc/lxccontainer.h} that pgproof calls, with the names and the argument
 * order of C.
 */
public interface Liblxc extends Library {

  /** {@code const char *lxc_get_version(void)}: the version, such as {@code 5.0.2}. */
  String lxc_get_version();

  /**
   * {@code struct lxc_container *lxc_container_new(const char *name, const char *configpath)}: also
   * loads the configuration of a container that is defined there; {@code NULL} on failure. Freed
   * with {@link #lxc_container_put}.
   */
  LxcContainer lxc_container_new(String name, String configpath);

  /**
   * {@code int lxc_container_get(struct lxc_container *c)}: adds a reference; 1 on success, 0 on
   * failure.
   */
  int lxc_container_get(LxcContainer c);

  /**
   * {@code int lxc_container_put(struct lxc_container *c)}: drops a reference; 1 if it was freed,
   * otherwise 0.
   */
  int lxc_container_put(LxcContainer c);

  /**
   * Loads {@code liblxc.so.1}. No development package is needed.
   *
   * @throws LiblxcUnavailableException if it is not installed, or if its version is not known to
   *     have a matching structure
   */
  static Liblxc load() {
    return load("liblxc.so.1");
  }

  /**
   * @param library file name for the dynamic linker, or a path
   */
  static Liblxc load(String library) {
    Liblxc lxc;
    try {
      lxc = Native.load(library, Liblxc.class);
    } catch (UnsatisfiedLinkError e) {
      throw new LiblxcUnavailableException(
          library
              + " cannot be loaded: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
          "apt-get install lxc",
          e);
    }
    LxcAbi.require(lxc.lxc_get_version(), Native.POINTER_SIZE, new LxcContainer().size());
    return lxc;
  }
}
