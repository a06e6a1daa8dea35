package io.pgproof.bench;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.ProgramResult;
import io.pgproof.command.Trees;
import io.pgproof.demo.OrderWriter;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.demo.SourceOptions;
import io.pgproof.image.Image;
import io.pgproof.postgres.recovery.RecoveryRequest;
import io.pgproof.proof.RunId;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.StateDirectory.RunDirectory;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Makes the backups of a benchmark once: one server's base backup, taken while clients write, in
 * each format; and a small one, whole and cut off.
 */
final class BenchBackups {
  private static final Duration LIMIT = Duration.ofHours(2);
  private static final long BYTES_OF_SCALE = 15_600_000;
  private static final long BYTES_OF_ORDER = 480;
  private static final int SMALL_ORDERS = 2_000;

  // As pg_basebackup writes them: it compresses WAL with gzip only.
  private static final String DERIVE =
      """
      cd "$1"
      mkdir zstd lz4 plain cut empty
      gzip -dc gzip/base.tar.gz | zstd -q -o zstd/base.tar.zst
      gzip -dc gzip/base.tar.gz | lz4 -q - lz4/base.tar.lz4
      gzip -dc gzip/pg_wal.tar.gz | tee zstd/pg_wal.tar > lz4/pg_wal.tar
      for format in zstd lz4 plain; do cp gzip/backup_manifest "$format"; done
      tar -xzf gzip/base.tar.gz -C plain
      tar -xzf gzip/pg_wal.tar.gz -C plain/pg_wal
      cp small/* cut
      truncate -s "$(($(stat -c %s small/base.tar.gz) * 3 / 4))" cut/base.tar.gz
      sync -f .
      """;

  private final BenchPlace place;
  private final Sandbox sandbox;
  private final HostPrograms programs;
  private final Clock clock;

  BenchBackups(BenchPlace place, Sandbox sandbox, HostPrograms programs, Clock clock) {
    this.place = place;
    this.sandbox = sandbox;
    this.programs = programs;
    this.clock = clock;
  }

  /**
   * What was made.
   *
   * @param size the size that was asked for, in bytes
   */
  record Made(long size, BenchResult.Input input) {}

  Path gzip() {
    return place.backups().resolve("gzip");
  }

  Path zstd() {
    return place.backups().resolve("zstd");
  }

  Path lz4() {
    return place.backups().resolve("lz4");
  }

  Path plain() {
    return place.backups().resolve("plain");
  }

  Path small() {
    return place.backups().resolve("small");
  }

  /** The small backup with an archive that ends too early. */
  Path cut() {
    return place.backups().resolve("cut");
  }

  Path empty() {
    return place.backups().resolve("empty");
  }

  /** Returns what an earlier benchmark made of this size, or makes it. */
  BenchResult.Input make(Image image, long size, Consumer<String> said) throws IOException {
    Optional<Made> made = made();
    if (made.isPresent() && made.get().size() == size) {
      return made.get().input();
    }
    Trees.remove(place.backups());
    Files.createDirectories(place.backups());
    takeBackups(image, size, said);
    said.accept("the same backup with zstd, with lz4, and as plain files");
    derive();
    BenchResult.Input input =
        new BenchResult.Input(
            image.major(),
            bytes(plain()) - bytes(plain().resolve("pg_wal")),
            bytes(plain().resolve("pg_wal")),
            bytes(gzip()));
    Files.writeString(place.record(), EvidenceJson.write(new Made(size, input)));
    return input;
  }

  private Optional<Made> made() throws IOException {
    return Files.exists(place.record())
        ? Optional.of(EvidenceJson.read(Files.readString(place.record()), Made.class))
        : Optional.empty();
  }

  private void takeBackups(Image image, long size, Consumer<String> said) {
    SourceOptions options =
        SourceOptions.standard()
            .withBackupDirectory(place.backups())
            .with("max_wal_size", "4GB")
            .with("shared_buffers", "256MB");
    said.accept("a small database, and its backup");
    try (SourceDatabase source = start(image, options)) {
      source.fill(SMALL_ORDERS);
      backUp(source, "small", 0);
    }
    int scale = (int) Math.max(1, size * 2 / 3 / BYTES_OF_SCALE);
    int orders = (int) Math.max(1_000, size / 3 / BYTES_OF_ORDER);
    said.accept("a database with pgbench at scale " + scale + " and " + orders + " orders");
    try (SourceDatabase source = start(image, options)) {
      source.fill(orders);
      Sandbox.Ended ended =
          source.run(
              image.binDirectory() + "/pgbench",
              "--host=" + RecoveryRequest.SOCKET,
              "--username=postgres",
              "--initialize",
              "--quiet",
              "--scale=" + scale,
              "postgres");
      if (ended.status() != 0) {
        throw failed("pgbench failed: " + ended.err());
      }
      said.accept("its backup with gzip, while clients write");
      backUp(source, "gzip", size / 3);
    }
  }

  private SourceDatabase start(Image image, SourceOptions options) {
    RunDirectory directory = place.state().run(RunId.at(clock.instant()));
    return SourceDatabase.start(sandbox, image, directory.machineName(), directory.path(), options);
  }

  /** Takes a backup while orders come in, and accounts change until there is as much WAL. */
  private static void backUp(SourceDatabase source, String name, long walBytes) {
    AtomicBoolean ended = new AtomicBoolean();
    OrderWriter writer = source.startWriter();
    CompletableFuture<Void> changes =
        walBytes == 0
            ? CompletableFuture.completedFuture(null)
            : CompletableFuture.runAsync(() -> change(source, walBytes, ended));
    try (writer) {
      source.baseBackup(name);
    } finally {
      ended.set(true);
      changes.join();
    }
  }

  private static void change(SourceDatabase source, long walBytes, AtomicBoolean ended) {
    String start = source.currentLsn();
    long accounts = Long.parseLong(number(source, "select max(aid) from pgbench_accounts"));
    long first = 1;
    while (!ended.get() && Long.parseLong(number(source, written(start))) < walBytes) {
      source.execute(
          "update pgbench_accounts set abalance = abalance + 1 where aid between %d and %d"
              .formatted(first, first + 2_000));
      first = (first + 7_919) % accounts;
    }
  }

  private static String written(String start) {
    return "select pg_wal_lsn_diff(pg_current_wal_lsn(), '" + start + "')::bigint";
  }

  private static String number(SourceDatabase source, String query) {
    return Objects.requireNonNull(source.query(query));
  }

  private static long bytes(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.map(Path::toFile).filter(File::isFile).mapToLong(File::length).sum();
    }
  }

  /** Makes the other backups of the ones in gzip. */
  private void derive() {
    ProgramResult result =
        programs.run(
            new HostCommand(
                LIMIT,
                "/bin/bash",
                "-euo",
                "pipefail",
                "-c",
                DERIVE,
                "bash",
                place.backups().toString()));
    if (!result.succeeded()) {
      throw failed(result.describe());
    }
  }

  private static BenchFailure failed(String message) {
    return new BenchFailure("the backups for the benchmark could not be made: " + message);
  }
}
