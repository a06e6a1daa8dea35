package io.pgproof.state;

import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The lock on a state directory. The process that holds the lock owns the directory; the kernel
 * releases the lock when the process ends, however it ends.
 */
public final class Ownership implements AutoCloseable {
  private final StateDirectory state;
  private final FileChannel lock;

  private Ownership(StateDirectory state, FileChannel lock) {
    this.state = state;
    this.lock = lock;
  }

  /**
   * Creates the state directory (mode 0700) if it does not exist, and takes its lock.
   *
   * @return empty if another process holds the lock
   * @throws UsageException if the directory cannot be created or written, or if other users can
   *     enter it
   */
  public static Optional<Ownership> acquire(StateDirectory state) {
    FileChannel channel = null;
    try {
      createDirectory(state);
      channel =
          FileChannel.open(
              state.lockFile(),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        channel.close();
        return Optional.empty();
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
      makePrivate(state.runs());
      makePrivate(state.images());
      makePrivate(state.controls());
      makePrivate(state.kept());
      makePrivate(state.engine());
      return Optional.of(new Ownership(state, channel));
    } catch (OverlappingFileLockException e) {
      closeQuietly(channel);
      return Optional.empty();
    } catch (IOException e) {
      closeQuietly(channel);
      throw cannotBeUsed(state, e);
    }
  }

  /**
   * Creates the state directory (mode 0700) if it does not exist.
   *
   * @throws UsageException if it cannot be created, or if other users can enter it
   */
  public static void createDirectory(StateDirectory state) {
    requirePrivate(state);
    try {
      makePrivate(state.path());
    } catch (IOException e) {
      throw cannotBeUsed(state, e);
    }
  }

  /**
   * Refuses a state directory that other users can enter. They could read the backups, or listen on
   * its socket in place of the daemon.
   *
   * @throws UsageException if the path exists and is not a directory, is not owned by root, or is
   *     accessible to users other than root
   */
  public static void requirePrivate(StateDirectory state) {
    Path path = state.path();
    try {
      if (!Files.exists(path)) {
        return;
      }
      if (!Files.isDirectory(path)) {
        throw new FileAlreadyExistsException(path.toString());
      }
      int uid = (Integer) Files.getAttribute(path, "unix:uid");
      int mode = (Integer) Files.getAttribute(path, "unix:mode") & 0777;
      if (uid != 0) {
        throw new UsageException(
            Reason.BAD_OPTION,
            "the state directory " + path + " belongs to the user id " + uid + ", not to root",
            "name a directory that root owns, or one that does not exist yet, with --state or PGPROOF_STATE");
      }
      if ((mode & 0077) != 0) {
        throw new UsageException(
            Reason.BAD_OPTION,
            "the state directory "
                + path
                + " has the mode "
                + String.format("%04o", mode)
                + ": users other than root can enter it",
            "if it contains nothing else, run chmod 700 "
                + path
                + "; otherwise name one that does not exist yet with --state or PGPROOF_STATE");
      }
    } catch (IOException e) {
      throw cannotBeUsed(state, e);
    }
  }

  /** Returns the process id that the owner wrote to the lock file; empty if it cannot be read. */
  public static Optional<Long> owner(StateDirectory state) {
    try {
      return Optional.of(Long.valueOf(Files.readString(state.lockFile()).strip()));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  public StateDirectory state() {
    return state;
  }

  /**
   * Returns the identity that distinguishes this state directory from all others. It is generated
   * randomly once and kept in a file.
   *
   * @throws UsageException if the file cannot be used
   */
  public String identity() {
    try {
      if (!Files.exists(state.identity())) {
        Path whole = state.path().resolve("identity.new");
        Files.writeString(
            whole,
            UUID.randomUUID() + "\n",
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.DSYNC);
        Files.move(whole, state.identity(), StandardCopyOption.ATOMIC_MOVE);
        // Sync the directory entry too, before any database is claimed under this identity. The
        // database would refuse a different identity.
        try (FileChannel directory = FileChannel.open(state.path())) {
          directory.force(true);
        }
      }
      return UUID.fromString(Files.readString(state.identity()).strip()).toString();
    } catch (IOException e) {
      throw cannotBeUsed(state, e);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          Reason.BAD_OPTION,
          state.identity()
              + " does not contain the identity of a state directory: "
              + e.getMessage(),
          "restore the file; or remove it: pgproof then creates a new identity, to which you must move the engine's database");
    }
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Creates a directory with mode 0700. An existing directory keeps its mode, because it can belong
   * to the system.
   */
  private static void makePrivate(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory.getParent());
      try {
        Files.createDirectory(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } catch (FileAlreadyExistsException e) {
        if (!Files.isDirectory(directory)) {
          throw e;
        }
        // Another starting process created it first.
      }
    }
  }

  private static UsageException cannotBeUsed(StateDirectory state, IOException e) {
    String why =
        e instanceof NoSuchFileException
            ? "it does not exist and cannot be created"
            : e instanceof FileAlreadyExistsException
                ? "it is not a directory"
                : e instanceof AccessDeniedException
                    ? "access to it is denied"
                    : e instanceof FileSystemException system && system.getReason() != null
                        ? system.getReason()
                        : e.toString();
    return new UsageException(
        Reason.BAD_OPTION,
        "the state directory " + state.path() + " cannot be used: " + why,
        "name a directory that root can write with --state or PGPROOF_STATE");
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // Report the original failure, not this one.
      }
    }
  }
}
