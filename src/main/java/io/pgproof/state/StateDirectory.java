package io.pgproof.state;

import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.proof.UsageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32;

/**
 * Where everything lies. Holds no handle and touches nothing on disk; the owner does.
 *
 * @param path absolute and normalised; short enough for a Unix socket below {@code runs/}
 */
public record StateDirectory(Path path) {
  private static final int LONGEST_SOCKET_PATH = 107;

  /**
   * @throws UsageException when the path is too long for the sockets below it
   */
  public StateDirectory {
    path = path.toAbsolutePath().normalize();
    Path socket = path.resolve("runs/20261122-193012-k3f9/socket/.s.PGSQL.5432");
    int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST_SOCKET_PATH) {
      throw new UsageException(
          Reason.BAD_OPTION,
          "the state directory "
              + path
              + " is too long by "
              + (length - LONGEST_SOCKET_PATH)
              + " bytes: sockets below it may have "
              + LONGEST_SOCKET_PATH,
          "name a shorter one with --state or PGPROOF_STATE");
    }
  }

  /** The engine's embedded database, without H2's ending. */
  public Path engineDatabase() {
    return path.resolve("engine/pgproof");
  }

  /** There when the embedded database has all its tables. */
  public Path engineComplete() {
    return path.resolve("engine/complete");
  }

  public Path images() {
    return path.resolve("images");
  }

  /**
   * What images are made of, where that is not what is built in; written by people, and not always
   * there.
   */
  public Path imageSources() {
    return path.resolve("images.yaml");
  }

  public Path runs() {
    return path.resolve("runs");
  }

  /** Restored copies that someone asked to keep for a look, one directory a run. */
  public Path kept() {
    return path.resolve("kept");
  }

  /** The backup of the last demonstration. */
  public Path demo() {
    return path.resolve("demo");
  }

  /** Locked while a demonstration is under way. */
  public Path demoLock() {
    return path.resolve("demo.lock");
  }

  public Path controlSocket() {
    return path.resolve("control.sock");
  }

  /** What tells this state directory from all others, wherever it is moved. */
  public Path identity() {
    return path.resolve("identity");
  }

  public Path lockFile() {
    return path.resolve("owner.lock");
  }

  /**
   * Prefix of the names of all machines of this state directory; other state directories have
   * others.
   */
  public String machinePrefix() {
    CRC32 crc = new CRC32();
    crc.update(path.toString().getBytes(StandardCharsets.UTF_8));
    return String.format("pgproof-%08x-", crc.getValue());
  }

  /** Everything of one run. */
  public RunDirectory run(RunId run) {
    return new RunDirectory(runs().resolve(run.value()), machinePrefix() + run.value());
  }

  /**
   * Everything of one run, gone after its teardown.
   *
   * @param path {@code runs/<run id>}
   * @param machineName of the run's container
   */
  public record RunDirectory(Path path, String machineName) {
    public Path machine() {
      return path.resolve("machine");
    }

    public Path data() {
      return path.resolve("data");
    }

    /** What is written where {@link #data} is laid over a backup. */
    public Path layers() {
      return path.resolve("layers");
    }

    /** Backups that are to be combined, a directory each; gone when they are. */
    public Path chain() {
      return path.resolve("chain");
    }

    /** The tablespaces that lie outside of the data directory. */
    public Path tablespaces() {
      return path.resolve("tablespaces");
    }

    /** Copies of the WAL segments that the backup does not bring. */
    public Path walArchive() {
      return path.resolve("wal");
    }

    public Path settings() {
      return path.resolve("settings");
    }

    public Path socket() {
      return path.resolve("socket");
    }

    public Path log() {
      return path.resolve("log");
    }

    public Path serverLog() {
      return log().resolve("server.log");
    }
  }
}
