package io.pgproof.sandbox.lxc.binding;

import com.sun.jna.Callback;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;

/**
 * {@code struct lxc_container} of {@code lxc/lxccontainer.h}, 568 bytes. Members that pgproof does
 * not call are plain pointers.
 *
 * <p>C's {@code bool} is one byte, and the upper part of the register is undefined. The type is
 * therefore {@code byte}, true if not 0.
 */
@FieldOrder({
  "name",
  "configfile",
  "pidfile",
  "slock",
  "privlock",
  "numthreads",
  "lxc_conf",
  "error_string",
  "error_num",
  "daemonize",
  "config_path",
  "is_defined",
  "state",
  "is_running",
  "freeze",
  "unfreeze",
  "init_pid",
  "load_config",
  "start",
  "startl",
  "stop",
  "want_daemonize",
  "want_close_all_fds",
  "config_file_name",
  "wait",
  "set_config_item",
  "destroy",
  "save_config",
  "create",
  "createl",
  "rename",
  "reboot",
  "shutdown",
  "clear_config",
  "clear_config_item",
  "get_config_item",
  "get_running_config_item",
  "get_keys",
  "get_interfaces",
  "get_ips",
  "get_cgroup_item",
  "set_cgroup_item",
  "get_config_path",
  "set_config_path",
  "clone",
  "console_getfd",
  "console",
  "attach",
  "attach_run_wait",
  "attach_run_waitl",
  "snapshot",
  "snapshot_list",
  "snapshot_restore",
  "snapshot_destroy",
  "may_control",
  "add_device_node",
  "remove_device_node",
  "attach_interface",
  "detach_interface",
  "checkpoint",
  "restore",
  "destroy_with_snapshots",
  "snapshot_destroy_all",
  "migrate",
  "console_log",
  "reboot2",
  "mount",
  "umount",
  "seccomp_notify_fd",
  "seccomp_notify_fd_active",
  "init_pidfd",
  "devpts_fd"
})
@SuppressWarnings("NullAway.Init") // JNA sets the fields.
public final class LxcContainer extends Structure {
  public String name;
  public Pointer configfile;
  public Pointer pidfile;
  public Pointer slock;
  public Pointer privlock;
  public int numthreads;
  public Pointer lxc_conf;
  public Pointer error_string;
  public int error_num;
  public byte daemonize;
  public Pointer config_path;
  public Asks is_defined;
  public Tells state;
  public Asks is_running;
  public Pointer freeze;
  public Pointer unfreeze;
  public Counts init_pid;
  public Pointer load_config;
  public Pointer start;
  public Pointer startl;
  public Asks stop;
  public Pointer want_daemonize;
  public Pointer want_close_all_fds;
  public Pointer config_file_name;
  public Waits wait;
  public SetsItem set_config_item;
  public Asks destroy;
  public Saves save_config;
  public Pointer create;
  public Pointer createl;
  public Pointer rename;
  public Pointer reboot;
  public Limited shutdown;
  public Pointer clear_config;
  public Pointer clear_config_item;
  public Pointer get_config_item;
  public Pointer get_running_config_item;
  public Pointer get_keys;
  public Pointer get_interfaces;
  public Pointer get_ips;
  public Pointer get_cgroup_item;
  public Pointer set_cgroup_item;
  public Pointer get_config_path;
  public Pointer set_config_path;
  public Pointer clone;
  public Pointer console_getfd;
  public Pointer console;
  public Pointer attach;
  public Pointer attach_run_wait;
  public Pointer attach_run_waitl;
  public Pointer snapshot;
  public Pointer snapshot_list;
  public Pointer snapshot_restore;
  public Pointer snapshot_destroy;
  public Pointer may_control;
  public Pointer add_device_node;
  public Pointer remove_device_node;
  public Pointer attach_interface;
  public Pointer detach_interface;
  public Pointer checkpoint;
  public Pointer restore;
  public Pointer destroy_with_snapshots;
  public Pointer snapshot_destroy_all;
  public Pointer migrate;
  public Pointer console_log;
  public Pointer reboot2;
  public Pointer mount;
  public Pointer umount;
  public Pointer seccomp_notify_fd;
  public Pointer seccomp_notify_fd_active;
  public Pointer init_pidfd;
  public Pointer devpts_fd;

  /** Creates an empty structure to determine its size. */
  public LxcContainer() {
    setAutoSynch(false);
  }

  /**
   * Reads the structure at {@code c} once and never writes it back. The library owns it, and it is
   * freed after the last put.
   */
  public LxcContainer(Pointer c) {
    super(c);
    setAutoSynch(false);
    read();
  }

  /** {@code bool (*f)(struct lxc_container *c)}. */
  public interface Asks extends Callback {
    byte call(LxcContainer c);
  }

  /**
   * {@code const char *(*state)(struct lxc_container *c)}: {@code STOPPED}, {@code STARTING},
   * {@code RUNNING} and others.
   */
  public interface Tells extends Callback {
    String call(LxcContainer c);
  }

  /** {@code pid_t (*init_pid)(struct lxc_container *c)}: pid on the host; -1 if it does not run. */
  public interface Counts extends Callback {
    int call(LxcContainer c);
  }

  /**
   * {@code bool (*wait)(struct lxc_container *c, const char *state, int timeout)}: seconds, -1 for
   * no limit.
   */
  public interface Waits extends Callback {
    byte call(LxcContainer c, String state, int timeout);
  }

  /**
   * {@code bool (*shutdown)(struct lxc_container *c, int timeout)}: seconds, 0 sends the signal and
   * does not wait.
   */
  public interface Limited extends Callback {
    byte call(LxcContainer c, int timeout);
  }

  /**
   * {@code bool (*set_config_item)(struct lxc_container *c, const char *key, const char *value)}.
   */
  public interface SetsItem extends Callback {
    byte call(LxcContainer c, String key, String value);
  }

  /** {@code bool (*save_config)(struct lxc_container *c, const char *alt_file)}. */
  public interface Saves extends Callback {
    byte call(LxcContainer c, String altFile);
  }
}
