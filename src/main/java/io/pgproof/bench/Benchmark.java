package io.pgproof.bench;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.backup.restore.SpreadDirectory;
import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.Trees;
import io.pgproof.image.Image;
import io.pgproof.image.ImageStore;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.UsageException;
import io.pgproof.proof.Verdict;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.Setting;
import io.pgproof.target.Settings;
import io.pgproof.target.VerificationRequest;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Measures pgproof beside restores by hand, on this machine and with the same backup: in each round
 * every figure once, in turn, with the caches of the kernel dropped before.
 */
public final class Benchmark {
  /** The parts of a benchmark; each can be measured alone. */
  public enum Part {
    /** Restores by hand, and what the disk can do. */
    HAND,
    /** Verifications in a server. */
    SERVER,
    /** Commands. */
    COMMAND,
    /** Small backups, two at a time. */
    SMALL
  }

  /** Programs, and the packages that have them. */
  private static final SortedMap<String, String> NEEDED =
      new TreeMap<>(Map.of("igzip", "isal", "lz4", "lz4", "zstd", "zstd"));

  private static final int MAJOR = 15;
  private static final Duration SMALL_ROUND = Duration.ofSeconds(60);
  private static final int AT_A_TIME = 2;
  private static final String MAX_AGE = "3650d";

  private final BenchPlace place;
  private final Sandbox sandbox;
  private final HostPrograms programs;
  private final Commands commands;
  private final BenchBackups backups;
  private final Consumer<String> said;
  private final Map<String, Series> measured = new LinkedHashMap<>();

  /**
   * @param state the benchmark keeps its files below its directory {@code bench}
   * @param launcher the script that starts pgproof
   * @param said receives what happens, one line at a time
   */
  public Benchmark(
      StateDirectory state,
      Path launcher,
      Sandbox sandbox,
      HostPrograms programs,
      Consumer<String> said) {
    this.place = new BenchPlace(state.benchmarks());
    this.sandbox = sandbox;
    this.programs = programs;
    this.commands = new Commands(programs, launcher, place.state());
    this.backups = new BenchBackups(place, sandbox, programs, Clock.systemUTC());
    this.said = said;
  }

  /** Returns the state directory of benchmarks, whose images they use. */
  public static StateDirectory state(StateDirectory state) {
    return new BenchPlace(state.benchmarks()).state();
  }

