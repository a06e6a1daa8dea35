package io.pgproof.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.TestEnvironment;
import io.pgproof.bench.Benchmark.Part;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.Trees;
import io.pgproof.image.BuiltImages;
import io.pgproof.image.TestImages;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BenchmarkTest {
  private static final long SIZE = 1 << 20;

  private StateDirectory state;

  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void create() throws IOException {
    // The name of a socket has a limit, so no long name of a temporary directory.
    state = new StateDirectory(Files.createTempDirectory(Path.of("/var/tmp"), "pgproof-"));
    Ownership.createDirectory(state);
  }

  @AfterEach
  void remove() throws IOException {
    Trees.remove(state.path());
  }

  @Test
  void backupsAreMadeOnceAndRestoredByHand() throws IOException {
    StateDirectory own = Benchmark.state(state);
    Ownership.createDirectory(own);
    TestImages.link(TestEnvironment.image(15), own.images());

    BenchResult result = measure(List.of(Part.HAND));
    for (String way : List.of("hand", "hand-fast", "hand-checks", "hand-deep", "article", "copy")) {
      assertThat(result.find(way)).as(way).isPresent();
      assertThat(result.find(way).orElseThrow().values()).as(way).hasSize(1);
    }
    assertThat(result.series())
        .extracting(Series::name)
        .contains("write", "hand-deep: amcheck", "hand-deep: dump", "hand-checks: checksums");
    assertThat(result.input().dataBytes()).isGreaterThan(20L << 20);
    assertThat(result.input().walBytes()).isPositive();
    assertThat(said).anyMatch(line -> line.contains("pgbench"));

    said.clear();
    assertThat(measure(List.of()).input()).isEqualTo(result.input());
    assertThat(said).noneMatch(line -> line.contains("pgbench"));
    try (Stream<Path> left = Files.list(state.benchmarks())) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("state", "backups", "lock");
    }
  }

  private BenchResult measure(List<Part> parts) throws IOException {
    HostPrograms programs = new HostPrograms();
    StateDirectory own = Benchmark.state(state);
    return new Benchmark(
            state,
            Path.of("pgproof").toAbsolutePath(),
            TestEnvironment.sandbox(),
            programs,
            line -> said.add(line))
        .run(
            new BuiltImages(
                own.images(),
                own.imageSources(),
                TestEnvironment.sandbox()::firstHostId,
                programs,
                Clock.systemUTC()),
            SIZE,
            1,
            parts,
            "pgproof");
  }
}
