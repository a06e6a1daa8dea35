package io.pgproof.state;

import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.proof.UsageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32;

/**
 * The paths of all files in the state directory. It holds no handle and changes nothing on disk;
 * the daemon does that.
 *
 * @param path absolute and normalised; short enough for a Unix socket below {@code runs/}
 */
public record StateDirectory(Path path) {
  private static final int LONGEST_SOCKET_PATH = 107;

  /**
   * @throws UsageException if the path is too long for the sockets below it
   */
  public StateDirectory {
    path = path.toAbsolutePath().normalize();
    Path socket = path.resolve("runs/20261122-193012-k3f9/socket/.s.PGSQL.5432");
    int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST_SOCKET_PATH) {
      throw new UsageException(
          Reason.BAD_OPTION,
          "the path of the state directory "
              + path
              + " is "
              + (length - LONGEST_SOCKET_PATH)
              + " bytes too long: a socket below it may have a path of "
              + LONGEST_SOCKET_PATH
              + " bytes",
          "name a shorter one with --state or PGPROOF_STATE");
    }
  }

  /** Directory of the engine's embedded database. */
  Path engine() {
    return path.resolve("engine");
  }

  /** Path of the engine's embedded database, without H2's file extension. */
  public Path engineDatabase() {
    return engine().resolve("pgproof");
  }

  /** Marker file that exists once the embedded database has all its tables. */
  public Path engineComplete() {
    return path.resolve("engine/complete");
  }

  public Path images() {
    return path.resolve("images");
  }

  /** User-written file that overrides the built-in image sources; it does not always exist. */
  public Path imageSources() {
    return path.resolve("images.yaml");
  }

  public Path runs() {
    return path.resolve("runs");
  }

  /** Damaged copies of backups, one directory for each negative control that runs. */
  public Path controls() {
    return path.resolve("controls");
  }

  /** Restored copies that a user asked to keep for inspection, one directory per run. */
  public Path kept() {
    return path.resolve("kept");
  }

  /** The backup of the last demonstration. */
  public Path demo() {
    return path.resolve("demo");
  }

  /** The files of benchmarks. */
  public Path benchmarks() {
    return path.resolve("bench");
  }

  /** Locked while a demonstration runs. */
  public Path demoLock() {
    return path.resolve("demo.lock");
  }

  /** File with the targets of a demonstration that serves them. */
  public Path demoTargets() {
    return demo().resolve("pgproof.yaml");
  }

  /** The first administrator's password, until somebody removes the file. */
  public Path adminPassword() {
    return path.resolve("admin-password");
  }

  /** The passwords of the users of a demonstration: a line for each, id and password. */
  public Path demoPasswords() {
    return path.resolve("demo-passwords");
  }

  /** Keys, checkpoint and tiles of the evidence log. */
  public Path log() {
    return path.resolve("log");
  }

  /** Time stamps of the evidence log, one directory for each. */
  public Path anchors() {
    return path.resolve("anchors");
  }

  /** Path of the file with the last sign of life of the server. */
  public Path alive() {
    return path.resolve("alive");
  }

  /** Directory of the keys that sign certificates. */
  public Path certificate() {
    return path.resolve("certificate");
  }

  public Path controlSocket() {
    return path.resolve("control.sock");
  }

  /**
   * File with the identity that distinguishes this state directory from all others, even after it
   * is moved.
   */
  public Path identity() {
    return path.resolve("identity");
  }

  public Path lockFile() {
    return path.resolve("owner.lock");
  }

  /**
   * Prefix of the names of all machines of this state directory. Other state directories have other
   * prefixes.
   */
  public String machinePrefix() {
    CRC32 crc = new CRC32();
    crc.update(path.toString().getBytes(StandardCharsets.UTF_8));
    return String.format("pgproof-%08x-", crc.getValue());
  }

  /** Returns the paths of all files of one run. */
  public RunDirectory run(RunId run) {
    return new RunDirectory(runs().resolve(run.value()), machinePrefix() + run.value());
  }

  /**
   * The files of one run, which are removed at teardown.
   *
   * @param path {@code runs/<run id>}
   * @param machineName name of the run's container
   */
  public record RunDirectory(Path path, String machineName) {
    public Path machine() {
      return path.resolve("machine");
    }

    public Path data() {
      return path.resolve("data");
    }

    /** Changes that are written where {@link #data} is an overlay over a backup. */
    public Path layers() {
      return path.resolve("layers");
    }

    /**
     * Backups that are waiting to be combined, one directory each; removed once they are combined.
     */
    public Path chain() {
      return path.resolve("chain");
    }

    /** The tablespaces that are outside the data directory. */
    public Path tablespaces() {
      return path.resolve("tablespaces");
    }

    /** Copies of the WAL segments that the backup does not contain. */
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