  /**
   * Makes the backups unless they are there, and measures.
   *
   * @param images images of {@link #state}
   * @param size size of the database, in bytes
   * @param program version of pgproof
   * @throws UsageException when a program is missing, or another benchmark is under way
   * @throws io.pgproof.proof.FindingException when something that is measured does not work
   */
  public BenchResult run(ImageStore images, long size, int rounds, List<Part> parts, String program)
      throws IOException {
    NEEDED.forEach(this::requireProgram);
    Ownership.createDirectory(place.state());
    try (FileChannel turn =
        FileChannel.open(place.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      if (turn.tryLock() == null) {
        throw new UsageException(
            Reason.BAD_OPTION,
            "another benchmark is under way in " + place.path(),
            "wait until it ends, or use another state directory with --state");
      }
      return measure(images, size, rounds, parts, program);
    }
  }

  private void requireProgram(String program, String debianPackage) {
    if (!programs.has(program)) {
      throw new UsageException(
          Reason.BAD_OPTION,
          "a benchmark needs the program " + program + ", which is not installed",
          "run apt-get install " + debianPackage);
    }
  }

  private BenchResult measure(
      ImageStore images, long size, int rounds, List<Part> parts, String program)
      throws IOException {
    // What a killed benchmark left behind.
    commands.run(0, "clean");
    Instant began = Instant.now();
    double load = Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
    Image image;
    BenchResult.Input input;
    Ownership ownership = Ownership.acquire(place.state()).orElseThrow();
    try (ownership) {
      image = images.build(MAJOR, false, line -> said.accept("image: " + line));
      input = backups.make(image, size, said);
    }
    ByHand byHand = new ByHand(programs, sandbox, image);
    for (int round = 1; round <= rounds; round++) {
      said.accept("round " + round + " of " + rounds);
      if (parts.contains(Part.HAND)) {
        measureByHand(byHand, input);
      }
      if (parts.contains(Part.COMMAND)) {
        measureCommands();
      }
      if (parts.contains(Part.SERVER) || parts.contains(Part.SMALL)) {
        try (BenchServer server = BenchServer.start(place.state(), programs, commands)) {
          if (parts.contains(Part.SERVER)) {
            measureServer(server);
          }
          if (parts.contains(Part.SMALL)) {
            measureSmall(server);
          }
          record("server: resident", "MiB", server.mostResident());
        }
      }
    }
    requireNothingLeft();
    return new BenchResult(
        BenchResult.SCHEMA,
        began,
        program,
        BenchMachine.describe(place.path(), load),
        input,
        rounds,
        List.copyOf(measured.values()));
  }

  private void requireNothingLeft() throws IOException {
    try (Stream<Path> left = Files.list(place.state().runs());
        Stream<String> mounts = Files.lines(Path.of("/proc/self/mounts"))) {
      List<String> all =
          Stream.concat(
                  left.map(Path::toString),
                  mounts.filter(line -> line.contains(place.path().toString())))
              .toList();
      if (!all.isEmpty()) {
        throw new BenchFailure("the benchmark left behind: " + all);
      }
    }
  }

  private void measureByHand(ByHand byHand, BenchResult.Input input) throws IOException {
    measureWrite(input.dataBytes() + input.walBytes());
    for (String way : List.of("hand", "hand-fast", "hand-checks", "hand-deep", "article")) {
      restore(byHand, way, backups.gzip());
    }
    restore(byHand, "copy", backups.plain());
  }

  /** Writes as many bytes as a restore does, of memory, to the disk. */
  private void measureWrite(long bytes) throws IOException {
    inWork(
        work -> {
          byte[] block = new byte[1 << 20];
          new Random(bytes).nextBytes(block);
          long start = System.nanoTime();
          try (FileOutputStream file = new FileOutputStream(work.resolve("file").toFile())) {
            for (long written = 0; written < bytes; written += block.length) {
              file.write(block);
            }
            file.getFD().sync();
          }
          record("write", "s", since(start));
        });
  }

  private void restore(ByHand byHand, String way, Path backup) throws IOException {
    inWork(
        work -> {
          Map<String, Double> phases = byHand.restore(way, backup, work);
          record(way, "s", phases.values().stream().mapToDouble(Double::doubleValue).sum());
          if (phases.size() > 1) {
            phases.forEach((phase, seconds) -> record(way + ": " + phase, "s", seconds));
          }
        });
  }

  private void measureServer(BenchServer server) throws IOException {
    // The first verification of a server loads classes; none of the figures is about that.
    server.verify(request(backups.small(), Depth.STANDARD));
    verify(server, "quick", backups.gzip(), Depth.QUICK);
    verify(server, "standard", backups.gzip(), Depth.STANDARD);
    verify(server, "deep", backups.gzip(), Depth.DEEP);
    verify(server, "quick-plain", backups.plain(), Depth.QUICK);
    verify(server, "standard-zstd", backups.zstd(), Depth.STANDARD);
    verify(server, "standard-lz4", backups.lz4(), Depth.STANDARD);
    verify(server, "small", backups.small(), Depth.STANDARD);
    dropCaches();
    long start = System.nanoTime();
    require(server.verify(request(backups.cut(), Depth.STANDARD)), Verdict.REFUTED);
    record("cut", "s", since(start));
    server.verify(request(backups.small(), Depth.STANDARD));
    Commands.Took through =
        commands.run(0, "verify", backups.small().toString(), "--max-age", MAX_AGE, "--json");
    long run = Objects.requireNonNull(report(through).totalMillis());
    record("through-server: on top", "s", through.seconds() - run / 1000.0);
  }

  private void verify(BenchServer server, String name, Path backup, Depth depth)
      throws IOException {
    dropCaches();
    long start = System.nanoTime();
    Report report = server.verify(request(backup, depth));
    double seconds = since(start);
    require(report, Verdict.PROVEN);
    record(name, "s", seconds);
    long phases = 0;
    for (Report.PhaseFacts phase : report.phases()) {
      record(name + ": " + phase.name(), "s", phase.millis() / 1000.0);
      phases += phase.millis();
    }
    record(name + ": rest", "s", seconds - phases / 1000.0);
  }

  private static void require(Report report, Verdict verdict) {
    if (report.verdict() != verdict) {
      throw new BenchFailure(
          "the run "
              + report.run()
              + " ended with another verdict than "
              + verdict.word()
              + ": "
              + report.conclusion());
    }
  }

  private void measureCommands() throws IOException {
    dropCaches();
    measureStart("cold");
    measureStart("warm");
    String absent = place.backups().resolve("absent").toString();
    record("help", "s", commands.run(0, "--help").seconds());
    record("usage", "s", commands.run(2, "verify").seconds());
    record("no-such-path", "s", commands.run(2, "verify", absent).seconds());
    record("no-backup", "s", commands.run(2, "verify", backups.empty().toString()).seconds());
    record("doctor", "s", commands.run(0, "doctor").seconds());
    record("images-list", "s", commands.run(0, "images", "list").seconds());
    record("cut by a command", "s", commands.run(4, "verify", backups.cut().toString()).seconds());
  }

  private void measureStart(String caches) {
    Commands.Took took =
        commands.run(0, "verify", backups.small().toString(), "--max-age", MAX_AGE, "--json");
    Instant first = Objects.requireNonNull(report(took).period().startedAt());
    record(
        "command: first step, " + caches,
        "s",
        Duration.between(took.began(), first).toMillis() / 1000.0);
    record("command, " + caches, "s", took.seconds());
    if (caches.equals("warm")) {
      record("command: processor", "s", took.processor());
    }
  }

  private static Report report(Commands.Took took) {
    return EvidenceJson.read(took.out(), Report.class);
  }

  /** Verifies the small backup again and again, two at a time, and counts for a minute. */
  private void measureSmall(BenchServer server) throws IOException {
    VerificationRequest request = request(backups.small(), Depth.STANDARD);
    server.verify(request);
    double before = server.resident();
    long until = System.nanoTime() + SMALL_ROUND.toNanos();
    Callable<Integer> client =
        () -> {
          int count = 0;
          while (System.nanoTime() < until) {
            require(server.verify(request), Verdict.PROVEN);
            count++;
          }
          return count;
        };
    ExecutorService clients = Executors.newFixedThreadPool(AT_A_TIME);
    try {
      long start = System.nanoTime();
      int count = 0;
      for (Future<Integer> one : clients.invokeAll(List.of(client, client))) {
        count += one.get();
      }
      record("small-per-hour", "1/h", count / since(start) * TimeUnit.HOURS.toSeconds(1));
      record("small: memory on top", "MiB", server.resident() - before);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the benchmark was interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IOException(e.getCause());
    } finally {
      clients.shutdownNow();
    }
  }

  private static VerificationRequest request(Path backup, Depth depth) {
    return Settings.NONE
        .with(Setting.DEPTH, depth)
        .with(Setting.MAX_AGE, Duration.ofDays(3650))
        .with(Setting.MEMORY, 2L << 30)
        .with(Setting.CPUS, (double) Runtime.getRuntime().availableProcessors())
        .request(Optional.empty(), backup, "benchmark");
  }

  private interface InWork {
    void run(Path work) throws IOException;
  }

  private void inWork(InWork figure) throws IOException {
    Trees.remove(place.work());
    SpreadDirectory.create(place.work());
    // A name of its own, so that ext4 does not put it where files were removed before.
    Path work = Files.createTempDirectory(place.work(), "figure");
    dropCaches();
    try {
      figure.run(work);
    } finally {
      Trees.remove(place.work());
    }
  }

  private void dropCaches() throws IOException {
    programs.run(new HostCommand(Duration.ofMinutes(10), "sync"));
    Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "3");
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private void record(String name, String unit, double value) {
    said.accept("%s: %.2f %s".formatted(name, value, unit));
    List<Double> values = new ArrayList<>();
    Optional.ofNullable(measured.get(name)).ifPresent(series -> values.addAll(series.values()));
    values.add(value);
    measured.put(name, new Series(name, unit, values));
  }
}
