package io.pgproof.daemon.configuration;

import io.pgproof.proof.UsageException;
import io.pgproof.target.Configuration;
import io.pgproof.target.CurrentConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads the configuration when its file changes; if the file is wrong, logs every mistake and
 * keeps the previous configuration.
 */
public final class ConfigurationReloader {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigurationReloader.class);

  private final CurrentConfiguration configuration;
  private final Path file;
  private final BiConsumer<Configuration, Configuration> changeRecorder;
  private @Nullable Stamp seen;
  private @Nullable Stamp read;

  /**
   * @param configuration the configuration that the caller read from its file, or that of a file
   *     that does not exist
   * @param changeRecorder gets the configurations before and after a change, when it is in force
   */
  public ConfigurationReloader(
      CurrentConfiguration configuration, BiConsumer<Configuration, Configuration> changeRecorder) {
    this.configuration = configuration;
    this.changeRecorder = changeRecorder;
    this.file = configuration.get().file();
  }

  /** The attributes that change when a file is written or replaced. */
  private record Stamp(@Nullable Object inode, long size, @Nullable FileTime modified) {
    static final Stamp NONE = new Stamp(null, 0, null);

    static Stamp of(Path file) {
      try {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new Stamp(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
      } catch (IOException e) {
        return NONE;
      }
    }
  }

  /**
   * Reads the file once it has changed and two consecutive looks have found it the same: at the
   * first look an editor may be in the middle of writing.
   */
  public void checkForChange() {
    Stamp now = Stamp.of(file);
    boolean settled = now.equals(seen);
    seen = now;
    if (!settled || now.equals(read)) {
      return;
    }
    boolean gone = now.equals(Stamp.NONE) && read != null;
    read = now;
    if (gone) {
      LOG.warn("{} is gone; the last configuration stays in force", file);
    } else if (!now.equals(Stamp.NONE)) {
      reload();
    }
  }

  private void reload() {
    Configuration next;
    try {
      next = Configuration.read(file);
    } catch (UsageException e) {
      LOG.error(
          "{} changed and has mistakes; the last configuration stays in force: {}",
          file,
          e.getMessage());
      return;
    }
    Configuration before = configuration.get();
    if (!next.equals(before)) {
      configuration.replace(next);
      LOG.info("{} changed; the new configuration is in force", file);
      changeRecorder.accept(before, next);
    }
  }
}
