package io.pgproof.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.TestEnvironment;
import io.pgproof.bench.Benchmark.Part;
import io.pgproof.command.HostPrograms;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkTest {
  private static final long SIZE = 1 << 20;

  @TempDir private Path place;

  private final List<String> said = new ArrayList<>();

  @Test
  void backupsAreMadeOnceAndRestoredByHand() throws IOException {
    Ownership.createDirectory(new StateDirectory(place.resolve("bench")));
    Path directory = place.resolve("bench");
    StateDirectory state = Benchmark.state(directory);
    Ownership.createDirectory(state);
    TestImages.link(TestEnvironment.image(15), state.images());

    BenchResult result = measure(directory);
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
    measure(directory);
    assertThat(said).noneMatch(line -> line.contains("pgbench"));
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("state", "backups");
    }
  }

  private BenchResult measure(Path directory) throws IOException {
    HostPrograms programs = new HostPrograms();
    StateDirectory state = Benchmark.state(directory);
    return new Benchmark(
            directory,
            Path.of("/no/launcher"),
            TestEnvironment.sandbox(),
            programs,
            line -> said.add(line))
        .run(
            new BuiltImages(
                state.images(),
                state.imageSources(),
                TestEnvironment.sandbox()::firstHostId,
                programs,
                Clock.systemUTC()),
            SIZE,
            1,
            List.of(Part.HAND),
            "pgproof");
  }
}
