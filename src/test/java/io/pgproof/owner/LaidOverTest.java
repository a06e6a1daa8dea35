package io.pgproof.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.Bench;
import io.pgproof.Remains;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.demo.SourceOptions;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Report;
import io.pgproof.state.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A plain backup is proven by a server that works on it through an overlay, and is left as it was. */
@Tag("container")
class LaidOverTest {
  private static Path place;
  private static Path backup;

  @BeforeAll
  static void takeBackup() {
    place = Bench.state().path().resolve("laid-over");
    try (SourceDatabase source = Bench.source(15, "laid-over", SourceOptions.standard().keepingBackupsIn(place))) {
      source.fill(500);
      backup = source.baseBackup("plain", "-Fp", "-Xs");
    }
  }

  @AfterAll
  static void removeBackup() throws IOException {
    Trees.remove(place);
  }

  @AfterEach
  void nothingIsLeft() {
    Remains.assertNone(Bench.state());
  }

  @ParameterizedTest
  @EnumSource(Depth.class)
  void itIsProvenAndLeftAsItWas(Depth depth) throws IOException {
    Map<String, String> before = looks();
    Report report = Bench.verify(Bench.at(depth, Bench.request(backup)));

    assertThat(report.verdict()).as(report.toString()).isEqualTo("proven");
    assertThat(report.checks().get(0).detail()).contains("laid over");
    assertThat(looks()).isEqualTo(before);
  }

  private static Map<String, String> looks() throws IOException {
    Map<String, String> looks = new TreeMap<>();
    try (Stream<Path> all = Files.walk(backup)) {
      for (Path path : all.toList()) {
        looks.put(path.toString(),
            new TreeMap<>(Files.readAttributes(path, "unix:ino,size,mode,uid,gid,lastModifiedTime,ctime")).toString());
      }
    }
    return looks;
  }
}
