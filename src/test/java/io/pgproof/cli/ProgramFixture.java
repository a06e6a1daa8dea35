package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgproof.Remains;
import io.pgproof.TestEnvironment;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.proof.RunId;
import io.pgproof.state.StateDirectory;
import io.pgproof.state.StateDirectory.RunDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

/** The whole program on a state directory of its own, with a backup and the image for it. */
@Tag("container")
abstract class ProgramFixture {
  static final ObjectMapper JSON = new ObjectMapper();

  Path backup;
  StateDirectory state;

  @BeforeEach
  void aStateDirectoryWithAnImage() throws Exception {
    backup = TestEnvironment.backup(15);
    state = TestEnvironment.stateWithImage(15);
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    Remains.assertNone(state);
    TestEnvironment.removeAndKeepImage(15, state);
  }

  /** A moment in a verification, told by what is on disk. */
  enum Moment {
    RESTORING("data/base"),
    CREATING("machine"),
    RECOVERING("log/server.log"),
    CHECKING("socket/.s.PGSQL.5432");

    private final String sign;

    Moment(String sign) {
      this.sign = sign;
    }
  }

  Program verify(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "verify", backup.toString(), "--freshness-query", SourceDatabase.FRESHNESS_QUERY));
    arguments.addAll(Arrays.asList(more));
    return Program.start(state.path(), arguments.toArray(String[]::new));
  }

  /** What a command writes to standard output when it ends with this status. */
  String answer(int status, List<String> wrapper, String... arguments) throws Exception {
    try (Program program = Program.start(state.path(), Map.of(), wrapper, arguments)) {
      assertThat(program.await()).as(program.out() + program.err()).isEqualTo(status);
      return program.out();
    }
  }

  /** Lets the checks last long enough to be caught in; the resumed run asks it again. */
  static String slowWhile(Moment moment) {
    return moment == Moment.CHECKING ? "select pg_sleep(5) is not null" : "select true";
  }

  RunDirectory directory(String run) {
    return state.run(new RunId(run));
  }

  String awaitMoment(Program program, Moment moment) {
    List<String> seen = new ArrayList<>();
    await()
        .pollInterval(Duration.ofMillis(2))
        .until(
            () -> {
              seen.addAll(at(moment));
              return !seen.isEmpty() || !program.running();
            });
    assertThat(seen).as(program.err()).isNotEmpty();
    return seen.get(0);
  }

  /** The runs that have come so far. */
  List<String> at(Moment moment) {
    try (Stream<Path> runs = Files.list(state.runs())) {
      return runs.filter(run -> Files.exists(run.resolve(moment.sign)))
          .map(run -> run.getFileName().toString())
          .toList();
    } catch (IOException | UncheckedIOException e) {
      // Not made yet.
      return List.of();
    }
  }

  List<String> images() throws IOException {
    try (Stream<Path> images = Files.list(state.images())) {
      return images.map(image -> image.getFileName().toString()).toList();
    }
  }

  /** A server of the web pages and of whoever asks, on a port that is free. */
  Program serve(String... more) {
    return Program.serve(state.path(), more);
  }

  static void chattr(String flag, Path file) throws Exception {
    assertThat(new ProcessBuilder("chattr", flag, file.toString()).inheritIO().start().waitFor())
        .isZero();
  }

  static void assertProven(Program program) throws Exception {
    assertThat(program.await()).as(program.err()).isZero();
    assertThat(JSON.readTree(program.out()).get("verdict").asText()).isEqualTo("proven");
  }

  static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
