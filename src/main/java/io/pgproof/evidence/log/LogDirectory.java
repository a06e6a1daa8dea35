package io.pgproof.evidence.log;

import io.pgproof.state.DurableFile;
import io.pgproof.tlog.Checkpoint;
import io.pgproof.tlog.LogDamagedException;
import io.pgproof.tlog.Tiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of the log: {@code log.key} with the private key, {@code log.pem} with its public half,
 * {@code log-ID.pem} with the public half of each former key, the tiles, and {@code checkpoint}.
 * Each file is replaced as a whole, and is on the disk when a method returns.
 */
final class LogDirectory {
  static final String PRIVATE_KEY = "log.key";
  static final String PUBLIC_KEY = "log.pem";
  private static final String FORMER_KEYS = "log-[0-9a-f]{8}\\.pem";
  private static final String CHECKPOINT = "checkpoint";

  private final Path path;

  /** What was read last: each pass of the sequencer reads the key, which rarely changes. */
  private @Nullable ReadKey last;

  private record ReadKey(String text, LogKey.Signing key) {}

  LogDirectory(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  boolean exists() {
    return Files.exists(path);
  }

  Tiles tiles(long size) {
    return new Tiles(path, size);
  }

  /** Returns the signed text of the last checkpoint; empty if there is no such file. */
  Optional<String> checkpoint() throws IOException {
    return read(CHECKPOINT);
  }

  void writeCheckpoint(String signed) throws IOException {
    write(CHECKPOINT, signed, "rw-r--r--");
  }

  /**
   * Returns the key that signs; empty if there is none.
   *
   * @throws LogDamagedException when its file is damaged
   */
  Optional<LogKey.Signing> signingKey() throws IOException {
    Optional<String> text = read(PRIVATE_KEY);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    ReadKey known = last;
    if (known == null || !known.text().equals(text.get())) {
      try {
        known = new ReadKey(text.get(), LogKey.Signing.parse(text.get()));
      } catch (LogDamagedException e) {
        throw damaged(PRIVATE_KEY, e);
      }
      last = known;
    }
    return Optional.of(known.key());
  }

  /** Writes a key that signs from now on, and keeps the public half of the one before. */
  void writeSigningKey(LogKey.Signing key) throws IOException {
    Files.createDirectories(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    DurableFile.flush(Objects.requireNonNull(path.getParent()));
    Optional<LogKey.Signing> before = signingKey();
    if (before.isPresent()) {
      writeFormerKey(before.get().key());
    }
    write(PRIVATE_KEY, key.text(), "rw-------");
    write(PUBLIC_KEY, key.key().text(), "rw-r--r--");
  }

  void writeFormerKey(LogKey key) throws IOException {
    write("log-" + key.id() + ".pem", key.text(), "rw-r--r--");
  }

  /** Writes the public half again if a crash kept it from being written. */
  void completePublicKey(LogKey key) throws IOException {
    Optional<String> text = read(PUBLIC_KEY);
    if (text.isPresent() && text.get().equals(key.text())) {
      return;
    }
    LogKey other;
    try {
      other = text.map(LogKey::parse).orElse(key);
    } catch (LogDamagedException e) {
      throw damaged(PUBLIC_KEY, e);
    }
    if (!other.equals(key) && !Files.exists(path.resolve("log-" + other.id() + ".pem"))) {
      throw new LogDamagedException(
          path.resolve(PUBLIC_KEY) + " is not the public half of " + path.resolve(PRIVATE_KEY));
    }
    write(PUBLIC_KEY, key.text(), "rw-r--r--");
  }

  /**
   * Returns the public halves of all keys, the former ones and the one that signs.
   *
   * @throws LogDamagedException when one of the files is damaged
   */
  List<LogKey> publicKeys() throws IOException {
    List<LogKey> keys = new ArrayList<>();
    List<String> names;
    try (Stream<Path> files = Files.list(path)) {
      names =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.equals(PUBLIC_KEY) || name.matches(FORMER_KEYS))
              .sorted()
              .toList();
    }
    for (String name : names) {
      try {
        keys.add(LogKey.parse(read(name).orElseThrow()));
      } catch (LogDamagedException e) {
        throw damaged(name, e);
      }
    }
    return keys;
  }

  /**
   * Reads a signed checkpoint.
   *
   * @param where names its place in the message
   * @throws LogDamagedException when none of the keys has signed it
   */
  static Checkpoint verified(String signed, List<LogKey> keys, String where) {
    LogDamagedException failure = new LogDamagedException("there is no public key of the log");
    for (LogKey key : keys) {
      try {
        return Checkpoint.parse(signed, key.note());
      } catch (LogDamagedException e) {
        failure = e;
      }
    }
    throw new LogDamagedException(where + " cannot be trusted: " + failure.getMessage());
  }

  private LogDamagedException damaged(String name, LogDamagedException cause) {
    return new LogDamagedException(path.resolve(name) + " is damaged: " + cause.getMessage());
  }

  private Optional<String> read(String name) throws IOException {
    Path file = path.resolve(name);
    return Files.exists(file)
        ? Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
        : Optional.empty();
  }

  private void write(String name, String text, String mode) throws IOException {
    DurableFile.write(path.resolve(name), text.getBytes(StandardCharsets.UTF_8), mode);
  }

  /** Puts a directory that is complete in the place of one that does not exist. */
  void replaceBy(LogDirectory complete) throws IOException {
    Files.move(complete.path, path, StandardCopyOption.ATOMIC_MOVE);
    DurableFile.flush(Objects.requireNonNull(path.getParent()));
  }
}
